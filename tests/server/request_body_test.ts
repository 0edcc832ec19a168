// What a handler does with `con` to get the request's body.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ClosedError, type HttpError, LimitError, TimeoutError } from "../../server/mod.ts";
import { serve } from "./serving.ts";

const decoder = new TextDecoder();
const CHUNKED = "Transfer-Encoding: chunked";
const HEAD = "POST / HTTP/1.1\r\nHost: x\r\n";

Deno.test("con.readBody() collects a body whole, and is empty afterwards", async () => {
  await using it = await serve(async (con) => {
    con.send(await con.readBody(), "|");
    assertEquals((await con.readBody()).length, 0);
    assertEquals((await con.readBody(5)).length, 0);
  });
  assertEquals((await it.client.ask("POST /", [], "hello")).body, "hello|");
  assertEquals((await it.client.ask("GET /")).body, "|");
});

Deno.test("con.readBody() takes a chunked body apart", async () => {
  await using it = await serve(async (con) => con.send(await con.readBody()));
  await it.client.send(`${HEAD}${CHUNKED}\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-T: a\r\n\r\n`);
  assertEquals((await it.client.readResponse()).body, "hello!");
  assertEquals((await it.client.ask("POST /", [], "next")).body, "next");
});

Deno.test("con.readBody(count) gives what has arrived, at most that many bytes", async () => {
  const pieces: string[] = [];
  const first = Promise.withResolvers<void>();
  await using it = await serve(async (con) => {
    for (let piece; (piece = await con.readBody(4)).length > 0;) {
      pieces.push(decoder.decode(piece));
      first.resolve();
    }
    con.send("done");
  });
  await it.client.send(`${HEAD}Content-Length: 10\r\n\r\nab`);
  await first.promise;
  assertEquals(pieces, ["ab"]);
  await it.client.send("cdefghij");
  assertEquals((await it.client.readResponse()).body, "done");
  assertEquals(pieces.join(""), "abcdefghij");
  assert(pieces.every((piece) => piece.length <= 4), pieces.join());
});

Deno.test("con.readBody() gives bytes that are the handler's to keep", async () => {
  await using it = await serve(async (con) => {
    const pieces = [];
    for (let piece; (piece = await con.readBody(3)).length > 0;) pieces.push(piece);
    con.send(...pieces);
  });
  const body = "0123456789".repeat(20_000);
  assertEquals((await it.client.ask("POST /", [], body)).body, body);
});

Deno.test("con.readBody() refuses a count and a timeout that make no sense", async () => {
  await using it = await serve(async (con) => {
    for (const count of [0, -1, 1.5, NaN]) {
      await assertRejects(() => con.readBody(count), RangeError, "Cannot read body: count");
    }
    for (const timeout of [0, -1, NaN]) {
      await assertRejects(() => con.readBody(1, timeout), RangeError, "timeout");
    }
    con.send(await con.readBody());
  });
  assertEquals((await it.client.ask("POST /", [], "hello")).body, "hello");
});

Deno.test("con.readBody() rejects after its timeout, and what comes later can be read", async () => {
  const late = Promise.withResolvers<void>();
  await using it = await serve(async (con) => {
    const error = await assertRejects(() => con.readBody(undefined, 0.05), TimeoutError);
    assertEquals([error.phase, error.status], ["body", 408]);
    late.resolve();
    con.send(await con.readBody(5));
  });
  await it.client.send(`${HEAD}Content-Length: 5\r\n\r\n`);
  await late.promise;
  await it.client.send("hello");
  assertEquals((await it.client.readResponse()).body, "hello");
});

Deno.test("a body that is late is answered with 408 and the connection closes", async () => {
  await using it = await serve(async (con) => {
    await con.readBody();
  }, { bodyTimeout: 0.05 });
  await it.client.send(`${HEAD}Content-Length: 5\r\n\r\nab`);
  const { status, headers } = await it.client.readResponse();
  assertEquals([status, headers["connection"]], [408, "close"]);
  assertEquals(await it.client.readAll(), "");
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["TimeoutError"]);
});

Deno.test("con.readBody() tells how much of a body came before the client left", async () => {
  const failure = Promise.withResolvers<unknown>();
  await using it = await serve((con) => con.readBody().catch(failure.resolve));
  await it.client.send(`${HEAD}Content-Length: 20\r\n\r\n0123456789`);
  await (it.client.conn as Deno.TcpConn).closeWrite();
  const error = await failure.promise as ClosedError;
  assert(error instanceof ClosedError);
  assertEquals(error.message, "Cannot read body: received 10 of 20 bytes");
  assertEquals([error.received, error.expected], [10, 20]);
});

