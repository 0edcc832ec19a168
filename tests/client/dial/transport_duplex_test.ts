import { once } from "node:events";
import { assertEquals } from "@std/assert";
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

Deno.test("TransportDuplex fails as the transport does, and closes it", async () => {
  const transport = new FakeTransport(new RangeError("reset"));
  const stream = new TransportDuplex(transport);
  const failed = once(stream, "error");
  stream.resume();
  assertEquals((await failed)[0].message, "reset");
  assertEquals(transport.closed, true);
});

Deno.test("TransportDuplex closes the transport when it is destroyed", async () => {
  const transport = new FakeTransport();
  const stream = new TransportDuplex(transport);
  stream.destroy();
  await once(stream, "close");
  assertEquals(transport.closed, true);
});
