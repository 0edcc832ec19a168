// Responses that stream: flush and its backpressure, announced lengths, trailers, informational
// responses, and what `con.done` says happened.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Connection, HttpError, type ResponseOutcome } from "../../server/mod.ts";
import { serve, watchDone } from "./serving.ts";

/** More than the sockets of a connection on loopback take while nobody reads. */
const MANY = 64 * 1024 * 1024;
const PIECE = new Uint8Array(1024 * 1024);

Deno.test("con.flush() sends what is there, chunked, and the handler goes on", async () => {
  const go = Promise.withResolvers<void>();
  await using it = await serve(async (con) => {
    con.send("one");
    await con.flush();
    await go.promise;
    con.send("two", "three");
  });
  await it.client.request("GET /");
  const { headers } = await it.client.readHead();
  assertEquals([headers["transfer-encoding"], headers["content-length"]], ["chunked", undefined]);
  assertEquals(await it.client.take(8), "3\r\none\r\n");
  go.resolve();
  const rest = await it.client.take("3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n".length);
  assertEquals(rest, "3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n");
  assertEquals((await it.client.ask("GET /")).body, "onetwothree");
});

Deno.test("con.flush() with nothing sent sends the head, and never an empty chunk", async () => {
  await using it = await serve(async (con) => {
    await con.flush();
    await con.flush();
    con.send("", new Uint8Array());
    await con.flush();
    con.send("end");
  });
  assertEquals((await it.client.ask("GET /")).body, "end");
});

Deno.test("a streamed response to HTTP/1.0 ends with the connection", async () => {
  await using it = await serve(async (con) => {
    con.send("one");
    await con.flush();
    con.send("two");
  });
  await it.client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const { headers } = await it.client.readHead();
  assertEquals([headers["transfer-encoding"], headers["connection"]], [undefined, "close"]);
  assertEquals(await it.client.readAll(), "onetwo");
});

Deno.test("con.flush() stays pending while the client does not read: no handler runs ahead of it", async () => {
  let flushed = 0;
  const stalled = Promise.withResolvers<void>();
  const { handler, done } = watchDone(async (con) => {
    con.addHeader("Content-Length", String(MANY));
    for (let sent = 0; sent < MANY; sent += PIECE.length) {
      con.send(PIECE);
      // Pending for longer than any flush that the socket takes.
      const timer = setTimeout(stalled.resolve, 300);
      await con.flush();
      clearTimeout(timer);
      flushed += PIECE.length;
    }
  });
  await using it = await serve(handler);
  await it.client.request("GET /");
  await it.client.readHead();
  await stalled.promise;
  assert(flushed < MANY / 2, `${flushed} bytes were flushed`);
  assertEquals(await it.client.take(10), "\0".repeat(10));
  let rest = MANY - 10 - it.client.buffered.length;
  const bytes = new Uint8Array(PIECE.length);
  while (rest > 0) rest -= await it.client.conn.read(bytes) ?? rest;
  const { bytesSent, completed } = await done;
  assertEquals([bytesSent, completed, flushed], [MANY, true, MANY]);
});

Deno.test("con.flush() rejects when the client takes nothing within writeTimeout", async () => {
  const { handler, done } = watchDone(async (con) => {
    while (true) {
      con.send(PIECE);
      await con.flush();
    }
  });
  await using it = await serve(handler, { writeTimeout: 0.2 });
  await it.client.request("GET /");
  const { completed, error, status, bytesSent } = await done;
  assertEquals([completed, status, (error as Error).name], [false, 200, "TimeoutError"]);
  assert(bytesSent < MANY);
  await it.server.shutdown();
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["TimeoutError"]);
});

Deno.test("con.flush() rejects when the client has left", async () => {
  const { handler, done } = watchDone(async (con) => {
    const error = await assertRejects(async () => {
      while (true) {
        con.send(PIECE);
        await con.flush();
      }
    }, HttpError);
    throw error;
  });
  await using it = await serve(handler);
  await it.client.request("GET /");
  await it.client.readHead();
  it.client.close();
  const { completed, error } = await done;
  assertEquals([completed, (error as Error).name], [false, "ClosedError"]);
  await it.server.shutdown();
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["ClosedError"]);
});

