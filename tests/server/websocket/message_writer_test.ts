import { assertEquals, assertRejects } from "@std/assert";
import { ClosedError } from "../../../wire/errors.ts";
import { loadLibrary } from "../../../server/websocket/library.ts";
import { MessageWriter } from "../../../server/websocket/message_writer.ts";
import { until } from "../../conformance/waiting.ts";

/** A connection that takes nothing until it is told to. */
class Gate {
  readonly written: number[] = [];
  readonly failures: unknown[] = [];
  #open = Promise.withResolvers<void>();

  open(): void {
    this.#open.resolve();
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#open.promise;
    this.written.push(...bytes);
    return bytes.length;
  }
}

async function writerOn(gate: Gate): Promise<MessageWriter> {
  return new MessageWriter(await loadLibrary(), gate, {}, {
    broken: () => gate.failures.push("broken"),
    failed: (error) => gate.failures.push(error),
  });
}

Deno.test("bufferedAmount counts the bytes of messages, not of frames, until they are accepted", async () => {
  const gate = new Gate();
  const writer = await writerOn(gate);
  writer.send(Uint8Array.of(97, 98), false);
  writer.send(new Blob(["c"]), true);
  writer.ping();
  assertEquals(writer.bufferedAmount, 3);
  assertEquals(writer.pending >= 3, true);
  const flushed = writer.flush();
  gate.open();
  await flushed;
  assertEquals(writer.bufferedAmount, 0);
  await until("all is written", () => writer.pending === 0);
  assertEquals(gate.written, [0x81, 2, 97, 98, 0x82, 1, 99, 0x89, 0]);
  assertEquals(writer.accepted, 9);
});

Deno.test("flush() waits for what was sent before it, and for no more", async () => {
  const gate = new Gate();
  gate.open();
  const writer = await writerOn(gate);
  await writer.flush();
  writer.send(Uint8Array.of(1), true);
  const flushed = writer.flush();
  writer.send(new Blob([new Uint8Array(10)]), true);
  await flushed;
  assertEquals(writer.bufferedAmount, 10);
  await writer.flush();
  assertEquals(writer.bufferedAmount, 0);
});

Deno.test("the close frame leaves behind all messages, and is told of when it was accepted", async () => {
  const gate = new Gate();
  const writer = await writerOn(gate);
  const sent = Promise.withResolvers<void>();
  writer.send(new Blob(["a"]), false);
  writer.close(1000, "b", sent.resolve);
  assertEquals(gate.written, []);
  gate.open();
  await sent.promise;
  assertEquals(gate.written, [0x81, 1, 97, 0x88, 3, 3, 232, 98]);
});

Deno.test("progress() resolves when less waits, and when nothing will be sent", async () => {
  const gate = new Gate();
  const writer = await writerOn(gate);
  await writer.progress();
  writer.send(Uint8Array.of(1), true);
  const progress = writer.progress();
  gate.open();
  await progress;
  writer.send(new Blob(["a"]), true);
  const waiting = [writer.progress(), assertRejects(() => writer.flush(), ClosedError)];
  writer.destroy(new ClosedError("Cannot send"));
  await Promise.all(waiting);
  await writer.progress();
});

Deno.test("a Blob that cannot be read is told of", async () => {
  const gate = new Gate();
  gate.open();
  const writer = await writerOn(gate);
  const blob = new Blob(["a"]);
  blob.arrayBuffer = () => Promise.reject(new Error("gone"));
  writer.send(blob, true);
  await until("it fails", () => gate.failures.length > 0);
  assertEquals(String(gate.failures), "Error: gone");
});

Deno.test("of many pongs that wait, the first few and the last leave [RFC 6455 5.5.3]", async () => {
  const gate = new Gate();
  const writer = await writerOn(gate);
  for (let i = 1; i <= 1000; i++) writer.pong(Uint8Array.of(i & 255));
  assertEquals([writer.pending, writer.exceeds(100)], [16 * 3, false]);
  gate.open();
  const first = Array.from({ length: 16 }, (_, i) => [0x8a, 1, i + 1]).flat();
  await until("all are written", () => gate.written.length === first.length + 3);
  assertEquals(gate.written, [...first, 0x8a, 1, 1000 & 255]);
  writer.pong(Uint8Array.of(7));
  await until("it is written", () => gate.written.length === first.length + 6);
});

Deno.test("messages of nothing are not for nothing while they wait, but nearly", async () => {
  const gate = new Gate();
  const writer = await writerOn(gate);
  for (let i = 0; i < 40_000; i++) writer.send(new Uint8Array(i & 1), true);
  assertEquals([writer.bufferedAmount, writer.waiting], [20_000, 40_000]);
  assertEquals([writer.exceeds(2_000_000), writer.exceeds(3_000_000)], [true, false]);
  const flushed = writer.flush();
  gate.open();
  await flushed;
  assertEquals([writer.bufferedAmount, writer.waiting, writer.exceeds(1)], [0, 0, false]);
  await until("all is written", () => writer.pending === 0);
  assertEquals(gate.written.length, 40_000 * 2 + 20_000);
});

Deno.test("what waits to be made frames counts for more", async () => {
  const gate = new Gate();
  const writer = await writerOn(gate);
  writer.send(new Blob(["a"]), true);
  for (let i = 0; i < 10_000; i++) writer.send(new Uint8Array(0), true);
  assertEquals([writer.exceeds(2_000_000), writer.exceeds(3_000_000)], [true, false]);
  gate.open();
  await writer.flush();
});

Deno.test("two thousand small updates in one go are nothing, whatever is allowed", async () => {
  const gate = new Gate();
  const writer = await writerOn(gate);
  for (let i = 0; i < 2000; i++) writer.send(Uint8Array.of(1), true);
  assertEquals([writer.exceeds(65536), writer.exceeds(1999)], [false, true]);
  gate.open();
  await writer.flush();
});
