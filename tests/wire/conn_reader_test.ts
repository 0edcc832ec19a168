import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ConnReader } from "../../wire/conn_reader.ts";
import { ClosedError, HttpError, LimitError, TimeoutError } from "../../wire/errors.ts";
import { FakeSource, splitsOf, textOf, turns } from "./fakes.ts";

/** Later than any deadline. */
const LATE = Number.MAX_SAFE_INTEGER;

function readerOf(source: FakeSource): ConnReader {
  return new ConnReader(source, () => {
    throw new Error("A deadline passed that nobody waited for");
  });
}

function windowOf(reader: ConnReader): string {
  return textOf(reader.bytes.subarray(reader.start, reader.end));
}

/** Reads head after head, as the connection loop does; the error's code and status end the list. */
async function readHeads(pieces: readonly string[], maxHeadBytes: number): Promise<string[]> {
  const source = new FakeSource(...pieces, null);
  const reader = readerOf(source);
  const heads: string[] = [];
  try {
    while (true) {
      const end = reader.end > reader.start ? reader.tryHeadEnd(maxHeadBytes) : -1;
      if (end >= 0) {
        heads.push(reader.headText(end));
        reader.endHead(end);
      } else if (!await reader.fill()) {
        heads.push(windowOf(reader));
        return heads;
      }
    }
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return [...heads, `${error.code} ${error.status}`];
  } finally {
    reader.release();
  }
}

Deno.test("fill() adds what arrives to the window and tells the end", async () => {
  const source = new FakeSource("ab", "c", null);
  const reader = readerOf(source);
  assertEquals(await reader.fill(), true);
  assertEquals(windowOf(reader), "ab");
  reader.consume(1);
  assertEquals(await reader.fill(), true);
  assertEquals(windowOf(reader), "bc");
  assertEquals([reader.ended, await reader.fill(), reader.ended], [false, false, true]);
  assertEquals(await reader.fill(), false);
  assertEquals([source.reads, reader.bytesRead], [3, 3]);
  assertEquals(windowOf(reader), "bc");
  reader.release();
});

Deno.test("fill() rejects with a ClosedError when the source fails, and is at the end then", async () => {
  const cause = new Error("reset");
  const reader = readerOf(new FakeSource("a", cause));
  await reader.fill();
  const error = await assertRejects(() => reader.fill(), ClosedError);
  assertStrictEquals(error.cause, cause);
  assertEquals([windowOf(reader), await reader.fill()], ["a", false]);
  reader.release();
});

Deno.test("the window begins anew when all of it was consumed", async () => {
  const reader = readerOf(new FakeSource("a".repeat(4096), "b"));
  await reader.fill();
  reader.consume(4096);
  await reader.fill();
  assertEquals([reader.start, reader.end, reader.bytes.length], [0, 1, 4096]);
  reader.release();
});

Deno.test("the window moves its bytes before it grows, and keeps them when it grows", async () => {
  const text = Array.from({ length: 300_000 }, (_, i) => String.fromCharCode(i * 7 % 251)).join("");
  const source = new FakeSource(text);
  const reader = readerOf(source);
  await reader.fill();
  reader.consume(1000);
  await reader.fill();
  assertEquals([reader.start, reader.end, reader.bytes.length], [0, 4096, 4096]);
  const sizes = new Set<number>();
  while (reader.bytesRead < text.length) {
    await reader.fill();
    sizes.add(reader.bytes.length);
    assert(windowOf(reader) === text.slice(1000, reader.bytesRead), "the window has other bytes");
  }
  assertEquals([...sizes].toSorted((a, b) => a - b).slice(0, 2), [16384, 65536]);
  // Growing by less than twice would copy the same bytes over and over.
  assertLess(sizes.size, 6);
  reader.release();
});