Deno.test("an announced Content-Length frames a streamed response", async () => {
  await using it = await serve(async (con) => {
    con.addHeader("Content-Length", "6");
    con.send("one");
    await con.flush();
    con.send("two");
  });
  const { headers, body } = await it.client.ask("GET /");
  assertEquals([headers["content-length"], headers["transfer-encoding"]], ["6", undefined]);
  assertEquals(body, "onetwo");
  assertEquals((await it.client.ask("GET /")).body, "onetwo");
});

Deno.test("con.send() throws when it exceeds the announced length, and nothing of it is sent", async () => {
  await using it = await serve(async (con) => {
    con.addHeader("Content-Length", "3");
    con.send("one");
    await con.flush();
    assertThrows(() => con.send("x"), RangeError, "4 bytes are more than Content-Length 3");
  });
  assertEquals((await it.client.ask("GET /")).body, "one");
  assertEquals((await it.client.ask("GET /")).body, "one");
});

Deno.test("a body kept in memory that exceeds its announced length becomes a 500", async () => {
  await using it = await serve((con) => {
    con.addHeader("Content-Length", "3");
    con.send("four");
  });
  const { status, body } = await it.client.ask("GET /");
  assertEquals([status, body.includes("four")], [500, false]);
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["RangeError"]);
});

for (const flush of [false, true]) {
  const how = flush ? "streamed" : "kept in memory";
  Deno.test(`a body ${how} that is shorter than announced closes the connection`, async () => {
    const { handler, done } = watchDone(async (con) => {
      con.addHeader("Content-Length", "10");
      con.send("short");
      if (flush) await con.flush();
    });
    await using it = await serve(handler);
    await it.client.request("GET /");
    assertEquals((await it.client.readHead()).headers["content-length"], "10");
    assertEquals(await it.client.readAll(), "short");
    const { completed, bytesSent, status } = await done;
    assertEquals({ completed, bytesSent, status }, { completed: false, bytesSent: 5, status: 200 });
    assertEquals(it.takeErrors().map((error) => (error as Error).name), ["RangeError"]);
  });
}

Deno.test("con.sendTrailers() ends a chunked body with fields", async () => {
  await using it = await serve(async (con, req) => {
    con.send("body");
    if (req.path === "/flush") await con.flush();
    con.sendTrailers({ "X-Sum": "123", "X-More": "caf\u00e9" });
  });
  for (const path of ["/", "/flush"]) {
    const { body, trailers } = await it.client.ask(`GET ${path}`);
    assertEquals([body, trailers], ["body", { "x-sum": "123", "x-more": "caf\xe9" }]);
  }
});

Deno.test("con.sendTrailers() sends none to HTTP/1.0", async () => {
  await using it = await serve((con) => {
    con.send("body");
    con.sendTrailers({ "X-Sum": "123" });
  });
  await it.client.send("GET / HTTP/1.0\r\n\r\n");
  await it.client.readHead();
  assertEquals(await it.client.readAll(), "body");
});

Deno.test("con.sendTrailers() refuses fields that must not be trailers, and bad ones", async () => {
  await using it = await serve((con) => {
    for (const name of ["Content-Length", "transfer-encoding", "Host", "Set-Cookie", "a b", ""]) {
      assertThrows(() => con.sendTrailers({ [name]: "x" }), TypeError, "Cannot send trailer");
    }
    for (const value of ["a\r\nb", "\0", " a"]) {
      assertThrows(() => con.sendTrailers({ "X-Sum": value }), TypeError, "Cannot send trailer");
    }
    con.addHeader("Content-Length", "0");
    assertThrows(() => con.sendTrailers({ "X-Sum": "1" }), TypeError, "has a Content-Length");
  });
  assertEquals((await it.client.ask("GET /")).status, 200);
});

