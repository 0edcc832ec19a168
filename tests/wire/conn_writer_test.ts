import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import fc from "fast-check";
import { borrowBuffer } from "../../wire/buffer_pool.ts";
import { ConnWriter } from "../../wire/conn_writer.ts";
import { ClosedError, TimeoutError } from "../../wire/errors.ts";
import { bytesOf, FakeSink, textOf, turns } from "./fakes.ts";

Deno.test("what is put leaves on flush, in one write and in order", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("a");
  writer.putLatin1("\xff");
  writer.putBytes(bytesOf("bc"));
  writer.putAscii("d");
  writer.putAscii("e");
  const space = writer.space(5);
  space.set(bytesOf("fgh"));
  writer.advance(3);
  assertEquals([writer.pending, writer.bytesPut, writer.bytesWritten], [9, 9, 0]);
  assertEquals(sink.writes, []);
  await writer.flush();
  assertEquals(sink.writes, ["a\xffbcdefgh"]);
  assertEquals([writer.pending, writer.bytesPut, writer.bytesWritten], [0, 9, 9]);
  writer.release();
});

Deno.test("flush() without anything put writes nothing", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  await writer.flush();
  await writer.settle();
  writer.putAscii("");
  writer.putLatin1("");
  writer.putBytes(new Uint8Array(0));
  await writer.flush();
  assertEquals(sink.writes, []);
  writer.release();
});

Deno.test("bytes are copied when they are put", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  const bytes = bytesOf("abc");
  writer.putBytes(bytes);
  bytes.fill(0);
  await writer.flush();
  assertEquals(sink.text, "abc");
  writer.release();
});

Deno.test("settleKept() writes the very bytes that it was given, and nothing else then", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  let written: Uint8Array | undefined;
  const { write } = sink;
  sink.write = (bytes) => {
    written = bytes;
    return write.call(sink, bytes);
  };
  const bytes = bytesOf("kept");
  const sending = writer.settleKept(bytes);
  assertEquals([writer.writing, writer.bytesPut, writer.writesBegun], [true, 4, 1]);
  await sending;
  assertStrictEquals(written, bytes);
  assertEquals([writer.writing, writer.bytesWritten, writer.pending], [false, 4, 0]);
  assertEquals(sink.writes, ["kept"]);
  writer.release();
});

Deno.test("settleKept() stands behind what was put, and before what is put meanwhile", async () => {
  const sink = new FakeSink();
  sink.most = 3;
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("one,");
  await writer.settleKept(bytesOf("two,"));
  const sending = writer.settleKept(bytesOf("three,"));
  writer.putAscii("four,");
  await writer.settleKept(bytesOf("five"));
  await sending;
  assertEquals(sink.text, "one,two,three,four,five");
  assertEquals([writer.bytesPut, writer.bytesWritten, writer.pending], [23, 23, 0]);
  writer.release();
});

Deno.test("putKept() copies nothing, and what is put behind it stays behind it", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  const seen: Uint8Array[] = [];
  const { write } = sink;
  sink.write = (bytes) => {
    seen.push(bytes);
    return write.call(sink, bytes);
  };
  const [one, other] = [bytesOf("one"), bytesOf("other")];
  writer.putAscii("head ");
  writer.putKept(one);
  writer.putKept(other);
  writer.putBytes(bytesOf(" tail"));
  assertEquals([writer.pending, writer.bytesPut, writer.bytesWritten], [18, 18, 0]);
  await writer.flush();
  assertEquals(sink.writes, ["head ", "one", "other", " tail"]);
  assertStrictEquals(seen[1], one);
  assertStrictEquals(seen[2], other);
  assertEquals([writer.pending, writer.bytesWritten, writer.writing], [0, 18, false]);
  writer.putKept(one);
  writer.release();
  assertEquals(writer.pending, 0);
});

Deno.test("settleKept() never rejects: afterwards `error` says why it failed", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  sink.close();
  await writer.settleKept(bytesOf("lost"));
  assertInstanceOf(writer.error, ClosedError);
  assertEquals([writer.writing, writer.bytesPut, writer.bytesWritten], [false, 4, 0]);
  await writer.settleKept(bytesOf("lost"));
  assertEquals(sink.writes, []);
  writer.release();
});

