import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ClientSocket } from "../../client/socket.ts";
import { bytesOf, textOf } from "../wire/fakes.ts";
import { FakeTransport } from "./support/fake_transport.ts";

const NOTHING = new Uint8Array(0);

async function read(socket: ClientSocket, size: number): Promise<string | null> {
  const into = new Uint8Array(size);
  const count = await socket.read(into);
  return count === null ? null : textOf(into.subarray(0, count));
}

Deno.test("a socket has the addresses of its transport", () => {
  const transport = new FakeTransport();
  const socket = new ClientSocket(transport, NOTHING);
  assertStrictEquals(socket.localAddr, transport.localAddr);
  assertStrictEquals(socket.remoteAddr, transport.remoteAddr);
});

Deno.test("read() gives first what was read ahead, then what arrives", async () => {
  const transport = new FakeTransport("later", null);
  const socket = new ClientSocket(transport, bytesOf("ahead"));
  assertEquals([await read(socket, 3), transport.source.reads], ["ahe", 0]);
  assertEquals([await read(socket, 9), transport.source.reads], ["ad", 0]);
  assertEquals(await read(socket, 9), "later");
  assertEquals([await read(socket, 9), await read(socket, 9)], [null, null]);
});

Deno.test("read() waits for a read that was under way, and loses none of its bytes", async () => {
  const transport = new FakeTransport("later");
  const parked = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  const socket = new ClientSocket(transport, parked.promise);
  const reads = [read(socket, 3), read(socket, 3)];
  parked.resolve(bytesOf("first"));
  assertEquals([await reads[0], await reads[1], await read(socket, 9)], ["fir", "st", "later"]);
});

Deno.test("read() goes on after a read under way that brought nothing", async () => {
  const socket = new ClientSocket(new FakeTransport(null), Promise.resolve(NOTHING));
  assertEquals(await read(socket, 9), null);
});

Deno.test("read() rejects as the read under way does", async () => {
  const parked = Promise.reject(new Error("reset"));
  const socket = new ClientSocket(new FakeTransport("x"), parked);
  await assertRejects(() => read(socket, 9), Error, "reset");
});

Deno.test("write() says how much the transport took", async () => {
  const transport = new FakeTransport();
  transport.sink.most = 2;
  const socket = new ClientSocket(transport, NOTHING);
  assertEquals([await socket.write(bytesOf("abc")), transport.text], [2, "ab"]);
});

Deno.test("closeWrite(), ref() and unref() are those of the transport", async () => {
  const transport = new FakeTransport();
  const socket = new ClientSocket(transport, NOTHING);
  socket.unref();
  assertEquals(transport.isRef, false);
  socket.ref();
  assertEquals(transport.isRef, true);
  await socket.closeWrite();
  assertEquals([transport.hasEnded, transport.closed], [true, false]);
});

Deno.test("close() may be called again, and by using", () => {
  const transport = new FakeTransport();
  {
    using socket = new ClientSocket(transport, NOTHING);
    socket.close();
    assertEquals(transport.closes, 1);
  }
  assertEquals(transport.closes, 2);
});

Deno.test("a read under way rejects when the socket closes", async () => {
  const socket = new ClientSocket(new FakeTransport(), NOTHING);
  const reading = read(socket, 9);
  socket.close();
  await assertRejects(() => reading, Deno.errors.Interrupted);
});

Deno.test("readable gives all that is read, and reads only when it is asked", async () => {
  const transport = new FakeTransport("later", null);
  const socket = new ClientSocket(transport, bytesOf("ahead"));
  const { readable } = socket;
  assertStrictEquals(socket.readable, readable);
  await Promise.resolve();
  assertEquals(transport.source.reads, 0);
  const pieces: string[] = [];
  for await (const piece of readable) pieces.push(textOf(piece));
  assertEquals(pieces, ["ahead", "later"]);
});

Deno.test("cancelling readable closes the socket", async () => {
  const transport = new FakeTransport();
  await new ClientSocket(transport, NOTHING).readable.cancel();
  assertEquals(transport.closed, true);
});

Deno.test("writable writes all of each piece, and its end is that of the outgoing stream", async () => {
  const transport = new FakeTransport();
  transport.sink.most = 2;
  const socket = new ClientSocket(transport, NOTHING);
  assertStrictEquals(socket.writable, socket.writable);
  const writer = socket.writable.getWriter();
  await writer.write(bytesOf("abcde"));
  assertEquals([transport.sink.writes, transport.hasEnded], [["ab", "cd", "e"], false]);
  await writer.close();
  assertEquals([transport.hasEnded, transport.closed], [true, false]);
});

Deno.test("aborting writable closes the socket", async () => {
  const transport = new FakeTransport();
  await new ClientSocket(transport, NOTHING).writable.abort();
  assertEquals([transport.closed, transport.hasEnded], [true, false]);
});