Deno.test("con.sendInformational() goes ahead of the final response", async () => {
  await using it = await serve(async (con) => {
    await con.sendInformational(103, { Link: "</a.css>; rel=preload" });
    await con.sendInformational(102);
    con.send("final");
  });
  await it.client.request("GET /");
  const early = await it.client.readHead();
  assertEquals([early.status, early.reason], [103, "Early Hints"]);
  assertEquals(early.headers, { link: "</a.css>; rel=preload" });
  const { status, headers } = await it.client.readHead();
  assertEquals([status, headers], [102, {}]);
  assertEquals((await it.client.readResponse()).body, "final");
});

Deno.test("con.sendInformational() sends nothing to HTTP/1.0, but checks all the same", async () => {
  await using it = await serve(async (con) => {
    for (const code of [99, 100, 101, 200]) {
      await assertRejects(() => con.sendInformational(code), RangeError);
    }
    for (const [name, value] of [["Link", "a\r\nb"], ["a b", "c"], ["Content-Length", "1"]]) {
      await assertRejects(() => con.sendInformational(103, { [name!]: value! }), TypeError);
    }
    await con.sendInformational(103, { Link: "</a>" });
    con.send("final");
    await con.flush();
    await assertRejects(() => con.sendInformational(103), TypeError, "the head was sent");
  });
  await it.client.send("GET / HTTP/1.0\r\n\r\n");
  assertEquals((await it.client.readHead()).status, 200);
  assertEquals(await it.client.readAll(), "final");
});

/** What `con.done` said of a response by the time of the next request on its connection. */
async function outcome(handle: (con: Connection) => unknown): Promise<unknown[]> {
  let said: ResponseOutcome | undefined;
  await using it = await serve((con, req) => {
    if (req.path === "/next") return con.send(said === undefined ? "nothing" : "something");
    con.done.then((outcome) => said = outcome);
    return handle(con);
  });
  await it.client.ask("GET /");
  assertEquals((await it.client.ask("GET /next")).body, "something");
  it.takeErrors();
  const { status, bytesSent, completed, error } = said!;
  return [status, bytesSent, completed, error];
}

Deno.test("con.done resolves while the connection is kept, however the response was sent", async () => {
  assertEquals(await outcome((con) => con.send("hello")), [200, 5, true, undefined]);
  assertEquals(await outcome((con) => con.sendError(404)), [404, 0, true, undefined]);
  assertEquals(await outcome(async (con) => con.send(await "later")), [200, 5, true, undefined]);
  assertEquals(
    await outcome(() => {
      throw new HttpError("Cannot", { status: 403 });
    }).then(([status, , completed]) => [status, completed]),
    [403, true],
  );
  // With its chunked coding.
  assertEquals(
    await outcome((con) => {
      con.send("hello");
      return con.flush();
    }),
    [200, "5\r\nhello\r\n0\r\n\r\n".length, true, undefined],
  );
});

Deno.test("con.done resolves although the handler's own flush sent the last byte", async () => {
  assertEquals(
    await outcome(async (con) => {
      con.addHeader("Content-Length", "5");
      con.send("hello");
      await con.flush();
    }),
    [200, 5, true, undefined],
  );
});

Deno.test("con.done of a handler that fails after a flush has its error", async () => {
  const failure = new Error("half way");
  const { handler, done } = watchDone(async (con) => {
    con.addHeader("Content-Length", "10");
    con.send("half");
    await con.flush();
    throw failure;
  });
  await using it = await serve(handler);
  await it.client.request("GET /");
  const { status, bytesSent, completed, error } = await done;
  assertEquals([status, bytesSent, completed, error], [200, 4, false, failure]);
  assertEquals(it.takeErrors(), [failure]);
});

Deno.test("con.done says 0 when the server closed before anything was sent", async () => {
  const entered = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const { handler, done } = watchDone(async () => {
    entered.resolve();
    await go.promise;
  });
  await using it = await serve(handler);
  await it.client.request("GET /");
  await entered.promise;
  it.server.close();
  // Not only when the handler ends: it may be waiting for just this.
  const { status, bytesSent, completed } = await done;
  assertEquals([status, bytesSent, completed], [0, 0, false]);
  go.resolve();
});