Deno.test("widen() and narrow() change an empty window only, and none that is being read", async () => {
  const source = new FakeSource("abc");
  const reader = readerOf(source);
  reader.widen();
  assertEquals(reader.bytes.length, 65536);
  const wide = reader.bytes;
  reader.widen();
  assertStrictEquals(reader.bytes, wide);
  await reader.fill();
  reader.narrow();
  assertStrictEquals(reader.bytes, wide);
  reader.consume(3);
  reader.narrow();
  assertEquals([reader.bytes.length, reader.start, reader.end], [4096, 0, 0]);
  const narrow = reader.bytes;
  reader.narrow();
  assertStrictEquals(reader.bytes, narrow);
  const waiting = assertRejects(() => reader.fillWithin(1000, "body"), TimeoutError);
  reader.deadline.check(LATE);
  await waiting;
  reader.widen();
  assertStrictEquals(reader.bytes, narrow);
  source.push("d");
  await reader.fill();
  assertEquals(windowOf(reader), "d");
  reader.release();
});

Deno.test("a window that was given back is not touched any more", async () => {
  const one = readerOf(new FakeSource("a".repeat(5000), "b"));
  while (one.bytesRead < 5000) await one.fill();
  const large = one.bytes;
  one.consume(5000);
  one.narrow();
  const two = readerOf(new FakeSource("c".repeat(5000)));
  while (two.bytesRead < 5000) await two.fill();
  assertNotStrictEquals(one.bytes, two.bytes);
  await one.fill();
  assertEquals(windowOf(two), "c".repeat(5000));
  assertNotStrictEquals(one.bytes, large);
  one.release();
  two.release();
});

Deno.test("fillWithin() resolves as fill() does and disarms its deadline", async () => {
  const source = new FakeSource("a");
  const reader = readerOf(source);
  assertEquals(await reader.fillWithin(1000, "body"), true);
  reader.deadline.check(LATE);
  const late = reader.fillWithin(1000, "body");
  await turns();
  source.push("b", null);
  assertEquals([await late, windowOf(reader)], [true, "ab"]);
  assertEquals(await reader.fillWithin(1000, "body"), false);
  reader.deadline.check(LATE);
  reader.release();
});

Deno.test("fillWithin() rejects late, and the parked read goes to the next fill", async () => {
  const source = new FakeSource();
  const reader = readerOf(source);
  for (const phase of ["body", "head"] as const) {
    const waiting = assertRejects(() => reader.fillWithin(1500, phase), TimeoutError);
    reader.deadline.check(LATE);
    const error = await waiting;
    assertEquals([error.phase, error.status], [phase, 408]);
    assertEquals(error.message, `Cannot wait any longer: ${phase} took more than 1.5 s`);
  }
  const within = reader.fillWithin(1000, "body");
  const without = reader.fill();
  assertEquals(source.reads, 1);
  source.push("abc");
  assertEquals([await within, await without, windowOf(reader)], [true, true, "abc"]);
  source.push("d");
  await reader.fill();
  assertEquals([source.reads, windowOf(reader)], [2, "abcd"]);
  reader.release();
});

Deno.test("bytes of a parked read are in the window even if nobody waited for them", async () => {
  const source = new FakeSource();
  const reader = readerOf(source);
  const waiting = assertRejects(() => reader.fillWithin(1, "body"), TimeoutError);
  reader.deadline.check(LATE);
  await waiting;
  source.push("abc");
  await turns();
  assertEquals(windowOf(reader), "abc");
  source.push("d");
  assertEquals(await reader.fillWithin(1, "body"), true);
  assertEquals([source.reads, windowOf(reader)], [2, "abcd"]);
  reader.release();
});

Deno.test("a parked read that fails rejects nobody who left, but ends the reader", async () => {
  const source = new FakeSource();
  const reader = readerOf(source);
  const waiting = assertRejects(() => reader.fillWithin(1, "body"), TimeoutError);
  reader.deadline.check(LATE);
  await waiting;
  source.push(new Error("reset"));
  await turns();
  assertEquals([reader.ended, await reader.fillWithin(1, "body")], [true, false]);
  reader.release();
});

