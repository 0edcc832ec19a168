// What a handler does wrong never becomes an invalid message: bodies that do not have the announced
// length, errors in mid-response, and values that would end a line (RFC 9110 5.5).

import { assertEquals, assertThrows } from "@std/assert";
import type { Connection } from "../../server/mod.ts";
import { Event, TestServer, valueOf } from "./support.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test("An answer shorter than its Content-Length ends with the connection", async () => {
  for (const flush of [false, true]) {
    await using test = new TestServer(async (con) => {
      con.addHeader("Content-Length", "10");
      con.send("hello");
      if (flush) await con.flush();
    });
    using client = await test.connect();
    await client.send(GET + GET);
    const all = await client.readToEnd();
    assertEquals(all.split("\r\n\r\n").slice(1), ["hello"], `flush: ${flush}`);
    assertEquals(all.includes("Content-Length: 10\r\n"), true);
    assertEquals(test.seen.length, 1);
  }
});

Deno.test("Sending more than the announced Content-Length throws, and never reaches the client", async () => {
  for (const flush of [false, true]) {
    const thrown = new Event<unknown>("send() throws");
    const done = new Event<boolean>("the response is over");
    await using test = new TestServer(async (con) => {
      con.done.then(({ completed }) => done.happen(completed));
      con.addHeader("Content-Length", "5");
      con.send("hel");
      if (flush) await con.flush();
      try {
        con.send("lo, world");
        await con.flush();
      } catch (error) {
        thrown.happen(error);
        con.send("lo");
      }
    });
    using client = await test.connect();
    await client.send(GET);
    assertEquals(await thrown.wait() instanceof RangeError, true, `flush: ${flush}`);
    if (!flush) continue;
    const response = await client.read();
    assertEquals([response.status, response.body], [200, "hello"]);
    assertEquals(await done.wait(), true);
  }
});

Deno.test("An answer in memory that is longer than its Content-Length becomes a 500", async () => {
  await using test = new TestServer((con) => {
    con.addHeader("Content-Length", "3");
    con.send("hello");
  });
  using client = await test.connect();
  await client.send(GET);
  const response = await client.read();
  assertEquals(response.status, 500);
  assertEquals(test.errors.length, 1);
  assertEquals(test.errors[0] instanceof RangeError, true);
});

Deno.test("A handler that throws behind its head ends the connection without the end of the body", async () => {
  for (const length of [undefined, "100"]) {
    await using test = new TestServer(async (con) => {
      if (length !== undefined) con.addHeader("Content-Length", length);
      con.send("begun");
      await con.flush();
      throw new Error("on purpose");
    });
    using client = await test.connect();
    await client.send(GET + GET);
    const all = await client.readToEnd();
    assertEquals(all.split("\r\n\r\n")[1], length === undefined ? "5\r\nbegun\r\n" : "begun");
    assertEquals(test.errors.map(String), ["Error: on purpose"]);
    assertEquals(test.seen.length, 1);
    using other = await test.connect();
    await other.send(GET);
    await other.readPast("begun");
  }
});

/** Everything that a line could be ended with, and what no field may hold. */
const INJECTIONS = [
  "a\r\nX-Injected: 1",
  "a\nX-Injected: 1",
  "a\rX-Injected: 1",
  "a\0b",
  "a\x0bb",
  "a\x7f",
  "a\u0100",
  "a\u{1f600}",
  "a\u010d\u010aX: 1",
];

const attempts: [name: string, call: (con: Connection, text: string) => unknown][] = [
  ["addHeader(value)", (con, text) => con.addHeader("X-Value", text)],
  ["addHeader(name)", (con, text) => con.addHeader(text, "value")],
  ["appendHeader(value)", (con, text) => con.appendHeader("X-Value", text)],
  ["appendHeader(name)", (con, text) => con.appendHeader(text, "value")],
  ["setStatus(reason)", (con, text) => con.setStatus(200, text)],
  ["sendError(reason)", (con, text) => con.sendError(400, text)],
  ["sendTrailers(value)", (con, text) => con.sendTrailers({ "X-Value": text })],
  ["sendTrailers(name)", (con, text) => con.sendTrailers({ [text]: "value" })],
  ["sendInformational(value)", (con, text) => con.sendInformational(103, { "X-Value": text })],
  ["sendInformational(name)", (con, text) => con.sendInformational(103, { [text]: "value" })],
];

