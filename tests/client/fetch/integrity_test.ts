import { assert, assertEquals, assertThrows } from "@std/assert";
import { isExpected, parseIntegrity } from "../../../client/fetch/integrity.ts";

const HELLO = new TextEncoder().encode("hello");
const SHA256 = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
const WRONG = "sha256-AAAAul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
const SHA512 =
  "sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==";

Deno.test("one digest of the strongest hash must match, in either spelling of base64", async () => {
  const met = async (list: string) => await isExpected(HELLO, parseIntegrity(list)!);
  assert(await met(SHA256));
  assert(await met(SHA512));
  assert(await met(SHA256.replaceAll("+", "-").replaceAll("/", "_").replace("=", "")));
  assert(await met(`${WRONG} ${SHA256}?ct=text/plain`));
  assert(!await met(WRONG));
  // The weaker hash no longer counts, whether it matches or not.
  assert(await met(`${WRONG}\n${SHA512}`));
  assert(!await met(`${SHA256} ${SHA512.replace("m3", "m4")}`));
});

Deno.test("a list that says nothing is refused, an empty one asks for nothing", () => {
  assertEquals([parseIntegrity(""), parseIntegrity(" \n")], [undefined, undefined]);
  assertThrows(() => parseIntegrity("sha1-AAAA md5-x"), TypeError, "no digest by sha256");
});
