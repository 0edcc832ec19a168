import { Buffer } from "node:buffer";
// What a handler does with `con` to answer: fields, status, body, errors and redirects.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { HttpError, ProtocolError } from "../../server/mod.ts";
import { serve } from "./serving.ts";

Deno.test("con.remoteAddr() is the address of the client", async () => {
  await using it = await serve((con) => con.send(JSON.stringify(con.remoteAddr())));
  const { body } = await it.client.ask("GET /");
  const { port } = it.client.conn.localAddr as Deno.NetAddr;
  assertEquals(JSON.parse(body), { ipaddr: "127.0.0.1", port });
});

Deno.test("con.send() of a handler that never flushes leaves with a Content-Length", async () => {
  await using it = await serve((con) => {
    con.send("caf\u00e9 ", new Uint8Array([0, 255]));
    con.send();
    con.send("", " \u{1f600}");
  });
  const { status, reason, headers, body } = await it.client.ask("GET /");
  assertEquals([status, reason], [200, "OK"]);
  assertEquals(body, "caf\xc3\xa9 \x00\xff \xf0\x9f\x98\x80");
  assertEquals(headers["content-length"], String(body.length));
  assertEquals(headers["transfer-encoding"], undefined);
  assertMatch(headers["date"] ?? "", /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
});

Deno.test("con.send() copies bytes, so that their owner may change them", async () => {
  await using it = await serve((con) => {
    const bytes = new Uint8Array([97, 98]);
    con.send(bytes);
    bytes.fill(120);
  });
  assertEquals((await it.client.ask("GET /")).body, "ab");
});

Deno.test("con.send() refuses what is neither text nor bytes", async () => {
  await using it = await serve((con) => {
    for (const value of [1, null, {}, new ArrayBuffer(1)]) {
      assertThrows(() => con.send(value as string), TypeError, "neither text nor bytes");
    }
    con.send("fine");
  });
  assertEquals((await it.client.ask("GET /")).body, "fine");
});

Deno.test("a handler that sends nothing answers 200 with an empty body", async () => {
  await using it = await serve(() => {});
  const { status, headers } = await it.client.ask("GET /");
  assertEquals([status, headers["content-length"]], [200, "0"]);
});

Deno.test("con.addHeader() overrides and con.appendHeader() repeats", async () => {
  await using it = await serve((con) => {
    con.addHeader("X-One", "a");
    con.addHeader("x-one", "b");
    con.appendHeader("Set-Cookie", "a=1");
    con.appendHeader("Set-Cookie", "b=2");
    con.addHeader("X-Latin", "caf\u00e9");
    con.addHeader("X-Empty", "");
  });
  const { headers } = await it.client.ask("GET /");
  assertEquals(headers["x-one"], "b");
  assertEquals(headers["set-cookie"], "a=1, b=2");
  assertEquals(headers["x-latin"], "caf\xe9");
  assertEquals(headers["x-empty"], "");
});

Deno.test("con.addHeader() refuses names and values that could end a line", async () => {
  await using it = await serve((con) => {
    for (const name of ["", "a b", "a:", "a\r\n", "\u00e9", "a\0"]) {
      assertThrows(() => con.addHeader(name, "x"), TypeError, "Cannot set field");
      assertThrows(() => con.appendHeader(name, "x"), TypeError, "Cannot set field");
    }
    for (const value of ["a\r\nb: c", "a\n", "\r", "a\0b", "\u0100", " a", "a\t", "\x7f"]) {
      assertThrows(() => con.addHeader("X-Value", value), TypeError, "Cannot set field");
      assertThrows(() => con.appendHeader("X-Value", value), TypeError, "Cannot set field");
    }
    assertThrows(() => con.addHeader("X", undefined as unknown as string), TypeError);
    assertThrows(() => con.addHeader("Transfer-Encoding", "chunked"), TypeError);
    for (const length of ["-1", "+1", "1.0", "0x1", "", "1, 1"]) {
      assertThrows(() => con.addHeader("Content-Length", length), TypeError, "is not a length");
    }
  });
  const { status, headers } = await it.client.ask("GET /");
  assertEquals(status, 200);
  assertEquals(Object.keys(headers).toSorted(), ["content-length", "date"]);
});

Deno.test("con.addHeader() may set Date, and Connection: close", async () => {
  const date = "Thu, 01 Jan 1970 00:00:00 GMT";
  await using it = await serve((con) => {
    con.addHeader("Date", date);
    con.addHeader("Connection", "close");
  });
  const { headers } = await it.client.ask("GET /");
  assertEquals([headers["date"], headers["connection"]], [date, "close"]);
  assertEquals(await it.client.readAll(), "");
});

Deno.test("con.setStatus() sets the code and, if given, the reason phrase", async () => {
  await using it = await serve((con, req) => {
    if (req.path === "/own") con.setStatus(404, "Not here \u00e9");
    else con.setStatus(Number(req.queryString));
  });
  const own = await it.client.ask("GET /own");
  assertEquals([own.status, own.reason], [404, "Not here \xe9"]);
  for (const [code, reason] of [[201, "Created"], [404, "Not Found"], [599, ""]] as const) {
    const { status, reason: sent } = await it.client.ask(`GET /?${code}`);
    assertEquals([status, sent], [code, reason]);
  }
});

Deno.test("con.setStatus() refuses codes that are none of a final response", async () => {
  await using it = await serve((con) => {
    for (const code of [0, 100, 101, 199, 600, 200.5, NaN]) {
      assertThrows(() => con.setStatus(code), RangeError, "Cannot set status");
    }
    for (const reason of ["a\r\nb", "a\n", "\0", "\u0100"]) {
      assertThrows(() => con.setStatus(200, reason), TypeError, "Cannot set reason phrase");
    }
  });
  assertEquals((await it.client.ask("GET /")).status, 200);
});

for (const status of [204, 304]) {
  Deno.test(`a response with status ${status} has no body, and no Content-Length of one`, async () => {
    await using it = await serve((con) => con.setStatus(status));
    assertEquals((await it.client.ask("GET /")).headers["content-length"], undefined);
    // The connection is in step.
    assertEquals((await it.client.ask("GET /")).status, status);
  });

  Deno.test(`con.send() with status ${status} is an error of the handler`, async () => {
    await using it = await serve((con) => {
      con.setStatus(status);
      con.send("body");
    });
    assertEquals((await it.client.ask("GET /")).status, 500);
    assertEquals(it.takeErrors().map(String), [
      `TypeError: Cannot send a body with status ${status}`,
    ]);
  });
}

Deno.test("the response to HEAD has the fields of GET and no body", async () => {
  await using it = await serve(async (con, req) => {
    con.addHeader("X-Field", "a");
    con.send("hello");
    if (req.path === "/flush") await con.flush();
    con.send(" world");
  });
  const whole = await it.client.ask("HEAD /");
  assertEquals([whole.headers["content-length"], whole.headers["x-field"]], ["11", "a"]);
  const streamed = await it.client.ask("HEAD /flush");
  assertEquals([streamed.status, streamed.headers["x-field"]], [200, "a"]);
  assertEquals((await it.client.ask("GET /")).body, "hello world");
});

Deno.test("con.sendError() drops what was sent, and keeps the fields", async () => {
  await using it = await serve((con, req) => {
    con.addHeader("X-Field", "a");
    con.send("never seen");
    if (req.path === "/bare") con.sendError(404);
    else con.sendError(503, "Busy", "try later");
  });
  const bare = await it.client.ask("GET /bare");
  assertEquals([bare.status, bare.reason, bare.body], [404, "Not Found", ""]);
  assertEquals(bare.headers["content-length"], "0");
  const full = await it.client.ask("GET /full");
  assertEquals([full.status, full.reason, full.body], [503, "Busy", "try later"]);
  assertEquals(full.headers["x-field"], "a");
});

Deno.test("con.sendError() forgets a Content-Length that was announced for the body it drops", async () => {
  await using it = await serve((con) => {
    con.addHeader("Content-Length", "10");
    con.send("0123456789");
    con.sendError(404, undefined, "gone");
  });
  const { status, body } = await it.client.ask("GET /");
  assertEquals([status, body], [404, "gone"]);
});

Deno.test("con.sendError() takes codes from 400 to 599", async () => {
  await using it = await serve((con) => {
    for (const code of [200, 399, 600]) assertThrows(() => con.sendError(code), RangeError);
    con.sendError(400);
  });
  assertEquals((await it.client.ask("GET /")).status, 400);
});

Deno.test("con.redirect() sets Location and drops what was sent", async () => {
  await using it = await serve((con) => {
    con.send("never seen");
    con.redirect(302, "/caf\u00e9 a?b=%20");
  });
  const { status, headers, body } = await it.client.ask("GET /");
  assertEquals([status, headers["location"], body], [302, "/caf%C3%A9%20a?b=%20", ""]);
});

Deno.test("con.redirect() takes codes from 300 to 399 and no control characters", async () => {
  await using it = await serve((con) => {
    for (const code of [200, 299, 400]) assertThrows(() => con.redirect(code, "/"), RangeError);
    for (const location of ["/\r\nX: y", "/\n", "/\0", "/\x7f"]) {
      assertThrows(() => con.redirect(302, location), TypeError, "control characters");
    }
  });
  const { status, headers } = await it.client.ask("GET /");
  assertEquals([status, headers["location"]], [200, undefined]);
});

Deno.test("what belongs into the head throws once the head was sent", async () => {
  await using it = await serve(async (con) => {
    con.send("x");
    await con.flush();
    const message = "the head was sent";
    assertThrows(() => con.addHeader("A", "b"), TypeError, message);
    assertThrows(() => con.appendHeader("A", "b"), TypeError, message);
    assertThrows(() => con.setStatus(404), TypeError, message);
    assertThrows(() => con.sendError(404), TypeError, message);
    assertThrows(() => con.redirect(302, "/"), TypeError, message);
  });
  assertEquals((await it.client.ask("GET /")).body, "x");
});

Deno.test("con throws when it is used after its response", async () => {
  const late = Promise.withResolvers<unknown>();
  await using it = await serve((con) => {
    con.send("x");
    con.done.then(() => late.resolve(assertThrows(() => con.send("y"), TypeError, "has ended")))
      .catch(late.reject);
  });
  assertEquals((await it.client.ask("GET /")).body, "x");
  await late.promise;
});

Deno.test("a handler that throws is answered with 500, and the connection stays", async () => {
  await using it = await serve((con, req) => {
    if (req.path !== "/throw") return con.send("fine");
    con.setStatus(201);
    con.addHeader("X-Secret", "a");
    con.send("half");
    throw new Error("top secret");
  });
  const { status, headers, body } = await it.client.ask("GET /throw");
  assertEquals([status, headers["x-secret"]], [500, undefined]);
  assert(!body.includes("secret") && !body.includes("half"), body);
  assertEquals(it.takeErrors().map(String), ["Error: top secret"]);
  assertEquals((await it.client.ask("GET /")).body, "fine");
});

Deno.test("a handler that rejects is answered with the status of its HttpError", async () => {
  const errors: unknown[] = [];
  await using it = await serve(async (_con, req) => {
    await req.path;
    throw new HttpError("Cannot open the vault", { status: Number(req.queryString) });
  }, {
    onError: (error, { source, request }) => errors.push([error, source, request?.rawPath]),
  });
  const refused = await it.client.ask("GET /a?403");
  assertEquals(refused.status, 403);
  // The message may say more than the client should know.
  assertEquals(refused.body.includes("vault"), false);
  const failed = await it.client.ask("GET /b?503");
  assertEquals([failed.status, failed.body.includes("vault")], [503, false]);
  // Not a status of an error.
  assertEquals((await it.client.ask("GET /c?200")).status, 500);
  assertEquals(
    errors.map((entry) => (entry as unknown[]).slice(1)),
    [["handler", "/a?403"], ["handler", "/b?503"], ["handler", "/c?200"]],
  );
});

Deno.test("a handler may throw anything", async () => {
  await using it = await serve((_con, req) => {
    throw req.path === "/null" ? null : "text";
  });
  assertEquals((await it.client.ask("GET /null")).status, 500);
  assertEquals((await it.client.ask("GET /text")).status, 500);
  assertEquals(it.takeErrors(), [null, "text"]);
});

Deno.test("a handler that throws after a flush closes the connection short of its end", async () => {
  await using it = await serve(async (con) => {
    con.send("half");
    await con.flush();
    throw new ProtocolError("bad_field", "Cannot go on");
  });
  await it.client.request("GET /");
  assertEquals((await it.client.readHead()).headers["transfer-encoding"], "chunked");
  assertEquals(await it.client.readAll(), "4\r\nhalf\r\n");
  assertEquals(it.takeErrors().map(String), ["ProtocolError: Cannot go on"]);
});

Deno.test("the server lives on when onError throws", async () => {
  await using it = await serve((con, req) => {
    if (req.path === "/throw") throw new Error("first");
    con.send("fine");
  }, {
    onError: () => {
      throw new Error("second");
    },
  });
  assertEquals((await it.client.ask("GET /throw")).status, 500);
  assertEquals((await it.client.ask("GET /")).body, "fine");
});

Deno.test("a handler that returns false closes the connection after its response", async () => {
  await using it = await serve(async (con, req) => {
    if (req.path === "/later") await Promise.resolve();
    con.send("bye");
    return false;
  });
  const { headers, body } = await it.client.ask("GET /later");
  assertEquals([headers["connection"], body], ["close", "bye"]);
  assertEquals(await it.client.readAll(), "");
});

Deno.test("con.send() copies bytes, those of a Buffer too", async () => {
  await using it = await serve((con) => {
    const buffer = Buffer.from("first ");
    con.send(buffer);
    buffer.write("second");
    con.send(buffer);
  });
  assertEquals((await it.client.ask("GET /")).body, "first second");
});

Deno.test("a response with status 205 has a body of no bytes", async () => {
  await using it = await serve(async (con, req) => {
    con.setStatus(205);
    if (req.path === "/body") con.send("body");
    if (req.path === "/flush") await con.flush();
  });
  for (const path of ["/", "/flush"]) {
    const { status, headers } = await it.client.ask(`GET ${path}`);
    assertEquals([status, headers["content-length"]], [205, "0"], path);
  }
  assertEquals((await it.client.ask("GET /body")).status, 500);
  it.takeErrors();
});

Deno.test("an Upgrade field is named in Connection", async () => {
  await using it = await serve((con, req) => {
    con.setStatus(426);
    con.addHeader("Upgrade", "TLS/1.2");
    if (req.path === "/close") con.addHeader("Connection", "close");
  });
  assertEquals((await it.client.ask("GET /")).headers["connection"], "upgrade");
  assertEquals((await it.client.ask("GET /close")).headers["connection"], "close, upgrade");
});
