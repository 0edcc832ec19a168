import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { ConnectError } from "../../../../wire/errors.ts";
import { PinError, readError, tlsError } from "../../../../client/dial/tls/tls_error.ts";

const PEER = { host: "name.test", port: 443, name: "other.test" };

function said(message: string, code?: string): string {
  const cause = Object.assign(new Error(message), { code });
  const error = tlsError(PEER, cause);
  assertEquals(error.code, "tls");
  assertStrictEquals(error.cause, cause);
  return error.message;
}

const PREFIX = 'Cannot secure connection to "name.test:443": ';

const CERT_WANTED = 'the server asks for a certificate: option "cert"';

Deno.test("tlsError() says in plain words what either library means", () => {
  const unknown = 'its certificate is of an unknown issuer (option "ca" adds one that is trusted)';
  const wrong = 'its certificate is not for "other.test" (option "serverName" names another)';
  const expired = "its certificate has expired";
  const authority =
    "its certificate is an authority's, and this runtime does not take it for the server's own as well " +
    '(option "pin" with its key makes it do so; or let a separate authority sign it, for option "ca")';
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
    ["received fatal alert: CertificateRequired", undefined, CERT_WANTED],
  ];
  for (const [message, code, meaning] of cases) assertEquals(said(message, code), PREFIX + meaning);
});

Deno.test("tlsError() leaves other messages as they are", () => {
  assertEquals(
    said("received fatal alert: ProtocolVersion"),
    `${PREFIX}received fatal alert: ProtocolVersion`,
  );
});

Deno.test("readError() says that the server asks for a certificate, and leaves others as they are", () => {
  const cause = new Deno.errors.InvalidData("received fatal alert: CertificateRequired");
  const error = readError(PEER, cause);
  assertInstanceOf(error, ConnectError);
  assertEquals([error.code, error.message], ["tls", PREFIX + CERT_WANTED]);
  assertStrictEquals(error.cause, cause);
  for (const other of [new Error("connection reset"), "CertificateRequired", undefined]) {
    assertStrictEquals(readError(PEER, other), other);
  }
});

Deno.test("tlsError() knows whether it is the certificate, or the key, that was not accepted", () => {
  const rejected = (cause: unknown) => tlsError(PEER, cause).rejected;
  const said = (message: string, code?: string) => Object.assign(new Error(message), { code });
  assertEquals(rejected(new PinError("its key is another")), "pin");
  assertEquals(rejected(said("invalid peer certificate: UnknownIssuer")), "certificate");
  assertEquals(rejected(said("invalid peer certificate: BadEncoding")), "certificate");
  assertEquals(rejected(said("odd", "CERT_CHAIN_TOO_LONG")), "certificate");
  assertEquals(rejected(said("received fatal alert: CertificateRequired")), undefined);
  assertEquals(rejected(said("received fatal alert: ProtocolVersion")), undefined);
});
