import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Checksum, parseSha256 } from "../../../client/download/checksum.ts";
import { HttpError } from "../../../wire/errors.ts";

// FIPS 180-4's example "abc".
const HEX = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const BASE64 = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("parseSha256() reads hex in any case, and the form of Subresource Integrity", () => {
  assertEquals(parseSha256(HEX), HEX);
  assertEquals(parseSha256(HEX.toUpperCase()), HEX);
  assertEquals(parseSha256(BASE64), HEX);
});

Deno.test("parseSha256() refuses what is no digest", () => {
  for (
    const text of ["", HEX.slice(1), `${HEX}0`, `g${HEX.slice(1)}`, BASE64.slice(7), `${BASE64}=`]
  ) {
    assertThrows(() => parseSha256(text), TypeError, 'Cannot use option "sha256": it is ');
  }
});

Deno.test("Checksum accepts bytes with the digest, however they were split", () => {
  const checksum = new Checksum(HEX);
  checksum.update(bytes("a"));
  checksum.update(bytes("bc"));
  checksum.check("http://a/");
});

Deno.test("Checksum names both digests when they differ", async () => {
  const checksum = new Checksum(HEX);
  checksum.update(bytes("abcd"));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abcd"));
  const error = await assertRejects(async () => await checksum.check("http://a/"), HttpError);
  assertEquals(error.code, "checksum");
  assertEquals(
    error.message,
    `Cannot download "http://a/": its SHA-256 is ${new Uint8Array(digest).toHex()}, not ${HEX}`,
  );
});

Deno.test("Checksum forgets what came before a reset", () => {
  const checksum = new Checksum(HEX);
  checksum.update(bytes("something else"));
  checksum.reset();
  checksum.update(bytes("abc"));
  checksum.check("http://a/");
});
