// The connection loop where whole answers are in memory. While a connection is open the second changes only with the
// ticks of the event loop, and there is none in these tests.

import { assert, assertEquals } from "@std/assert";
import type { Handler } from "../../server/serve_connection.ts";
import { HotAnswers, type HotSource, type SentAnswer } from "../../server/hot/hot_answers.ts";
import type { ServerOptions } from "../../server/options.ts";
import { bytesOf, turns } from "../wire/fakes.ts";
import { valueOf } from "../conformance/response_parser.ts";
import { FakeConn } from "./fake_conn.ts";
import { get, post, Served } from "./served.ts";

const sayPath: Handler = (con, req) => con.send(`handler ${req.rawPath}`);

/** Answers as the handler does, in other words; to paths that begin with `/none` not at all. */
function source(over: Partial<HotSource> = {}): HotSource {
  return {
    maxBytes: 1e9,
    version: 0,
    makeAnswer({ target: { rawPath } }) {
      if (rawPath.startsWith("/none")) return undefined;
      const body = rawPath.startsWith("/large") ? "x".repeat(100_000) : `memory ${rawPath}`;
      const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;
      return { status: 200, bytes: bytesOf(head + body), bodyBytes: body.length };
    },
    ...over,
  };
}

/** Serves a connection with answers in memory. */
function serveHot(hot = source(), conn = new FakeConn(), options: ServerOptions = {}): Served {
  const served = new Served(sayPath, options, conn);
  served.host.hot = new HotAnswers(hot);
  return served;
}

function bodiesOf(served: Served): string[] {
  return served.responses().map(({ body }) => body);
}

Deno.test("what came twice is answered from memory, in one write, and counted", async () => {
  await using served = serveHot();
  for (let i = 0; i < 4; i++) {
    served.conn.source.push(get("/a"));
    await turns(50);
  }
  assertEquals(bodiesOf(served), ["handler /a", "memory /a", "memory /a", "memory /a"]);
  assertEquals(served.conn.sink.writes.length, 4);
  assertEquals(served.host.counters.requests, 4);
  assertEquals(served.channel.state, "idle");
});

Deno.test("pipelined requests are answered in their order, whoever answers", async () => {
  await using served = serveHot();
  const paths = "/a /a /a /none /b /a /none /none /b /b".split(" ");
  served.conn.source.push(paths.map((path) => get(path)).join(""), post("/a", "body"), get("/a"));
  await turns(300);
  assertEquals(bodiesOf(served), [
    ...["handler /a", "memory /a", "memory /a", "handler /none", "handler /b"],
    ...["memory /a", "handler /none", "handler /none", "memory /b", "memory /b"],
    ...["handler /a", "memory /a"],
  ]);
});

Deno.test("pipelined answers that are in memory share a write", async () => {
  await using served = serveHot();
  served.conn.source.push(get("/a"), get("/a"), get("/a").repeat(20));
  await turns(300);
  assertEquals(bodiesOf(served).length, 22);
  assert(served.conn.sink.writes.length <= 4, `${served.conn.sink.writes.length} writes`);
});

Deno.test("large answers are not heaped up behind each other, however many are asked for", async () => {
  await using served = serveHot();
  served.conn.source.push(get("/large"), get("/large"), get("/large").repeat(50));
  let most = 0;
  for (let i = 0; i < 500; i++) {
    await turns(5);
    most = Math.max(most, served.channel.writer.pending);
  }
  assertEquals(bodiesOf(served).slice(1).map((body) => body.length), Array(51).fill(100_000));
  assert(most <= 65536, `${most} bytes waited`);
});

Deno.test("a server that is shutting down lets the handler answer, and says that it closes", async () => {
  await using served = serveHot();
  served.conn.source.push(get("/a"));
  await turns(50);
  served.conn.source.push(get("/a"));
  await turns(50);
  served.host.draining = true;
  served.conn.source.push(get("/a"), null);
  await served.ended;
  const last = served.responses().at(-1)!;
  assertEquals([last.body, valueOf(last, "connection")], ["handler /a", "close"]);
});

Deno.test("a server that keeps no connection alive lets the handler answer", async () => {
  const conn = new FakeConn(get("/a").repeat(3), null);
  await using served = serveHot(source(), conn, { httpKeepalive: 0 });
  await served.ended;
  assertEquals(bodiesOf(served), ["handler /a"]);
});

Deno.test("a watcher hears of each answer what the socket took of it", async () => {
  const heard: SentAnswer[] = [];
  const watcher = { full: false, sent: (answer: SentAnswer) => heard.push(answer) };
  await using served = serveHot(source({ watcher }));
  served.conn.source.push(get("/a"), get("/a").repeat(2), get("/large").repeat(2));
  await turns(1000);
  assertEquals(
    heard.map(({ request, status, bytesSent, completed }) => [
      ...[request.target.rawPath, status, bytesSent, completed],
    ]),
    [["/a", 200, 9, true], ["/a", 200, 9, true], ["/large", 200, 100_000, true]],
  );
  assertEquals(heard[0]!.peer.ipaddr, "192.0.2.7");

  // While it cannot hear of more, the handler makes the client wait, or not.
  watcher.full = true;
  served.conn.source.push(get("/a"));
  await turns(50);
  assertEquals([bodiesOf(served).at(-1), heard.length], ["handler /a", 3]);
});

Deno.test("behind a head that came in pieces, and answers that share a write, the connection is idle", async () => {
  await using served = serveHot();
  served.conn.source.push(get("/a"), get("/a"));
  await turns(100);
  const whole = get("/a");
  served.conn.source.push(whole.slice(0, 10));
  await turns(50);
  assertEquals(served.channel.state, "head");
  served.conn.source.push(whole.slice(10) + whole);
  await turns(100);
  assertEquals(bodiesOf(served).length, 4);
  assertEquals(served.channel.state, "idle");
});

Deno.test("a client that leaves before its end is heard of, too", async () => {
  const heard: SentAnswer[] = [];
  const watcher = { full: false, sent: (answer: SentAnswer) => heard.push(answer) };
  await using served = serveHot(source({ watcher }));
  served.conn.source.push(get("/large"));
  await turns(50);
  const { sink } = served.conn;
  sink.most = 60_000;
  sink.failAfter = sink.writes.length + 1;
  served.conn.source.push(get("/large"));
  await served.ended;
  const [{ bytesSent, completed }] = heard;
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".length;
  assertEquals([heard.length, bytesSent, completed], [1, 60_000 - head, false]);
  assertEquals(served.host.heard, []);
});

Deno.test("a connection that is closed while an answer leaves stays closed", async () => {
  await using served = serveHot();
  served.conn.source.push(get("/a"));
  await turns(50);
  served.conn.sink.held = true;
  served.conn.source.push(get("/a"));
  await turns(50);
  assertEquals(served.channel.state, "finishing");
  served.channel.close();
  await served.ended;
  assertEquals(served.channel.state, "closed");
});
