import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type BodyLimits, BodyReader, NO_BODY } from "../../wire/body_reader.ts";
import { ConnReader } from "../../wire/conn_reader.ts";
import {
  ClosedError,
  HttpError,
  LimitError,
  ProtocolError,
  TimeoutError,
} from "../../wire/errors.ts";
import type { BodyKind } from "../../wire/framing.ts";
import { FakeSource, splitsOf, textOf, turns } from "./fakes.ts";

const LIMITS: BodyLimits = {
  maxBodyBytes: Infinity,
  maxChunkLineBytes: 4096,
  maxTrailerBytes: 16384,
  maxFields: 128,
};
const NEXT = "GET / HTTP/1.1\r\n\r\n";

class Setup implements Disposable {
  readonly source: FakeSource;
  readonly reader: ConnReader;
  readonly body: BodyReader;

  constructor(
    kind: BodyKind,
    length: number,
    arrivals: (string | Error | null)[],
    limits: Partial<BodyLimits> = {},
  ) {
    this.source = new FakeSource(...arrivals);
    this.reader = new ConnReader(this.source, () => {});
    this.body = new BodyReader(this.reader, kind, length, { ...LIMITS, ...limits });
  }

  get rest(): string {
    return textOf(this.reader.bytes.subarray(this.reader.start, this.reader.end));
  }

  [Symbol.dispose](): void {
    this.reader.release();
  }
}

/** Reads a body piece by piece; the error's code ends it. */
async function readPieces(body: BodyReader, max: number): Promise<string> {
  let text = "";
  try {
    while (true) {
      const piece = await body.read(max, 1000);
      if (piece.length === 0) return text;
      assertLessOrEqual(piece.length, max);
      text += textOf(piece);
    }
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return error.code;
  }
}

/** Kind, length, what arrives, and what the body then is. */
const BODIES: [BodyKind, number, string, string][] = [
  ["none", 0, "", ""],
  ["length", 5, "hello", "hello"],
  ["length", 1, "h", "h"],
  ["chunked", 0, "0\r\n\r\n", ""],
  ["chunked", 0, "5\r\nhello\r\n0\r\n\r\n", "hello"],
  ["chunked", 0, "2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n", "hello"],
];

Deno.test("a body ends where its framing says, however it arrives", async () => {
  for (const [kind, length, wire, expected] of BODIES) {
    for (const pieces of splitsOf(wire)) {
      for (const max of [1, 2, Infinity]) {
        const what = `${kind} ${JSON.stringify(pieces)}, up to ${max}`;
        using alone = new Setup(kind, length, [...pieces, null]);
        assertEquals(await readPieces(alone.body, max), expected, what);
        assertEquals([alone.body.done, alone.body.received], [true, expected.length], what);
        // It never takes what follows, neither with its last piece nor afterwards.
        using followed = new Setup(kind, length, [...pieces.slice(0, -1), pieces.at(-1)! + NEXT]);
        await followed.reader.fill();
        assertEquals(await readPieces(followed.body, max), expected, what);
        while (followed.reader.bytesRead < wire.length + NEXT.length) await followed.reader.fill();
        assertEquals(followed.rest, NEXT, what);
        assertEquals((await followed.body.read(9, 1000)).length, 0);
      }
    }
  }
});

Deno.test("readAll() collects a body, however it arrives", async () => {
  for (
    const [kind, length, wire, expected] of [...BODIES, ["close", 0, "hello", "hello"] as const]
  ) {
    for (const pieces of splitsOf(wire)) {
      using setup = new Setup(kind as BodyKind, length as number, [...pieces, null]);
      assertEquals(textOf(await setup.body.readAll(100, 1000)), expected, JSON.stringify(pieces));
      assertEquals((await setup.body.readAll(100, 1000)).length, 0);
    }
  }
});

Deno.test("a body until close ends when the peer closes", async () => {
  using setup = new Setup("close", 0, ["he", "llo", null]);
  assertEquals(setup.body.remaining, undefined);
  assertEquals(await readPieces(setup.body, 9), "hello");
  assertEquals(setup.body.done, true);
});

Deno.test("a body that is cut short is a ClosedError that tells how far it got", async () => {
  const cases: [BodyKind, number, string, number, number | undefined, string][] = [
    ["length", 20, "0123456789", 10, 20, "Cannot read body: received 10 of 20 bytes"],
    ["length", 1, "", 0, 1, "Cannot read body: received 0 of 1 bytes"],
    ["chunked", 0, "5\r\nhel", 3, undefined, "Cannot read body: received 3 bytes"],
    ["chunked", 0, "5\r\nhello\r\n0\r\n", 5, undefined, "Cannot read body: received 5 bytes"],
  ];
  for (const [kind, length, wire, received, expected, message] of cases) {
    for (const end of [null, new Error("reset")]) {
      using setup = new Setup(kind, length, wire === "" ? [end] : [wire, end]);
      const error = await assertRejects(() => setup.body.readAll(100, 1000), ClosedError);
      assertEquals([error.received, error.expected, error.message], [received, expected, message]);
      assertEquals(error.cause instanceof ClosedError, end !== null);
      assertEquals([setup.body.failed, setup.body.done], [true, false]);
      // It stays that way.
      assertStrictEquals(await assertRejects(() => setup.body.read(1, 1000)), error);
      assertStrictEquals(assertThrows(() => setup.body.tryTake(1)), error);
    }
  }
});