Deno.test("a deadline that passes outside fillWithin() is for its owner", async () => {
  let passed = 0;
  const source = new FakeSource();
  const reader = new ConnReader(source, () => passed++);
  reader.deadline.arm(1000);
  const waiting = reader.fill();
  reader.deadline.check(LATE);
  assertEquals(passed, 1);
  source.push("a");
  assertEquals([await waiting, windowOf(reader)], [true, "a"]);
  reader.release();
});

Deno.test("takeRest() gives a copy of what was read ahead", async () => {
  const reader = readerOf(new FakeSource("abcdef"));
  await reader.fill();
  reader.consume(4);
  const { bytes } = reader;
  const rest = reader.takeRest();
  bytes.fill(0);
  assertEquals([textOf(rest), rest.buffer.byteLength, windowOf(reader)], ["ef", 2, ""]);
});

Deno.test("pipelined heads are found and decoded, however they arrive", async () => {
  const heads = [
    "GET /a HTTP/1.1\r\nA: \xff\r\n\r\n",
    "G\r\n\r\n",
    "PUT /b HTTP/1.1\r\nB: c\r\n\r\n",
  ];
  for (const pieces of splitsOf(heads.join(""))) {
    assertEquals(await readHeads(pieces, 1000), [...heads, ""], JSON.stringify(pieces));
    const more = [...pieces.slice(0, -1), `${pieces.at(-1)}rest`];
    assertEquals(await readHeads(more, 1000), [...heads, "rest"]);
  }
});

Deno.test("headText() is the text of the head, across growth, bodies and decoding ahead", async () => {
  const heads: string[] = [];
  for (let i = 0; i < 120; i++) {
    // Some are longer than the window, some than what is decoded ahead.
    const length = i % 40 === 39 ? 9000 + i : i * 7 % 200;
    heads.push(`GET /${i} HTTP/1.1\r\nX: ${String.fromCharCode(128 + i).repeat(length)}\r\n\r\n`);
  }
  for (const piece of [100, 1000, 4095, 4096, 4097, 1e6]) {
    const text = heads.join("");
    const pieces: string[] = [];
    for (let at = 0; at < text.length; at += piece) pieces.push(text.slice(at, at + piece));
    assertEquals(await readHeads(pieces, 1e5), [...heads, ""], `${piece} bytes at a time`);
  }
});

Deno.test("headText() keeps up with bytes that are consumed without it", async () => {
  const reader = readerOf(new FakeSource("head1|body|head2|", "body|head3|"));
  await reader.fill();
  assertEquals(reader.headText(6), "head1|");
  reader.consume(6 + 5);
  assertEquals(reader.headText(reader.start + 6), "head2|");
  reader.consume(6);
  await reader.fill();
  reader.consume(5);
  assertEquals(reader.headText(reader.end), "head3|");
  reader.consume(6);
  reader.widen();
  reader.narrow();
  reader.release();
});

Deno.test("endHead() lets the scan for the next head start anew, wherever it was", async () => {
  const reader = readerOf(new FakeSource("GET /long HTTP/1.1\r\nHost: a\r\n", "\r\nG\r\n\r\n"));
  await reader.fill();
  assertEquals(reader.tryHeadEnd(100), -1);
  await reader.fill();
  // Known by other means than by scanning on.
  reader.endHead(reader.end - "G\r\n\r\n".length);
  assertEquals(reader.tryHeadEnd(100), reader.end);
  reader.release();
});

Deno.test("tryHeadEnd() accepts a head of maxHeadBytes and not of one more", async () => {
  const head = (bytes: number): string => `G / H\r\nA: ${"b".repeat(bytes - 14)}\r\n\r\n`;
  for (const pieces of splitsOf(head(30))) {
    assertEquals(await readHeads(pieces, 30), [head(30), ""]);
    assertEquals(await readHeads([...pieces, head(30)], 30), [head(30), head(30), ""]);
  }
  for (const pieces of splitsOf(head(31))) {
    assertEquals(await readHeads(pieces, 30), ["limit 431"], JSON.stringify(pieces));
  }
});