Deno.test("con.readBody() collects no more than maxBufferedBody, con.readBody(count) does", async () => {
  await using it = await serve(async (con, req) => {
    if (req.path === "/whole") return con.send(await con.readBody());
    let size = 0;
    for (let piece; (piece = await con.readBody(4)).length > 0;) size += piece.length;
    con.send(String(size));
  }, { maxBufferedBody: 10 });
  assertEquals((await it.client.ask("POST /whole", [], "0123456789")).body, "0123456789");
  assertEquals((await it.client.ask("POST /pieces", [], "0123456789+")).body, "11");
  assertEquals((await it.client.ask("POST /whole", [], "0123456789+")).status, 413);
  const [error] = it.takeErrors();
  assert(error instanceof LimitError);
  assertEquals([error.limit, error.max, error.status], ["maxBufferedBody", 10, 413]);
});

Deno.test("con.readBody() collects no more than maxBufferedBody of a chunked body", async () => {
  await using it = await serve(async (con) => con.send(await con.readBody()), {
    maxBufferedBody: 10,
  });
  await it.client.send(`${HEAD}${CHUNKED}\r\n\r\na\r\n0123456789\r\n0\r\n\r\n`);
  assertEquals((await it.client.readResponse()).body, "0123456789");
  await it.client.send(`${HEAD}${CHUNKED}\r\n\r\n9\r\n012345678\r\n2\r\nab\r\n0\r\n\r\n`);
  assertEquals((await it.client.readResponse()).status, 413);
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["LimitError"]);
});

Deno.test("maxBodyBytes refuses an announced length at once, and a chunked body when it is over", async () => {
  let called = 0;
  await using it = await serve(async (con) => {
    called++;
    con.send(await con.readBody());
  }, { maxBodyBytes: 5 });
  assertEquals((await it.client.ask("POST /", [], "01234")).body, "01234");
  await it.client.send(`${HEAD}${CHUNKED}\r\n\r\n5\r\n01234\r\n0\r\n\r\n`);
  assertEquals((await it.client.readResponse()).body, "01234");
  await it.client.send(`${HEAD}${CHUNKED}\r\n\r\n5\r\n01234\r\n1\r\n5\r\n0\r\n\r\n`);
  const { status, headers } = await it.client.readResponse();
  assertEquals([status, headers["connection"]], [413, "close"]);
  assertEquals(called, 3);
  assertEquals(it.takeErrors().map((error) => (error as HttpError).status), [413]);
});

Deno.test("a length over maxBodyBytes never reaches the handler", async () => {
  await using it = await serve(() => {
    throw new Error("called");
  }, { maxBodyBytes: 5 });
  await it.client.send(`${HEAD}Content-Length: 6\r\n\r\n012345`);
  const { status, headers } = await it.client.readResponse();
  assertEquals([status, headers["connection"]], [413, "close"]);
  assertEquals(await it.client.readAll(), "");
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["LimitError"]);
});

Deno.test("con.readText() is the rest of the body as UTF-8", async () => {
  await using it = await serve(async (con) => {
    const first = decoder.decode(await con.readBody(1));
    con.send(JSON.stringify([first, await con.readText(), await con.readText()]));
  });
  const { body } = await it.client.ask("POST /", [], "xcaf\xc3\xa9");
  assertEquals(body, '["x","caf\xc3\xa9",""]');
});

Deno.test("con.discardBody() drops the rest of a body, however long", async () => {
  await using it = await serve(async (con) => {
    assertEquals((await con.readBody(1)).length, 1);
    await con.discardBody();
    assertEquals((await con.readBody()).length, 0);
    await con.discardBody();
    con.send("dropped");
  }, { lingerBytes: 1, maxBufferedBody: 1 });
  const body = "x".repeat(1_000_000);
  assertEquals((await it.client.ask("POST /", [], body)).body, "dropped");
  // The connection is kept and in step.
  assertEquals((await it.client.ask("POST /", [], "xyz")).body, "dropped");
});

Deno.test("con.discardBody() rejects when the body is malformed", async () => {
  await using it = await serve(async (con) => {
    await con.discardBody();
  });
  await it.client.send(`${HEAD}${CHUNKED}\r\n\r\n5\r\nhello!\r\n0\r\n\r\n`);
  const { status, headers } = await it.client.readResponse();
  assertEquals([status, headers["connection"]], [400, "close"]);
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["ProtocolError"]);
});

Deno.test("the first read sends 100 Continue to a client that waits for it, once", async () => {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using it = await serve(async (con) => {
    asked.resolve();
    await go.promise;
    con.send(await con.readBody(2));
    con.send(await con.readBody());
  });
  await it.client.send(`${HEAD}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
  await asked.promise;
  go.resolve();
  const { status, headers } = await it.client.readHead();
  assertEquals([status, headers], [100, {}]);
  await it.client.send("hello");
  const final = await it.client.readResponse();
  assertEquals([final.status, final.body], [200, "hello"]);
});

Deno.test("a handler that refuses without reading never asks for the body", async () => {
  await using it = await serve((con) => con.sendError(401));
  await it.client.send(`${HEAD}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
  const { status, headers } = await it.client.readResponse();
  assertEquals([status, headers["connection"]], [401, "close"]);
  assertEquals(await it.client.readAll(), "");
});
