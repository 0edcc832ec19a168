import { once } from "node:events";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { TransportDuplex } from "../../../client/dial/transport_duplex.ts";
import { bytesOf } from "../../wire/fakes.ts";
import { FakeTransport } from "../support/fake_transport.ts";

async function readAll(stream: TransportDuplex): Promise<string> {
  let text = "";
  for await (const bytes of stream) text += bytes.toString("latin1");
  return text;
}

function write(stream: TransportDuplex, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytesOf(text), (error) => error ? reject(error) : resolve());
  });
}

Deno.test("TransportDuplex gives what the transport reads, to its end", async () => {
  const transport = new FakeTransport("one ", "two", null);
  assertEquals(await readAll(new TransportDuplex(transport)), "one two");
});

Deno.test("TransportDuplex writes all, however little the transport takes at a time", async () => {
  const transport = new FakeTransport();
  const write3 = transport.write.bind(transport);
  transport.write = (bytes) => write3(bytes.subarray(0, 3));
  const stream = new TransportDuplex(transport);
  await write(stream, "one two three");
  assertEquals(transport.text, "one two three");
  stream.destroy();
});

Deno.test("TransportDuplex ends the outgoing stream of the transport", async () => {
  const transport = new FakeTransport();
  const stream = new TransportDuplex(transport);
  stream.end(bytesOf("last"));
  await once(stream, "finish");
  assertEquals([transport.text, transport.hasEnded, transport.closed], ["last", true, false]);
  stream.destroy();
});

Deno.test("TransportDuplex gives what came before a read that failed, and says why it ended", async () => {
  const reset = new RangeError("reset");
  const stream = new TransportDuplex(new FakeTransport("last words", reset));
  assertEquals(await readAll(stream), "last words");
  assertEquals(stream.failure, reset);
  const proper = new TransportDuplex(new FakeTransport("last words", null));
  assertEquals(await readAll(proper), "last words");
  assertEquals(proper.failure, undefined);
});

Deno.test("TransportDuplex closes the transport when it is destroyed", async () => {
  const transport = new FakeTransport();
  const stream = new TransportDuplex(transport);
  stream.destroy();
  await once(stream, "close");
  assertEquals(transport.closed, true);
});

Deno.test("TransportDuplex tells of a write that failed, and goes on reading", async () => {
  const transport = new FakeTransport("an answer", null);
  transport.sink.failAfter = 0;
  const stream = new TransportDuplex(transport);
  const failed = Promise.withResolvers<unknown>();
  stream.onWriteFailure = failed.resolve;
  let isDone = false;
  write(stream, "too late").then(() => isDone = true, () => isDone = true);
  assertInstanceOf(await failed.promise, Error);
  assertEquals([await readAll(stream), isDone, stream.failure], ["an answer", false, undefined]);
});
