// How connections end: who closes them, when, and what both sides still hear.

import { assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import type { HttpError } from "../../wire/errors.ts";
import type { Handler } from "../../server/serve_connection.ts";
import { valueOf } from "../conformance/response_parser.ts";
import { turns } from "../wire/fakes.ts";
import { FakeConn } from "./fake_conn.ts";
import { get, parseAll, post, serveAll, Served } from "./served.ts";

const LATE = Number.MAX_SAFE_INTEGER;

/** Tells what it is asked for; reads the body of all but GET. */
const echo: Handler = async (con, req) => {
  const body = req.method === "GET" ? "" : await con.readText();
  con.send([req.method, req.rawPath, req.headers["host"], req.headers["x"], body].join(" "));
};

function bodies(text: string, ...methods: string[]): string[] {
  return parseAll(text, methods).map(({ status, body }) => status === 200 ? body : `${status}`);
}

Deno.test("a client may leave between requests, but not within one", async () => {
  for (const text of ["", "\r", "\r\n", get("/"), `${get("/")}\r\n`]) {
    const { conn, host } = await serveAll([text].filter((it) => it !== ""), echo);
    const expected = text.includes("GET") ? ["GET / a  "] : text === "\r" ? ["400"] : [];
    const refused = text === "\r" ? ["request"] : [];
    assertEquals(
      [bodies(conn.text), host.heard.map(([source]) => source)],
      [expected, refused],
      JSON.stringify(text),
    );
  }
  for (const text of ["G", get("/").slice(0, -1), `${get("/")}G`]) {
    const { conn } = await serveAll([text], echo);
    assertEquals(bodies(conn.text).at(-1), "400", JSON.stringify(text));
  }
});

Deno.test("a client that leaves within a body is an error of the handler's read", async () => {
  for (const end of [null, new Error("reset")]) {
    const { conn, host } = await serveAll([post("/", "hello").slice(0, -1), end], echo);
    assertEquals(bodies(conn.text), ["400"]);
    assertEquals(host.heard.map(([source, error]) => [source, (error as HttpError).code]), [
      ["handler", "closed"],
    ]);
  }
});

Deno.test("a client that leaves is no defect of the server, whenever it leaves", async () => {
  const reset = new Deno.errors.ConnectionReset("reset");
  for (const arrivals of [[reset], [get("/").slice(0, 5), reset], [get("/"), reset]]) {
    assertEquals((await serveAll(arrivals, echo)).host.heard, []);
  }
  const broken = new FakeConn(get("/"));
  broken.sink.failAfter = 0;
  const served = new Served(echo, {}, broken);
  await served.ended;
  assertEquals(served.host.heard, []);
  // Closing our side fails when the peer has reset the connection before.
  const gone = new FakeConn(get("/", "Connection: close"), null);
  gone.closeWriteError = new Deno.errors.NotConnected("Transport endpoint is not connected");
  const lingered = new Served(echo, {}, gone);
  await lingered.ended;
  assertEquals([lingered.host.heard, gone.ends.at(-1)![0]], [[], "close"]);
});

Deno.test("an answer's end is told by a half-close before the connection is closed", async () => {
  const cases: [string, Handler][] = [
    [get("/", "Connection: close"), echo],
    ["GET / HTTP/1.0\r\n\r\n", echo],
    [get("/"), () => false],
    [get("/"), (con) => con.addHeader("Connection", "close")],
    [get("/"), () => Promise.resolve(false)],
  ];
  for (const [text, handler] of cases) {
    await using served = new Served(handler);
    served.conn.source.push(text + get("/smuggled"));
    await turns(100);
    const [response, ...more] = served.responses();
    assertEquals([valueOf(response!, "connection"), more], ["close", []]);
    assertEquals(served.conn.ends, [["closeWrite", served.conn.text.length]]);
    assertEquals(served.channel.state, "lingering");
    // What still arrives is dropped until the client closes or the linger is over.
    served.conn.source.push("more");
    await turns();
    served.channel.reader.deadline.check(LATE);
    await served.ended;
    assertEquals(served.conn.ends.length, 2);
  }
});

Deno.test("without lingerTimeout the connection closes at once", async () => {
  const served = new Served(() => false, { lingerTimeout: 0 });
  served.conn.source.push(get("/"));
  await served.ended;
  assertEquals(served.conn.ends.map(([call]) => call), ["close"]);
});

Deno.test("a connection persists as versions, fields and options say", async () => {
  const keep = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  const cases: [string, string | undefined, object?][] = [
    [get("/"), undefined],
    [get("/", "Connection: keep-alive"), undefined],
    [keep, "keep-alive"],
    ["GET / HTTP/1.0\r\nHost: a\r\n\r\n", "close"],
    [get("/", "Connection: x, Close"), "close"],
    [get("/"), "close", { httpKeepalive: 0 }],
    [keep, "close", { httpKeepalive: 0 }],
  ];
  for (const [text, expected, options] of cases) {
    const { conn } = await serveAll([text + get("/2")], echo, options);
    const responses = parseAll(conn.text);
    assertEquals(valueOf(responses[0]!, "connection"), expected, JSON.stringify(text));
    assertEquals(responses.length, expected === "close" ? 1 : 2);
  }
});

Deno.test("a server that shuts down keeps no connection", async () => {
  await using served = new Served(echo);
  served.conn.source.push(get("/1"));
  await turns();
  served.host.draining = true;
  served.conn.source.push(get("/2") + get("/3"));
  await turns(100);
  const responses = served.responses();
  assertEquals(responses.map((it) => valueOf(it, "connection")), [undefined, "close"]);
});

Deno.test("an idle connection closes silently when its time is over", async () => {
  const served = new Served(echo);
  served.conn.source.push(get("/"));
  await turns();
  const before = served.conn.text;
  served.channel.reader.deadline.check(LATE);
  await served.ended;
  assertEquals([served.conn.text, served.conn.ends.map(([call]) => call)], [before, ["close"]]);
});

Deno.test("a head that is late is answered with 408, and what follows is not read", async () => {
  const served = new Served(echo);
  const text = get("/late");
  served.conn.source.push(text.slice(0, 10));
  await turns();
  served.channel.reader.deadline.check(LATE);
  served.conn.source.push(text.slice(10));
  await turns();
  served.conn.source.push(get("/smuggled"), null);
  await served.ended;
  const [response, ...more] = served.responses();
  assertEquals([response?.status, more, served.host.counters.requests], [408, [], 0]);
  assertEquals(valueOf(response!, "connection"), "close");
  assertEquals(served.conn.ends.map(([call]) => call), ["closeWrite", "close"]);
});

Deno.test("the deadline of a head does not reach into its handler", async () => {
  const gate = Promise.withResolvers<void>();
  await using served = new Served(() => gate.promise);
  served.conn.source.push(get("/").slice(0, 9));
  await turns();
  served.conn.source.push(get("/").slice(9));
  await turns();
  served.channel.reader.deadline.check(LATE);
  gate.resolve();
  await turns();
  assertEquals(served.responses().map(({ status }) => status), [200]);
});

Deno.test("a defect outside the handler's reach is heard of and ends its connection alone", async () => {
  const failure = new Error("defect");
  const thenable = {
    get then(): never {
      throw failure;
    },
  };
  const { host, conn } = await serveAll([get("/")], () => thenable);
  assertEquals(host.heard.map(([, error]) => error), [failure]);
  assertEquals(conn.ends.at(-1)![0], "close");
});

Deno.test("an upgraded connection is left alone, with the bytes read ahead handed out", async () => {
  const served = new Served(async (con) => {
    con.addHeader("Upgrade", "x");
    const { buffered } = await con.upgrade();
    assertEquals(buffered.length, 5);
    await assertRejects(() => con.upgrade(), TypeError);
  });
  served.conn.source.push(`${get("/1", "Upgrade: x", "Connection: upgrade")}hello`);
  await served.ended;
  assertMatch(served.conn.text, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assertStrictEquals(served.channel.state, "upgraded");
  assertEquals([served.conn.ends, served.host.heard], [[], []]);
});

Deno.test("a channel that is closed under a handler ends without an answer", async () => {
  const gate = Promise.withResolvers<void>();
  const served = new Served(async (con) => {
    await gate.promise;
    con.send("late");
  });
  served.conn.source.push(get("/"));
  await turns();
  served.channel.close();
  gate.resolve();
  await served.ended;
  assertEquals([served.conn.text, served.conn.ends.length], ["", 1]);
  assertEquals(served.host.cut, [served.channel]);
});