Deno.test("a body until close that breaks is an error too", async () => {
  using setup = new Setup("close", 0, ["hel", new Error("reset")]);
  await assertRejects(() => setup.body.readAll(100, 1000), ClosedError);
  assertEquals(setup.body.failed, true);
});

Deno.test("a malformed body fails for good and nothing behind it is read", async () => {
  using setup = new Setup("chunked", 0, [`2\r\nhello\r\n0\r\n\r\n${NEXT}`]);
  const error = await assertRejects(() => setup.body.readAll(100, 1000), ProtocolError);
  assertEquals([error.code, error.status, setup.body.failed], ["bad_chunk", 400, true]);
  assertStrictEquals(await assertRejects(() => setup.body.discard(100, 1000)), error);
  assertEquals(setup.source.reads, 1);
});

Deno.test("a body that is late may be read on", async () => {
  using setup = new Setup("length", 5, ["he"]);
  assertEquals(textOf(await setup.body.read(9, 1000)), "he");
  const late = assertRejects(() => setup.body.read(9, 1000), TimeoutError);
  await turns();
  setup.reader.deadline.check(Number.MAX_SAFE_INTEGER);
  assertEquals((await late).phase, "body");
  assertEquals(setup.body.failed, false);
  setup.source.push("llo");
  assertEquals(textOf(await setup.body.readAll(9, 1000)), "llo");
});

Deno.test("remaining tells what is to come, where that is known", async () => {
  using known = new Setup("length", 5, ["hello"]);
  assertEquals(known.body.remaining, 5);
  await known.body.read(2, 1000);
  assertEquals(known.body.remaining, 3);
  await known.body.read(3, 1000);
  assertEquals([known.body.remaining, known.body.done], [0, true]);
  using chunked = new Setup("chunked", 0, []);
  assertEquals(chunked.body.remaining, undefined);
});

Deno.test("tryTake() takes what is there and waits for nothing", async () => {
  using setup = new Setup("length", 5, ["hel", "lo"]);
  assertEquals(setup.body.tryTake(9).length, 0);
  await setup.reader.fill();
  assertEquals(textOf(setup.body.tryTake(2)), "he");
  assertEquals(textOf(setup.body.tryTake(2)), "l");
  assertEquals([setup.body.tryTake(2).length, setup.body.done], [0, false]);
  await setup.reader.fill();
  assertEquals([textOf(setup.body.tryTake(9)), setup.body.done], ["lo", true]);
});

Deno.test("read() gives bytes that are the caller's", async () => {
  using setup = new Setup("chunked", 0, ["5\r\nhello\r\n", "5\r\nworld\r\n0\r\n\r\n"]);
  const first = await setup.body.read(9, 1000);
  assert(first.buffer !== setup.reader.bytes.buffer);
  await setup.body.read(9, 1000);
  assertEquals(textOf(first), "hello");
});

Deno.test("trailers are there when the body is done", async () => {
  using setup = new Setup("chunked", 0, ["1\r\nx\r\n0\r\nA: b\r\n\r\n"]);
  assertEquals(textOf(await setup.body.read(9, 1000)), "x");
  assertEquals(setup.body.trailers, undefined);
  await setup.body.read(9, 1000);
  assertEquals(setup.body.trailers?.raw(), [["A", "b"]]);
});

Deno.test("checkLength() refuses an announced length over maxBodyBytes before a byte is read", () => {
  for (const [length, fine] of [[10, true], [11, false]] as const) {
    using setup = new Setup("length", length, [], { maxBodyBytes: 10 });
    if (fine) setup.body.checkLength();
    else {
      const error = assertThrows(() => setup.body.checkLength(), LimitError);
      assertEquals([error.limit, error.max, error.status], ["maxBodyBytes", 10, 413]);
    }
    assertEquals(setup.source.reads, 0);
  }
});

Deno.test("a chunked body may have maxBodyBytes and not one more, however it arrives", async () => {
  const ten = "4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n";
  const eleven = "4\r\n0123\r\n7\r\n456789a\r\n0\r\n\r\n";
  for (const max of [3, 100]) {
    for (const pieces of splitsOf(ten)) {
      using setup = new Setup("chunked", 0, [...pieces, null], { maxBodyBytes: 10 });
      assertEquals(await readPieces(setup.body, max), "0123456789");
    }
    for (const pieces of splitsOf(eleven)) {
      using setup = new Setup("chunked", 0, [...pieces, null], { maxBodyBytes: 10 });
      assertEquals(await readPieces(setup.body, max), "limit", JSON.stringify(pieces));
      assertEquals(setup.body.failed, true);
    }
  }
});