Deno.test("tryHeadEnd() answers 414 when not even the request line is within the limit", async () => {
  for (const text of ["G".repeat(40), `${"G".repeat(40)}\r\n\r\n`, `${"G".repeat(29)}\r\n\r\n`]) {
    for (const pieces of splitsOf(text)) {
      assertEquals(await readHeads(pieces, 30), ["limit 414"], JSON.stringify(pieces));
    }
  }
});

Deno.test("tryHeadEnd() does not take stale bytes for the end of the request line", async () => {
  const reader = readerOf(new FakeSource("\r\n".repeat(30), "G".repeat(40)));
  await reader.fill();
  reader.consume(60);
  await reader.fill();
  try {
    reader.tryHeadEnd(30);
    throw new Error("nothing was thrown");
  } catch (error) {
    assertInstanceOf(error, LimitError);
    assertEquals([error.limit, error.status], ["maxHeadBytes", 414]);
  }
  reader.release();
});

Deno.test("tryHeadEnd() gives the same error however a head that is too long arrives", async () => {
  const filler = "b".repeat(40);
  const cases = [
    [`G / H\r\nA: ${filler}\nC: d\r\n\r\n`, "limit 431"],
    [`G / H\r\nA: ${filler}`, "limit 431"],
    [`${filler}\n`, "limit 414"],
    [`${filler}\r\nA: b`, "limit 414"],
    ["G / H\r\nA: b\nC: d\r\n\r\n", "bad_field 400"],
  ];
  for (const [text, expected] of cases) {
    for (const pieces of splitsOf(text!)) {
      assertEquals(await readHeads(pieces, 30), [expected!], JSON.stringify(pieces));
    }
  }
});

Deno.test("a head that drips in takes one read and one look at each byte", async () => {
  const head = `GET / HTTP/1.1\r\nA: ${"b".repeat(20_000)}\r\n\r\n`;
  const source = new FakeSource(...head);
  const reader = readerOf(source);
  let looks = 0;
  let end = -1;
  while (end < 0) {
    await reader.fill();
    const { bytes } = reader;
    reader.bytes = new Proxy(bytes, {
      get(target, key) {
        if (typeof key === "string" && /^\d+$/.test(key)) looks++;
        const value = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    end = reader.tryHeadEnd(32768);
    reader.bytes = bytes;
  }
  assertEquals([end, source.reads], [head.length, head.length]);
  assertLess(looks, 3 * head.length);
  reader.release();
});

Deno.test("the window stays where it is while a read is under way", async () => {
  const source = new FakeSource();
  const reader = readerOf(source);
  const first = reader.fill();
  const window = reader.bytes;
  reader.widen();
  reader.narrow();
  assertStrictEquals(reader.bytes, window);
  // A second wait joins the read; it does not start another one.
  const second = reader.fillWithin(LATE, "body");
  source.push("abc");
  assertEquals(await Promise.all([first, second]), [true, true]);
  assertEquals(windowOf(reader), "abc");
  reader.release();
});

Deno.test("fillWithin() refuses a second wait, and abandonWait() ends the first", async () => {
  const source = new FakeSource();
  const reader = readerOf(source);
  const wait = reader.fillWithin(LATE, "body");
  let refused: unknown;
  try {
    reader.fillWithin(LATE, "body");
  } catch (error) {
    refused = error;
  }
  assertInstanceOf(refused, TypeError);
  const failed = assertRejects(() => wait, TypeError, "the request is over");
  reader.abandonWait();
  reader.abandonWait();
  await failed;
  const next = reader.fill();
  source.push("x");
  assertEquals(await next, true);
  assertEquals(windowOf(reader), "x");
  reader.release();
});
