import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { tryAscii } from "../../../multipart/parse/ascii.ts";
import { bytesOf } from "../../wire/fakes.ts";

const LONGEST = "0123456789abcdef".repeat(3);

Deno.test("tryAscii() gives the text of bytes in ASCII", () => {
  for (const text of ["", "a", "name", "\0\t\r\n\x7f", LONGEST.slice(1), LONGEST]) {
    assertEquals(tryAscii(bytesOf(text), 0, text.length), text);
  }
});

Deno.test("tryAscii() leaves text of more than 48 bytes to others, and takes 48", () => {
  assertEquals(tryAscii(bytesOf(LONGEST), 0, 48), LONGEST);
  assertEquals(tryAscii(bytesOf(`${LONGEST}g`), 0, 49), undefined);
});

Deno.test("tryAscii() leaves text to others when any of its bytes is not ASCII", () => {
  for (let length = 1; length <= 48; length++) {
    for (let at = 0; at < length; at++) {
      const bytes = new Uint8Array(length).fill(0x61);
      bytes[at] = 0x80;
      assertEquals(tryAscii(bytes, 0, length), undefined, `byte ${at} of ${length}`);
    }
  }
});

Deno.test("tryAscii() gives what a TextDecoder gives for its range, or undefined", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const byte = fc.oneof(
    { weight: 60, arbitrary: fc.nat(0x7f) },
    { weight: 1, arbitrary: fc.nat(0xff) },
  );
  const input = fc.tuple(fc.array(byte, { maxLength: 80 }), fc.nat(80), fc.nat(80));
  fc.assert(
    fc.property(input, ([values, from, length]) => {
      const bytes = Uint8Array.from(values);
      const start = Math.min(from, bytes.length);
      const end = Math.min(start + length, bytes.length);
      const range = bytes.subarray(start, end);
      const isEasy = range.length <= 48 && range.every((value) => value < 0x80);
      assertEquals(tryAscii(bytes, start, end), isEasy ? decoder.decode(range) : undefined);
    }),
    { numRuns: 1000 },
  );
});