Deno.test("readAll() collects maxBytes and not one more", async () => {
  const cases: [BodyKind, number, string][] = [
    ["length", 10, "0123456789"],
    ["chunked", 0, "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"],
    ["close", 0, "0123456789"],
  ];
  for (const [kind, length, wire] of cases) {
    for (const pieces of splitsOf(wire)) {
      using fits = new Setup(kind, length, [...pieces, null]);
      assertEquals(textOf(await fits.body.readAll(10, 1000)), "0123456789");
      using large = new Setup(kind, length, [...pieces, null]);
      const error = await assertRejects(() => large.body.readAll(9, 1000), LimitError);
      assertEquals([error.limit, error.max, error.status], ["maxBufferedBody", 9, 413]);
    }
  }
});

Deno.test("readAll() refuses an announced length that is too large without reading", async () => {
  using setup = new Setup("length", 10, ["0123456789"]);
  await assertRejects(() => setup.body.readAll(9, 1000), LimitError);
  assertEquals([setup.source.reads, setup.body.failed, setup.body.remaining], [0, false, 10]);
});

Deno.test("readAll() keeps no object for each chunk, however small these are", async () => {
  const count = 20_000;
  using setup = new Setup("chunked", 0, ["1\r\nx\r\n".repeat(count) + "0\r\n\r\n"]);
  let copies = 0;
  const { slice } = Uint8Array.prototype;
  Uint8Array.prototype.slice = function (...bounds) {
    copies++;
    return slice.apply(this, bounds) as Uint8Array<ArrayBuffer>;
  };
  try {
    assertEquals((await setup.body.readAll(count, 1000)).length, count);
  } finally {
    Uint8Array.prototype.slice = slice;
  }
  // Each costs a hundred times the byte that it holds: 16 MiB of body would be gigabytes of memory.
  assertLess(copies, 1000);
});

Deno.test("discard() consumes the whole rest, up to a limit", async () => {
  const cases: [BodyKind, number, string][] = [
    ["length", 10, "0123456789"],
    ["chunked", 0, "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"],
  ];
  for (const [kind, length, wire] of cases) {
    for (const pieces of splitsOf(wire)) {
      const last = pieces.at(-1)! + NEXT;
      using whole = new Setup(kind, length, [...pieces.slice(0, -1), last]);
      assertEquals(await whole.body.discard(10, 1000), true, JSON.stringify(pieces));
      assertEquals(whole.body.done, true);
      while (whole.reader.bytesRead < wire.length + NEXT.length) await whole.reader.fill();
      assertEquals(whole.rest, NEXT);
      using large = new Setup(kind, length, [...pieces, null]);
      assertEquals(await large.body.discard(9, 1000), false);
      assertEquals(large.body.done, false);
    }
  }
});

Deno.test("discard() of a known length over the limit reads nothing", async () => {
  using setup = new Setup("length", 10, ["0123456789"]);
  assertEquals([await setup.body.discard(9, 1000), setup.source.reads], [false, 0]);
});

Deno.test("discard() waits for each arrival and, where that is limited, no longer in all", async () => {
  using late = new Setup("length", 10, ["01"]);
  const waiting = assertRejects(() => late.body.discard(100, 1000, 5000), TimeoutError);
  await turns();
  late.reader.deadline.check(Number.MAX_SAFE_INTEGER);
  await waiting;
  using spent = new Setup("length", 10, ["01"]);
  assertEquals(await spent.body.discard(100, 1000, 0), false);
});

Deno.test("discard() without a timeout waits as long as it takes", async () => {
  using setup = new Setup("length", 10, ["01", "23456789"]);
  assertEquals(await setup.body.discard(Infinity, 0), true);
  assertEquals(setup.body.done, true);
});

Deno.test("NO_BODY is done and has nothing", async () => {
  NO_BODY.checkLength();
  assertEquals([NO_BODY.done, NO_BODY.failed, NO_BODY.remaining], [true, false, 0]);
  assertEquals(NO_BODY.tryTake(9).length, 0);
  assertEquals((await NO_BODY.read(9, 1000)).length, 0);
  assertEquals((await NO_BODY.readAll(0, 1000)).length, 0);
  assertEquals(await NO_BODY.discard(0, 1000), true);
  assertEquals([NO_BODY.trailers, NO_BODY.received], [undefined, 0]);
});

Deno.test("a long body is read in large pieces", async () => {
  const length = 2_000_000;
  using setup = new Setup("length", length, ["x".repeat(length)]);
  assertEquals((await setup.body.readAll(length, 1000)).length, length);
  assertLess(setup.source.reads, 50);
});
