import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  encoder,
  findHeadEnd,
  indexOfByte,
  latin1,
  latin1ToUtf8,
  putLatin1,
} from "../../wire/bytes.ts";
import { ProtocolError } from "../../wire/errors.ts";
import { bytesOf, splitsOf } from "./fakes.ts";

Deno.test("latin1() gives a character per byte, all 256 of them", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = latin1(bytes, 0, 256);
  assertEquals([...text].map((character) => character.charCodeAt(0)), [...bytes]);
});

Deno.test("latin1() keeps to its bounds, also in a view of a larger buffer", () => {
  const bytes = bytesOf("stale GET / stale").subarray(6);
  assertEquals(latin1(bytes, 0, 3), "GET");
  assertEquals(latin1(bytes, 4, 5), "/");
  assertEquals(latin1(bytes, 2, 2), "");
});

Deno.test("putLatin1() writes what latin1() reads", () => {
  fc.assert(fc.property(fc.uint8Array(), fc.nat(9), (bytes, at) => {
    const into = new Uint8Array(bytes.length + 20).fill(7);
    putLatin1(latin1(bytes, 0, bytes.length), into, at);
    assertEquals(into.subarray(at, at + bytes.length), bytes);
    assertEquals(into.subarray(0, at).every((byte) => byte === 7), true);
    assertEquals(into.subarray(at + bytes.length).every((byte) => byte === 7), true);
  }));
});

Deno.test("latin1ToUtf8() undoes reading UTF-8 as latin1, and refuses what is not UTF-8", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const bytes = encoder.encode(text);
    // A lone surrogate cannot be encoded, so compare with what was.
    assertEquals(
      latin1ToUtf8(latin1(bytes, 0, bytes.length)),
      new TextDecoder("utf-8", {
        ignoreBOM: true,
      }).decode(bytes),
    );
  }));
  for (const text of ["\x80", "\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "a\xe2\x82"]) {
    assertThrows(() => latin1ToUtf8(text), TypeError);
  }
  assertEquals(latin1ToUtf8("\xef\xbb\xbfa"), "\ufeffa");
});

Deno.test("indexOfByte() looks no further than it is told", () => {
  const bytes = bytesOf("abcabc");
  const cases: [string, number, number, number][] = [
    ["a", 0, 6, 0],
    ["a", 1, 6, 3],
    ["a", 1, 3, -1],
    ["c", 0, 2, -1],
    ["c", 0, 3, 2],
    ["z", 0, 6, -1],
    ["a", 4, 4, -1],
  ];
  for (const [byte, start, end, expected] of cases) {
    assertEquals(indexOfByte(bytes, byte.charCodeAt(0), start, end), expected);
  }
});

/** Scans arrivals as a reader does: each call goes on where the last one stopped. */
function scan(pieces: readonly string[], before = ""): number | "refused" {
  // Behind the end there are stale bytes that would end any head.
  const bytes = bytesOf(before + pieces.join("") + "\r\n\r\n\r\n");
  const start = before.length;
  let scanned = start;
  for (const piece of pieces) {
    try {
      const end = findHeadEnd(bytes, start, scanned, scanned + piece.length);
      if (end >= 0) return end - start;
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "bad_field") return "refused";
      throw error;
    }
    scanned += piece.length;
  }
  return -1;
}

Deno.test("findHeadEnd() finds the empty line however the bytes arrive", () => {
  const cases: [string, number | "refused"][] = [
    ["GET / HTTP/1.1\r\n\r\n", 18],
    ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27],
    ["GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", 18],
    ["a\r\n\r\n\r\n\r\n", 5],
    ["\r\n\r\nbody", 4],
    ["", -1],
    ["GET", -1],
    ["GET\r", -1],
    ["GET\r\n", -1],
    ["GET\r\n\r", -1],
    ["\r\n", -1],
    ["\r\n\r", -1],
    ["a\r\r\n\r", -1],
    ["a\rb\r\n\r\n", 7],
    ["\n", "refused"],
    ["a\n", "refused"],
    ["a\r\n\n", "refused"],
    ["a\n\r\n\r\n", "refused"],
    ["a\r\n\r\r\n\r\n", 8],
    ["\n\r\n\r\n", "refused"],
  ];
  for (const [text, expected] of cases) {
    for (const pieces of splitsOf(text)) {
      assertEquals(scan(pieces), expected, JSON.stringify(pieces));
      // What stands before the start must not count, even if it looks like half an end.
      assertEquals(scan(pieces, "x\r\n\r"), expected, `${JSON.stringify(pieces)} after bytes`);
      if (expected !== -1) assertEquals(scan([...pieces, "more\r\n\r\n"]), expected);
    }
  }
});
