// Content that is made one's own: whoever has it may overwrite it, transfer it, or keep it for good.

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { bytesOf, textOf } from "../../wire/fakes.ts";
import { FIELD, scan, scannerOf } from "./scan.ts";

/** The bytes of a chunk that has content between so many others, in a scanner that stands at them. */
function ownOne(
  content: string,
  rest: string,
): { chunk: ArrayBuffer; own: Uint8Array<ArrayBuffer> } {
  const scanner = scannerOf();
  scanner.push(bytesOf(`--b\r\n${FIELD}`));
  assertEquals(scanner.next(), "part");
  const chunk = bytesOf(content + rest);
  scanner.push(chunk);
  assertEquals(scanner.next(), "data");
  return { chunk: chunk.buffer, own: scanner.own() };
}

Deno.test("own() gives content that fills its chunk without a copy", () => {
  const { chunk, own } = ownOne("x".repeat(1000), "");
  assertStrictEquals(own.buffer, chunk);
  assertEquals(textOf(own), "x".repeat(1000));
});

Deno.test("own() copies the smaller of content and what is left of its chunk", () => {
  const after = `\r\n--b\r\n${FIELD}`;
  const long = ownOne("x".repeat(after.length + 100), after);
  assertStrictEquals(long.own.buffer, long.chunk);
  const short = ownOne("x", `${after}${"y".repeat(100)}`);
  assertNotStrictEquals(short.own.buffer, short.chunk);
  assertEquals(short.own.buffer.byteLength, 1, "a small piece holds no large chunk");
  assertEquals(textOf(short.own), "x");
});

Deno.test("own() never gives out the bytes of the delimiter that the scanner compares with", () => {
  const scanner = scannerOf();
  scanner.push(bytesOf(`--b\r\n${FIELD}`));
  scanner.next();
  for (let times = 0; times < 3; times++) {
    scanner.push(bytesOf("\r\n--"));
    assertEquals(scanner.next(), "need");
    scanner.push(bytesOf("x"));
    assertEquals(scanner.next(), "data");
    const own = scanner.own();
    assertEquals(textOf(own), "\r\n--");
    own.fill(0);
    structuredClone(own, { transfer: [own.buffer] });
    assertEquals([scanner.next(), textOf(scanner.own())], ["data", "x"]);
  }
  scanner.push(bytesOf("\r\n--b--\r\n"));
  assertEquals([scanner.next(), scanner.next()], ["done", "end"]);
});

Deno.test("own() gives content that later tokens leave alone", () => {
  const scanner = scannerOf();
  const contents = ["1", "2".repeat(300), "\r\n-", "3".repeat(50)];
  scanner.push(bytesOf(contents.map((it) => `--b\r\n${FIELD}${it}\r\n`).join("") + "--b--"));
  scanner.finish();
  const owned: Uint8Array[] = [];
  for (let token = scanner.next(); token !== "need"; token = scanner.next()) {
    if (token === "data") owned.push(scanner.own());
  }
  assertEquals(owned.map(textOf), contents);
  assertEquals(new Set(owned.map((it) => it.buffer)).size, contents.length);
});

Deno.test("own() in mid-chunk leaves the offsets of later errors exact", () => {
  for (const length of [1, 10, 100, 1000]) {
    const before = `--b\r\n${FIELD}${"x".repeat(length)}\r\n--b\r\n${FIELD}${
      "y".repeat(60)
    }\r\n--b`;
    for (const take of ["view", "own", "transfer"] as const) {
      const { error } = scan([`${before}!`], { take });
      assertEquals(error?.offset, before.length, `${take} of ${length} bytes`);
      const broken = scan([`${before}\r\n`, "broken\r\n\r\n"], { take });
      assertEquals(broken.error?.offset, before.length + 2, `${take} of ${length} bytes`);
      const cut = scan([`${before}\r\n${FIELD}z`], { take });
      assertEquals(cut.error?.offset, before.length + 2 + FIELD.length + 1, take);
    }
  }
});

Deno.test("own() gives out no more memory than twice the body, however many parts a chunk has", () => {
  const scanner = scannerOf();
  const count = 200;
  const text = `--b\r\n${FIELD}${"x".repeat(100)}\r\n`.repeat(count);
  scanner.push(bytesOf(`${text}--b--`));
  scanner.finish();
  let handedOut = 0;
  for (let token = scanner.next(); token !== "need"; token = scanner.next()) {
    if (token === "data") handedOut += scanner.own().buffer.byteLength;
  }
  assert(handedOut < 2 * text.length, `${handedOut} bytes of memory for ${text.length} of a body`);
});

Deno.test("own() copies content of a chunk that is not alone in its memory", () => {
  const body = bytesOf(`--b\r\n${FIELD}${"x".repeat(500)}${"y".repeat(500)}\r\n--b--`);
  const owned: string[] = [];
  const scanner = scannerOf();
  for (const [from, to] of [[0, 300], [300, 600], [600, body.length]]) {
    scanner.push(body.subarray(from, to));
    for (let token = scanner.next(); token !== "need"; token = scanner.next()) {
      if (token !== "data") continue;
      const own = scanner.own();
      assertNotStrictEquals(own.buffer, body.buffer);
      owned.push(textOf(own));
      structuredClone(own, { transfer: [own.buffer] });
    }
  }
  assertEquals(owned.join(""), "x".repeat(500) + "y".repeat(500));
});

Deno.test("own() gives a plain Uint8Array, whatever the chunk was", () => {
  class Special extends Uint8Array<ArrayBuffer> {}
  const scanner = scannerOf();
  scanner.push(Special.from(bytesOf(`--b\r\n${FIELD}content\r\n--b--`)));
  assertEquals([scanner.next(), scanner.next()], ["part", "data"]);
  assertStrictEquals(scanner.own().constructor, Uint8Array);
});

Deno.test("a chunk whose memory was transferred is refused, and not taken for one without bytes", () => {
  const detached = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => {
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  };
  const message = "Cannot scan chunk: its memory was transferred";
  assertThrows(() => scannerOf().push(detached(bytesOf("x"))), TypeError, message);
  scannerOf().push(new Uint8Array(0));

  const queued = scannerOf();
  const [first, second] = [bytesOf(`--b\r\n${FIELD}`), bytesOf("content\r\n--b--")];
  queued.push(first);
  queued.push(second);
  assertEquals(queued.next(), "part");
  detached(second);
  assertThrows(() => queued.next(), TypeError, message);

  const current = scannerOf();
  const chunk = bytesOf(`--b\r\n${FIELD}content`);
  current.push(chunk);
  assertEquals(current.next(), "part");
  detached(chunk);
  current.push(bytesOf("more\r\n--b--"));
  assertThrows(() => current.next(), TypeError, message);
});

Deno.test("a chunk of which nothing was scanned yet is missed, too, when it is transferred", () => {
  const scanner = scannerOf();
  scanner.push(bytesOf(`--b\r\n${FIELD}\r\n`));
  assertEquals([scanner.next(), scanner.next()], ["part", "need"]);
  const chunk = bytesOf("content");
  scanner.push(chunk);
  // What the chunk before ended with is content after all; the new one has not been touched.
  assertEquals([scanner.next(), textOf(scanner.view)], ["data", "\r\n"]);
  structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
  scanner.push(bytesOf("more"));
  assertThrows(() => scanner.next(), TypeError, "its memory was transferred");
});
