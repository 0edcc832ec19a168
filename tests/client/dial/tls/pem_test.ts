import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { readPem, tryPrivateKey } from "../../../../client/dial/tls/pem.ts";

const PEM = "# A comment\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

Deno.test("readPem() takes a PEM text as it is", () => {
  assertEquals(readPem("ca", PEM), PEM);
});

Deno.test("readPem() reads the file of a path", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, PEM);
    assertEquals(readPem("ca", path), PEM);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readPem() names the option and the file that has no PEM in it", async () => {
  const path = await Deno.makeTempFile();
  try {
    const wanted = `Cannot request: option "cert": "${path}" is not a PEM file`;
    assertEquals(assertThrows(() => readPem("cert", path), TypeError).message, wanted);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readPem() names the option and keeps the reason why a file cannot be read", () => {
  const error = assertThrows(() => readPem("key", "/no/such/key.pem"), TypeError, 'option "key": ');
  assertInstanceOf(error.cause, Deno.errors.NotFound);
});

Deno.test("tryPrivateKey() finds the key of whatever kind among other things", () => {
  for (
    const kind of ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]
  ) {
    const key = `-----BEGIN ${kind}-----\nBBBB\n-----END ${kind}-----`;
    assertEquals(tryPrivateKey(`${PEM}${key}\n${PEM}`), key);
  }
});

Deno.test("tryPrivateKey() takes nothing else for a key", () => {
  const broken = "-----BEGIN PRIVATE KEY-----\nBBBB\n-----END CERTIFICATE-----\n";
  for (const pem of [PEM, broken, PEM.replaceAll("CERTIFICATE", "PUBLIC KEY")]) {
    assertEquals(tryPrivateKey(pem), undefined);
  }
});
