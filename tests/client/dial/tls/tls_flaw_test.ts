import { assertEquals, assertStrictEquals } from "@std/assert";
import { tlsFailure, tlsRefused } from "../../../../client/dial/tls/tls_flaw.ts";

function said(message: string, code?: string): string {
  const cause = Object.assign(new Error(message), { code });
  const error = tlsFailure("name.test", 443, "other.test", cause);
  assertEquals(error.code, "tls");
  assertStrictEquals(error.cause, cause);
  return error.message;
}

const PREFIX = 'Cannot secure connection to "name.test:443": ';

Deno.test("tlsFailure() says in plain words what either library means", () => {
  const unknown = 'its certificate is of an unknown issuer (option "ca" adds one that is trusted)';
  const wrong = 'its certificate is not for "other.test" (option "serverName" names another)';
  const expired = "its certificate has expired";
  const authority =
    "its certificate is an authority's, not a server's (option \"insecure\" accepts any)";
  const cases: [message: string, code: string | undefined, meaning: string][] = [
    ["invalid peer certificate: UnknownIssuer", undefined, unknown],
    ["unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", unknown],
    ["self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT", unknown],
    ['invalid peer certificate: certificate not valid for name "x"', undefined, wrong],
    ["Hostname/IP does not match", "ERR_TLS_CERT_ALTNAME_INVALID", wrong],
    ["invalid peer certificate: certificate expired: verification time", undefined, expired],
    ["certificate has expired", "CERT_HAS_EXPIRED", expired],
    ["certificate not valid yet", undefined, "its certificate is not valid yet"],
    ["invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", undefined, authority],
    ["certificate revoked", "CERT_REVOKED", "its certificate is revoked"],
  ];
  for (const [message, code, meaning] of cases) assertEquals(said(message, code), PREFIX + meaning);
});

Deno.test("tlsFailure() leaves other messages as they are", () => {
  assertEquals(
    said("received fatal alert: ProtocolVersion"),
    `${PREFIX}received fatal alert: ProtocolVersion`,
  );
});

Deno.test("tlsRefused() says what it is told", () => {
  const error = tlsRefused("::1", 443, "its key is wrong");
  assertEquals(error.message, 'Cannot secure connection to "[::1]:443": its key is wrong');
});