for (const [name, call] of attempts) {
  Deno.test(`${name} refuses what would not be valid on the wire`, async () => {
    // RFC 9110 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous".
    await using test = new TestServer(async (con) => {
      for (const text of INJECTIONS) {
        let failure: unknown;
        try {
          await call(con, text);
        } catch (error) {
          failure = error;
        }
        if (!(failure instanceof TypeError)) throw new Error(`${JSON.stringify(text)}: ${failure}`);
      }
      con.send("clean");
    });
    using client = await test.connect();
    await client.send(GET);
    const response = await client.read();
    assertEquals([response.status, response.body], [200, "clean"], test.errors.join());
    assertEquals(response.fields.map(([field]) => field.toLowerCase()).sort(), [
      "content-length",
      "date",
    ]);
    assertEquals(response.reason, "OK");
    assertEquals(response.trailers, []);
  });
}

Deno.test("redirect() lets no line end and no byte outside of a URI through", async () => {
  await using test = new TestServer((con, req) => {
    if (req.path === "/good") return con.redirect(302, "/ä b?c=d#e");
    for (const text of ["/\r\nX-Injected: 1", "/\n", "/\0", "/\x7f"]) {
      assertThrows(() => con.redirect(302, text), TypeError);
    }
    for (const code of [200, 299, 400, 302.5, NaN]) {
      assertThrows(() => con.redirect(code, "/"), RangeError);
    }
  });
  using client = await test.connect();
  await client.send("GET /bad HTTP/1.1\r\nHost: a\r\n\r\n");
  const bad = await client.read();
  assertEquals([bad.status, valueOf(bad, "location")], [200, undefined], test.errors.join());
  await client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
  const good = await client.read();
  assertEquals([good.status, valueOf(good, "location")], [302, "/%C3%A4%20b?c=d#e"]);
});

Deno.test("A handler cannot frame the response by itself", async () => {
  await using test = new TestServer((con) => {
    for (const value of ["chunked", "gzip", "identity"]) {
      assertThrows(() => con.addHeader("Transfer-Encoding", value), TypeError);
      assertThrows(() => con.appendHeader("transfer-encoding", value), TypeError);
    }
    for (const value of ["", "-1", "+1", "1.5", "0x1", "a", "1,1", "9".repeat(30)]) {
      assertThrows(() => con.addHeader("content-length", value), TypeError);
    }
    for (const code of [0, 99, 100, 101, 199, 600, 1000, -200, 200.5, NaN]) {
      assertThrows(() => con.setStatus(code), RangeError);
    }
    for (const code of [200, 399, 600]) assertThrows(() => con.sendError(code), RangeError);
    for (const name of ["Content-Length", "transfer-encoding", "Host", "Set-Cookie", "trailer"]) {
      assertThrows(() => con.sendTrailers({ [name]: "1" }), TypeError);
    }
    con.send("clean");
  });
  using client = await test.connect();
  await client.send(GET);
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "clean"], test.errors.join());
});

Deno.test("The head cannot be changed once it was sent", async () => {
  await using test = new TestServer(async (con) => {
    con.send("a");
    await con.flush();
    assertThrows(() => con.addHeader("X", "1"), TypeError);
    assertThrows(() => con.appendHeader("X", "1"), TypeError);
    assertThrows(() => con.setStatus(201), TypeError);
    assertThrows(() => con.sendError(400), TypeError);
    assertThrows(() => con.redirect(302, "/"), TypeError);
    await con.sendInformational(103).then(() => {
      throw new Error("a 1xx behind the head");
    }, (error) => assertEquals(error instanceof TypeError, true));
    con.send("b");
  });
  using client = await test.connect();
  await client.send(GET);
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "ab"], test.errors.join());
});