Deno.test("the output is what was put, whatever the pieces and however little a write takes", async () => {
  const piece = fc.record({
    how: fc.constantFrom(
      ...["ascii", "latin1", "bytes", "space", "flush", "kick", "kept", "putKept"],
    ),
    size: fc.oneof(fc.nat(20), fc.constantFrom(4095, 4096, 4097, 16385, 65537, 262144, 300_000)),
  });
  const pieces = fc.array(piece, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.constantFrom(1000, 4096, 70_000, Infinity), async (list, most) => {
      const sink = new FakeSink();
      sink.most = most;
      const writer = new ConnWriter(sink, 1000);
      let expected = "";
      for (const [i, { how, size }] of list.entries()) {
        const text = String.fromCharCode(97 + i).repeat(size);
        if (how === "flush") await writer.flush();
        else if (how === "kick") writer.settle();
        else expected += text;
        if (how === "ascii") writer.putAscii(text);
        else if (how === "latin1") writer.putLatin1(text);
        else if (how === "bytes") writer.putBytes(bytesOf(text));
        else if (how === "putKept") writer.putKept(bytesOf(text));
        else if (how === "kept") writer.settleKept(bytesOf(text));
        else if (how === "space") {
          writer.space(size + 7).set(bytesOf(text));
          writer.advance(size);
        }
        assert(writer.bytesPut === expected.length, "bytesPut counts what was put");
      }
      await writer.flush();
      assert(sink.text === expected, "the output is not what was put");
      assertEquals(writer.bytesWritten, expected.length);
      writer.release();
    }),
    { numRuns: 60 },
  );
});

Deno.test("partial writes go on where they stopped", async () => {
  const sink = new FakeSink();
  sink.most = 3;
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("abcdefgh");
  await writer.flush();
  assertEquals(sink.writes, ["abc", "def", "gh"]);
  writer.release();
});

Deno.test("what is put during a write follows it, and a flush waits for both", async () => {
  const sink = new FakeSink();
  sink.held = true;
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("one");
  const first = writer.flush();
  writer.putAscii("two");
  writer.putBytes(bytesOf("three"));
  const second = writer.flush();
  let done = false;
  second.then(() => done = true);
  assertEquals(writer.pending, 8);
  sink.proceed();
  await turns();
  assertEquals([sink.writes, done], [["one"], false]);
  sink.proceed();
  await Promise.all([first, second]);
  assertEquals(sink.writes, ["one", "twothree"]);
  writer.release();
});

Deno.test("flush() waits until the sink took the last byte", async () => {
  const sink = new FakeSink();
  sink.held = true;
  sink.most = 2;
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("abcd");
  let done = false;
  const flushed = writer.flush().then(() => done = true);
  sink.proceed();
  await turns();
  assertEquals([done, writer.bytesWritten, writer.pending], [false, 2, 0]);
  sink.proceed();
  await flushed;
  assertEquals([done, writer.bytesWritten], [true, 4]);
  writer.release();
});

Deno.test("a write that fails is remembered, flush() rejects with it and settle() does not", async () => {
  const sink = new FakeSink();
  sink.most = 2;
  sink.failAfter = 1;
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("abcd");
  const error = await assertRejects(() => writer.flush(), ClosedError);
  assertEquals(error.message, "Cannot write: the connection is closed after 2 bytes");
  assertInstanceOf(error.cause, Error);
  assertEquals(error.cause.message, "Broken pipe");
  assertStrictEquals(writer.error, error);
  writer.putAscii("more");
  await writer.settle();
  assertStrictEquals(await assertRejects(() => writer.flush()), error);
  assertEquals([sink.text, writer.bytesWritten], ["ab", 2]);
  writer.release();
});

Deno.test("several flushes of a write that fails all reject, and nobody has to wait for them", async () => {
  const sink = new FakeSink();
  sink.failAfter = 0;
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("abcd");
  const flushes = [writer.flush(), writer.flush()];
  writer.settle();
  for (const flush of flushes) await assertRejects(() => flush, ClosedError);
  writer.release();
});

