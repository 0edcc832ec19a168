import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Channel, type ChannelState } from "../../server/channel.ts";
import { ClosedError, TimeoutError } from "../../wire/errors.ts";
import { textOf, turns } from "../wire/fakes.ts";
import { channelOf, FakeConn, FakeHost } from "./fake_conn.ts";

const LATE = Number.MAX_SAFE_INTEGER;

Deno.test("a channel tells its peer's address", () => {
  const channel = channelOf(new FakeConn());
  assertEquals(channel.remoteAddr, { ipaddr: "192.0.2.7", port: 1234 });
  assertStrictEquals(channel.remoteAddr, channel.remoteAddr);
  channel.close();
});

Deno.test("the peer of a unix socket has no address", () => {
  const conn = { ...new FakeConn(), close() {}, remoteAddr: { transport: "unix", path: "/x" } };
  const channel = new Channel(conn as unknown as Deno.UnixConn, new FakeHost());
  assertEquals(channel.remoteAddr, { ipaddr: "", port: 0 });
  channel.close();
});

Deno.test("close() closes the socket once and rejects what waits for it", async () => {
  const conn = new FakeConn();
  const channel = channelOf(conn);
  const reading = assertRejects(() => channel.reader.fill(), ClosedError);
  conn.sink.held = true;
  channel.writer.putAscii("abc");
  const writing = assertRejects(() => channel.writer.flush(), ClosedError);
  channel.close();
  channel.close();
  await Promise.all([reading, writing]);
  assertEquals(channel.state, "closed");
  assertEquals(conn.ends, [["close", 0]]);
});

Deno.test("close() adds the connection's bytes to those of the server, once", async () => {
  const conn = new FakeConn("hello");
  const host = new FakeHost();
  host.counters.bytesRead = 100;
  const channel = channelOf(conn, host);
  await channel.reader.fill();
  channel.writer.putAscii("abc");
  await channel.writer.flush();
  channel.close();
  channel.close();
  assertEquals([host.counters.bytesRead, host.counters.bytesWritten], [105, 3]);
});

Deno.test("detach() lets go of the socket with what was read ahead", async () => {
  const conn = new FakeConn("hello");
  const host = new FakeHost();
  const channel = channelOf(conn, host);
  await channel.reader.fill();
  channel.reader.consume(2);
  assertEquals([textOf(channel.detach().buffered), channel.state], ["llo", "upgraded"]);
  channel.close();
  assertEquals([conn.ends, host.counters.bytesRead], [[], 5]);
  assertEquals(channel.state, "upgraded");
});

Deno.test("a deadline that passes closes the channel, unless a head is waited for", async () => {
  const states: ChannelState[] = ["handshake", "idle", "head", "lingering"];
  for (const state of states) {
    const conn = new FakeConn();
    const channel = channelOf(conn);
    let late = 0;
    channel.onLate = () => late++;
    channel.state = state;
    channel.reader.deadline.arm(1000);
    channel.reader.deadline.check(LATE);
    await turns();
    assertEquals(late, state === "head" ? 1 : 0, state);
    assertEquals(conn.ends.length, state === "head" ? 0 : 1, state);
    channel.close();
  }
});

Deno.test("a write that stalls closes the channel", async () => {
  const conn = new FakeConn();
  const channel = channelOf(conn, new FakeHost({ writeTimeout: 0.02 }));
  conn.sink.held = true;
  const alive = setInterval(() => {}, 1000);
  channel.writer.putAscii("abc");
  await assertRejects(() => channel.writer.flush(), TimeoutError);
  clearInterval(alive);
  assertEquals([channel.state, conn.ends], ["closed", [["close", 0]]]);
});
