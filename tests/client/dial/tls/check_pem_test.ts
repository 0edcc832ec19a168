import { assertThrows } from "@std/assert";
import { checkPem } from "../../../../client/dial/tls/check_pem.ts";
import { makeCertificate } from "../../../peers/certificate.ts";
import { testWith } from "../../../peers/programs.ts";

const NO_BLOCK = "text without any block";
const BAD_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const BAD_KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";

function check(ca?: string[], cert?: string, key?: string): void {
  checkPem({ ca, cert, key });
}

Deno.test("checkPem() names the option whose text holds no certificate", () => {
  assertThrows(() => check([NO_BLOCK]), TypeError, 'option "ca": it holds no certificate');
  assertThrows(() => check(undefined, NO_BLOCK, BAD_KEY), TypeError, 'option "cert"');
});

Deno.test("checkPem() names the option whose certificate cannot be read", () => {
  const said = "it holds a certificate that cannot be read";
  assertThrows(() => check([BAD_CERTIFICATE]), TypeError, `option "ca": ${said}`);
  assertThrows(
    () => check(undefined, BAD_CERTIFICATE, BAD_KEY),
    TypeError,
    `option "cert": ${said}`,
  );
});

testWith(["openssl"], "checkPem() accepts what openssl makes", async () => {
  using files = await makeCertificate();
  const [authority, cert, key] = [files.authority, files.cert, files.key].map(
    Deno.readTextFileSync,
  );
  check([authority!, `# two of them\n${authority}\n${cert}`], cert, key);
});

testWith(["openssl"], "checkPem() checks every certificate of every text", async () => {
  using files = await makeCertificate();
  const authority = Deno.readTextFileSync(files.authority);
  assertThrows(() => check([authority, authority + BAD_CERTIFICATE]), TypeError, 'option "ca"');
});

testWith(["openssl"], "checkPem() names a key that cannot be read", async () => {
  using files = await makeCertificate();
  const cert = Deno.readTextFileSync(files.cert);
  assertThrows(() => check(undefined, cert, BAD_KEY), TypeError, 'option "key": it holds no');
  const encrypted = BAD_KEY.replaceAll("PRIVATE", "ENCRYPTED PRIVATE");
  assertThrows(() => check(undefined, cert, encrypted), TypeError, 'option "key": it is encrypted');
});

testWith(["openssl"], "checkPem() notices a key of another certificate", async () => {
  using files = await makeCertificate();
  using others = await makeCertificate();
  const cert = Deno.readTextFileSync(files.cert);
  const key = Deno.readTextFileSync(others.key);
  assertThrows(() => check(undefined, cert, key), TypeError, 'option "key": it does not belong');
});
