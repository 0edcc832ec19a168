// `con.upgrade()`: the connection belongs to the handler, with all that was read ahead.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { UpgradedConn } from "../../server/mod.ts";
import { serve, watchDone } from "./serving.ts";

const decoder = new TextDecoder();

/** Sends back, in capitals, what arrives up to the end. */
async function shout({ conn, buffered }: UpgradedConn): Promise<void> {
  const write = async (bytes: Uint8Array): Promise<void> => {
    const shouted = new TextEncoder().encode(decoder.decode(bytes).toUpperCase());
    for (let at = 0; at < shouted.length;) at += await conn.write(shouted.subarray(at));
  };
  if (buffered.length > 0) await write(buffered);
  const bytes = new Uint8Array(1024);
  for (let count; (count = await conn.read(bytes)) !== null;) await write(bytes.slice(0, count));
  conn.close();
}

Deno.test("con.upgrade() answers 101 with the handler's fields and hands the socket out", async () => {
  const { handler, done } = watchDone(async (con) => {
    con.addHeader("Upgrade", "shout");
    con.addHeader("X-Field", "a");
    const upgraded = await con.upgrade();
    assertEquals(decoder.decode(upgraded.buffered), "early ");
    await shout(upgraded);
  });
  await using it = await serve(handler);
  await it.client.send(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\nearly ",
  );
  const { status, reason, headers } = await it.client.readHead();
  assertEquals([status, reason], [101, "Switching Protocols"]);
  assertEquals([headers["upgrade"], headers["connection"], headers["x-field"]], [
    "shout",
    "upgrade",
    "a",
  ]);
  assertEquals([headers["content-length"], headers["transfer-encoding"]], [undefined, undefined]);
  await it.client.send("later");
  await (it.client.conn as Deno.TcpConn).closeWrite();
  assertEquals(await it.client.readAll(), "EARLY LATER");
  const { status: sent, bytesSent, completed } = await done;
  assertEquals([sent, bytesSent, completed], [101, 0, true]);
});

Deno.test("con.upgrade() answers CONNECT with 200", async () => {
  await using it = await serve(async (con, req) => {
    assertEquals([req.method, req.rawPath], ["CONNECT", "example.test:443"]);
    await shout(await con.upgrade());
  });
  await it.client.send("CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\nhi");
  const { status, headers } = await it.client.readHead();
  assertEquals([status, headers["content-length"]], [200, undefined]);
  await (it.client.conn as Deno.TcpConn).closeWrite();
  assertEquals(await it.client.readAll(), "HI");
});

Deno.test("what is buffered for con.upgrade() is never read as a request", async () => {
  let requests = 0;
  await using it = await serve(async (con) => {
    requests++;
    con.addHeader("Upgrade", "shout");
    const { conn, buffered } = await con.upgrade();
    assertEquals(decoder.decode(buffered), "GET /second HTTP/1.1\r\nHost: x\r\n\r\n");
    conn.close();
  });
  const get = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  await it.client.send(get("/first", "Upgrade: shout\r\n") + get("/second"));
  assertEquals((await it.client.readHead()).status, 101);
  assertEquals(await it.client.readAll(), "");
  assertEquals(requests, 1);
});

Deno.test("con.upgrade() sends what was answered to pipelined requests first", async () => {
  await using it = await serve(async (con, req) => {
    if (req.path === "/plain") return con.send("plain");
    con.addHeader("Upgrade", "shout");
    (await con.upgrade()).conn.close();
  });
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: shout\r\n\r\n`;
  await it.client.send(get("/plain") + get("/upgrade"));
  assertEquals((await it.client.readResponse()).body, "plain");
  assertEquals((await it.client.readHead()).status, 101);
  assertEquals(await it.client.readAll(), "");
});

Deno.test("con.upgrade() refuses with an unread body, to HTTP/1.0, and after the head", async () => {
  await using it = await serve(async (con, req) => {
    if (req.path === "/flushed") await con.flush();
    const error = await assertRejects(() => con.upgrade(), TypeError, "Cannot upgrade");
    con.send(error.message);
  });
  const unread = await it.client.ask("POST /", [], "hello");
  assertEquals(unread.body, "Cannot upgrade: the request body was not read");
  assertEquals((await it.client.ask("GET /flushed")).body, "Cannot upgrade: the head was sent");
  await it.client.send("GET / HTTP/1.0\r\n\r\n");
  assertEquals((await it.client.readResponse()).body, "Cannot upgrade: the client speaks HTTP/1.0");
});

Deno.test("con.upgrade() wants an Upgrade field of the client's and one of the handler's", async () => {
  // RFC 9110 7.8: "A server that sends a 101 response MUST send an Upgrade header field".
  await using it = await serve(async (con, req) => {
    if (req.path === "/set") con.addHeader("Upgrade", "shout");
    const error = await assertRejects(() => con.upgrade(), TypeError);
    con.send(error.message);
  });
  const refused = await it.client.ask("GET /set");
  assertEquals(
    [refused.status, refused.body, refused.headers["connection"]],
    [200, "Cannot upgrade: the client did not ask for it", "upgrade"],
  );
  const { body } = await it.client.ask("GET /", ["Upgrade: shout"]);
  assertEquals(body, 'Cannot upgrade: no field "Upgrade" was set');
});

Deno.test("con.upgrade() works when the body was read", async () => {
  await using it = await serve(async (con) => {
    const body = await con.readText();
    con.addHeader("X-Body", body);
    con.addHeader("Upgrade", "shout");
    (await con.upgrade()).conn.close();
  });
  await it.client.request("POST /", ["Upgrade: shout"], "hello");
  const { status, headers } = await it.client.readHead();
  assertEquals([status, headers["x-body"]], [101, "hello"]);
});

Deno.test("an upgraded connection is no longer the server's: neither closed nor waited for", async () => {
  const upgraded = Promise.withResolvers<UpgradedConn>();
  await using it = await serve(async (con) => {
    con.addHeader("Upgrade", "shout");
    upgraded.resolve(await con.upgrade());
  });
  await it.client.request("GET /", ["Upgrade: shout"]);
  assertEquals((await it.client.readHead()).status, 101);
  const { conn } = await upgraded.promise;
  await it.server.shutdown();
  assertEquals(it.server.stats().connections, 0);
  assert(await conn.write(new TextEncoder().encode("still here")) > 0);
  conn.close();
  assertEquals(await it.client.readAll(), "still here");
});