Deno.test("a write that stalls closes the sink and ends in a TimeoutError", async () => {
  const sink = new FakeSink();
  sink.held = true;
  const writer = new ConnWriter(sink, 20);
  // The ticker does not keep the process alive; this does.
  const alive = setInterval(() => {}, 1000);
  writer.putAscii("abcd");
  const error = await assertRejects(() => writer.flush(), TimeoutError);
  clearInterval(alive);
  assertEquals([error.phase, sink.closed, sink.text], ["write", true, ""]);
  assertStrictEquals(writer.error, error);
  writer.release();
});

Deno.test("a timeout of 0 lets a write take as long as it takes", async () => {
  const sink = new FakeSink();
  sink.held = true;
  const writer = new ConnWriter(sink, 0);
  writer.putAscii("abcd");
  const flushed = writer.flush();
  await new Promise((resolve) => setTimeout(resolve, 250));
  assertEquals(sink.closed, false);
  sink.proceed();
  await flushed;
  assertEquals(sink.text, "abcd");
  writer.release();
});

Deno.test("the timeout may change between two flushes", async () => {
  const sink = new FakeSink();
  sink.held = true;
  const writer = new ConnWriter(sink, 0);
  // The ticker does not keep the process alive; this does.
  const alive = setInterval(() => {}, 1000);
  writer.putAscii("abcd");
  const first = writer.flush();
  sink.proceed();
  await first;
  writer.timeoutMs = 20;
  writer.putAscii("efgh");
  const error = await assertRejects(() => writer.flush(), TimeoutError);
  clearInterval(alive);
  assert(error.message.includes("0.02 s"));
  assertEquals([sink.closed, sink.text, writer.bytesWritten], [true, "abcd", 4]);
  writer.release();
});

Deno.test("writers that write at the same time never share a buffer", async () => {
  const sinks = Array.from({ length: 40 }, () => new FakeSink());
  const writers = sinks.map((sink) => new ConnWriter(sink, 1000));
  for (let round = 0; round < 3; round++) {
    const flushes = writers.map((writer, i) => {
      sinks[i]!.held = true;
      writer.putBytes(new Uint8Array(5000 * (round + 1)).fill(i));
      return writer.flush();
    });
    // Output that grows on while the first part of it is being written.
    for (const [i, writer] of writers.entries()) writer.putBytes(new Uint8Array(3000).fill(i));
    await turns();
    const buffers = new Set(sinks.map((sink) => sink.current!.bytes.buffer));
    assertEquals(buffers.size, writers.length);
    // Whoever borrows now must not get one that is being written either.
    for (let i = 0; i < 50; i++) assert(!buffers.has(borrowBuffer(5000).buffer));
    for (const sink of sinks) {
      sink.held = false;
      sink.proceed();
    }
    await Promise.all(flushes);
  }
  for (const [i, sink] of sinks.entries()) {
    assertEquals(sink.text, String.fromCharCode(i).repeat(3 * 3000 + 30_000));
    writers[i]!.release();
  }
});

Deno.test("the buffer of a write that failed is not lent again", async () => {
  const sink = new FakeSink();
  sink.held = true;
  const writer = new ConnWriter(sink, 1000);
  writer.putBytes(new Uint8Array(5000));
  const flushed = assertRejects(() => writer.flush(), ClosedError);
  await turns();
  const { buffer } = sink.current!.bytes;
  sink.close();
  await flushed;
  for (let i = 0; i < 100; i++) assert(borrowBuffer(5000).buffer !== buffer);
  writer.release();
});

Deno.test("space() gives room that survives what is put before it is announced", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  writer.putAscii("ab");
  const space = writer.space(300_000);
  assertEquals(space.length, 300_000);
  space.fill(0x63);
  writer.advance(299_999);
  writer.putAscii("d");
  await writer.flush();
  assert(sink.text === `ab${"c".repeat(299_999)}d`);
  assertEquals(sink.writes.length, 1);
  writer.release();
});

Deno.test("putAscii() writes the bytes that it counted", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  const ascii = textOf(Uint8Array.from({ length: 128 }, (_, i) => i));
  writer.putAscii(ascii);
  assertEquals(writer.bytesPut, 128);
  await writer.flush();
  assertEquals(sink.text, ascii);
  writer.release();
});

Deno.test("release() drops what was not flushed", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  writer.putBytes(bytesOf("a"));
  writer.putAscii("b");
  writer.release();
  assertEquals(writer.pending, 0);
  await writer.settle();
  assertEquals(sink.writes, []);
});
