import { assertEquals } from "@std/assert";
import { HttpError } from "../../wire/errors.ts";
import type { Handler } from "../../server/serve_connection.ts";
import { valueOf } from "../conformance/response_parser.ts";
import { splitsOf, turns } from "../wire/fakes.ts";
import { FakeConn } from "./fake_conn.ts";
import { get, parseAll, post, serveAll, Served } from "./served.ts";

/** Tells what it is asked for; reads the body of all but GET. */
const echo: Handler = async (con, req) => {
  const body = req.method === "GET" ? "" : await con.readText();
  con.send([req.method, req.rawPath, req.headers["host"], req.headers["x"], body].join(" "));
};

/** As `echo`, but without a wait. */
const echoNow: Handler = (con, req) => {
  con.send([req.method, req.rawPath, req.headers["host"], req.headers["x"], ""].join(" "));
};

function bodies(text: string, ...methods: string[]): string[] {
  return parseAll(text, methods).map(({ status, body }) => status === 200 ? body : `${status}`);
}

Deno.test("pipelined requests are answered in order and in one write", async () => {
  const paths = Array.from({ length: 100 }, (_, i) => `/${i}`);
  const arrival = paths.map((path) => get(path)).join("");
  const { conn, host } = await serveAll([arrival], echoNow);
  assertEquals(bodies(conn.text), paths.map((path) => `GET ${path} a  `));
  assertEquals([conn.sink.writes.length, host.counters.requests], [1, 100]);
});

Deno.test("an answer under way is not overtaken, and waits for none that follows", async () => {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const started: string[] = [];
  const handler: Handler = (con, req) => {
    started.push(req.path);
    con.send(req.path);
    if (!req.path.startsWith("/slow")) return;
    const gate = Promise.withResolvers<void>();
    gates.set(req.path, gate);
    return gate.promise;
  };
  await using served = new Served(handler);
  const { conn } = served;
  conn.source.push(["/1", "/2", "/slow3", "/4", "/slow5", "/6"].map((path) => get(path)).join(""));
  await turns(100);
  // The two before it have left, those behind it have not even begun.
  assertEquals(bodies(conn.text), ["/1", "/2"]);
  assertEquals(started, ["/1", "/2", "/slow3"]);
  gates.get("/slow3")!.resolve();
  await turns(100);
  assertEquals(bodies(conn.text), ["/1", "/2", "/slow3", "/4"]);
  gates.get("/slow5")!.resolve();
  await turns(100);
  assertEquals(bodies(conn.text), ["/1", "/2", "/slow3", "/4", "/slow5", "/6"]);
});

Deno.test("what is answered leaves before the next head is waited for", async () => {
  await using served = new Served(echoNow);
  const { conn } = served;
  const next = get("/x");
  const splits = [`${next}`, `\r\n${next}`].flatMap((text) => splitsOf(text).slice(1, -1));
  for (const [beginning, rest] of [["", next], ...splits] as [string, string][]) {
    const before = bodies(conn.text).length;
    conn.source.push(get("/1") + get("/2") + beginning);
    await turns(50);
    assertEquals(bodies(conn.text).length, before + 2, JSON.stringify(beginning));
    conn.source.push(rest);
    await turns(50);
    assertEquals(bodies(conn.text).slice(-3), ["GET /1 a  ", "GET /2 a  ", "GET /x a  "]);
  }
});

Deno.test("pipelined answers are flushed now and then, however many there are", async () => {
  const { conn } = await serveAll([get("/").repeat(80)], (con) => con.send("x".repeat(10_000)));
  assertEquals(bodies(conn.text).length, 80);
  for (const write of conn.sink.writes) assertEquals(write.length < 100_000, true);
});

/** Requests that look like each other, so that a memory of heads would mix them up. */
const ALIKE: readonly (readonly [request: string, answer: string])[] = [
  [get("/a", "X: 1"), "GET /a a 1 "],
  [get("/a", "X: 1"), "GET /a a 1 "],
  [get("/a", "X: 1"), "GET /a a 1 "],
  [get("/b"), "GET /b a  "],
  [get("/a", "X: 1", "Y: 2"), "GET /a a 1 "],
  [get("/a", "X: 1").replace("Host: a", "Host: b"), "GET /a b 1 "],
  [get("/a", "X: 1"), "GET /a a 1 "],
  [get("/a", "X: 2"), "GET /a a 2 "],
  [get("/a", "X: 12"), "GET /a a 12 "],
  [get("/a/"), "GET /a/ a  "],
  [post("/p", "one"), "POST /p a  one"],
  [post("/p", "two"), "POST /p a  two"],
  [post("/p", get("/").slice(0, 3)), "POST /p a  GET"],
  [post("/p", ""), "POST /p a  "],
  [get("/long", `X: ${"x".repeat(200)}`), `GET /long a ${"x".repeat(200)} `],
  [get("/long", `X: ${"x".repeat(200)}`), `GET /long a ${"x".repeat(200)} `],
  [get("/long", `X: ${"x".repeat(200)}`), `GET /long a ${"x".repeat(200)} `],
  [get("/short"), "GET /short a  "],
  [
    post("/long", get("/smuggled"), `X: ${"x".repeat(99)}`),
    `POST /long a ${"x".repeat(99)} ` +
    get("/smuggled"),
  ],
];

Deno.test("requests that are alike are not mixed up, however they arrive", async () => {
  const text = ALIKE.map(([request]) => request).join("");
  const expected = ALIKE.map(([, answer]) => answer);
  for (const pieces of splitsOf(text)) {
    const { conn } = await serveAll(pieces, echo);
    const at = pieces[0]!.length;
    assertEquals(bodies(conn.text), expected, `split at ${at}, in ${pieces.length} pieces`);
  }
});

Deno.test("requests that are alike are not mixed up, in any order", async () => {
  let seed = 1;
  const next = (below: number): number => (seed = seed * 48271 % 0x7fffffff) % below;
  for (let round = 0; round < 50; round++) {
    const chosen = Array.from({ length: 30 }, () => ALIKE[next(2) === 0 ? next(3) : next(19)]!);
    const text = chosen.map(([request]) => request).join("");
    const pieces: string[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + next(300);
      pieces.push(text.slice(at, at + length));
      at += length;
    }
    const { conn } = await serveAll(pieces, echo);
    assertEquals(bodies(conn.text), chosen.map(([, answer]) => answer), `round ${round}`);
  }
});

Deno.test("a bad request is answered behind those before it, and ends the connection", async () => {
  const bad = "GET / HTTP/1.1\r\nHost: a\r\nBad : x\r\n\r\n";
  for (const pieces of splitsOf(get("/1") + bad + get("/smuggled"))) {
    const { conn, host } = await serveAll(pieces, echo);
    const [first, second, ...more] = parseAll(conn.text);
    assertEquals([first?.body, second?.status, more.length], ["GET /1 a  ", 400, 0]);
    assertEquals(valueOf(second!, "connection"), "close");
    assertEquals(host.counters.requests, 1);
    assertEquals(conn.ends.map(([call]) => call), ["closeWrite", "close"]);
  }
});

Deno.test("the answer to a bad HEAD has no body, all others have theirs", async () => {
  const cases: [string, string, boolean][] = [
    ["HEAD / HTTP/1.1\r\n\r\n", "HEAD", false],
    ["HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n", "HEAD", false],
    ["HEAD / HTTP/1.1\r\nHost: a\r\nBad : x\r\n\r\n", "HEAD", false],
    ["HEADS / HTTP/1.1\r\n\r\n", "HEADS", true],
    ["GET / HTTP/1.1\r\n\r\n", "GET", true],
    [post("/", "HEAD of a body that is too large"), "POST", true],
    [post("/", "another body that is too large"), "POST", true],
  ];
  for (const [text, method, hasBody] of cases) {
    const { conn } = await serveAll([text], echo, { maxBodyBytes: 10 });
    const [response] = parseAll(conn.text, [method]);
    const body = conn.text.slice(conn.text.indexOf("\r\n\r\n") + 4);
    assertEquals([response!.status >= 400, body !== ""], [true, hasBody], JSON.stringify(text));
  }
});

Deno.test("one empty line before a request is skipped and a second one is not", async () => {
  for (const pieces of splitsOf(`\r\n${get("/1")}\r\n${get("/2")}`)) {
    assertEquals(bodies((await serveAll(pieces, echoNow)).conn.text), ["GET /1 a  ", "GET /2 a  "]);
  }
  for (const pieces of splitsOf(`${get("/1")}\r\n\r\n${get("/2")}`)) {
    assertEquals(bodies((await serveAll(pieces, echoNow)).conn.text), ["GET /1 a  ", "400"]);
  }
  for (const text of ["\n", "\rG", "\r\r\n"]) {
    for (const pieces of splitsOf(text + get("/"))) {
      assertEquals(bodies((await serveAll(pieces, echoNow)).conn.text), ["400"]);
    }
  }
});

Deno.test("a body that was left unread is drained, if it is small", async () => {
  const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const cases: [string, number][] = [
    [post("/", "0123456789"), 2],
    [post("/", "0123456789a"), 1],
    [`${chunked}5\r\n01234\r\n5;x\r\n56789\r\n0\r\nA: b\r\n\r\n`, 2],
    [`${chunked}5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n`, 1],
    [`${chunked}5\r\n0123456789\r\n0\r\n\r\n`, 1],
    [`${chunked}-5\r\n`, 1],
  ];
  for (const [text, expected] of cases) {
    for (const pieces of splitsOf(text + get("/2"))) {
      const { conn, host } = await serveAll(pieces, echoNow, { lingerBytes: 10 });
      assertEquals(parseAll(conn.text).length, expected, JSON.stringify(pieces));
      assertEquals(host.counters.requests, expected);
      assertEquals(conn.ends.length, expected === 2 ? 1 : 2);
    }
  }
});

Deno.test("a client that expects 100 gets it with the handler's first read", async () => {
  const head = post("/", "", "Expect: 100-continue").replace("Length: 0", "Length: 5");
  await using served = new Served(echo);
  served.conn.source.push(head);
  await turns();
  assertEquals(served.conn.text, "HTTP/1.1 100 Continue\r\n\r\n");
  served.conn.source.push(`hello${get("/2")}`);
  await turns(100);
  assertEquals(served.responses("POST").map(({ status }) => status), [100, 200, 200]);
});

Deno.test("a client that expects 100 and gets its answer instead need not send its body", async () => {
  const head = post("/", "", "Expect: 100-continue").replace("Length: 0", "Length: 5");
  const { conn, host } = await serveAll([head, get("/smuggled")], (con) => con.sendError(413));
  const [response, ...more] = parseAll(conn.text);
  assertEquals([response?.status, valueOf(response!, "connection"), more], [413, "close", []]);
  assertEquals(host.counters.requests, 1);
});

Deno.test("a handler that throws is answered for, and the connection goes on", async () => {
  const handler: Handler = (con, req) => {
    con.addHeader("X-Secret", "s");
    con.send("secret");
    if (req.path === "/403") throw new HttpError("No key", { status: 403 });
    if (req.path === "/async") return Promise.reject(new Error("defect"));
    throw new Error("defect");
  };
  const text = get("/403") + get("/sync") + get("/async");
  const { conn, host } = await serveAll([text], handler);
  const responses = parseAll(conn.text);
  assertEquals(responses.map(({ status, body }) => [status, body]), [
    [403, "Forbidden\n"],
    [500, "Internal Server Error\n"],
    [500, "Internal Server Error\n"],
  ]);
  assertEquals(conn.text.includes("ecret"), false);
  assertEquals(host.heard.map(([source]) => source), ["handler", "handler", "handler"]);
});

Deno.test("a handler that throws after a flush cuts its own answer, not those before it", async () => {
  const failure = new Error("defect");
  const completions: Record<string, boolean> = {};
  const handler: Handler = (con, req) => {
    con.done.then(({ completed }) => completions[req.path] = completed);
    con.send(req.path);
    if (req.path === "/bad") return con.flush().then(() => Promise.reject(failure));
  };
  const served = new Served(handler);
  served.conn.source.push(get("/1") + get("/bad") + get("/3"));
  await served.ended;
  await turns();
  assertEquals(
    parseAll(served.conn.text.split("HTTP/1.1").slice(0, 2).join("HTTP/1.1"))[0]?.body,
    "/1",
  );
  assertEquals(served.conn.text.includes("0\r\n\r\n"), false);
  assertEquals(served.host.heard, [["handler", failure]]);
  assertEquals(completions, { "/1": true, "/bad": false });
});

Deno.test("con.done tells of each answer when the socket took it", async () => {
  const outcomes: unknown[] = [];
  const { conn } = await serveAll([get("/1") + get("/22")], (con, req) => {
    con.send(req.path);
    con.done.then((outcome) => outcomes.push(outcome));
  });
  await turns();
  assertEquals(outcomes, [
    { status: 200, bytesSent: 2, completed: true },
    { status: 200, bytesSent: 3, completed: true },
  ]);
  assertEquals(conn.sink.writes.length, 1);
});

Deno.test("con.done tells when the socket took only a part", async () => {
  const outcomes: boolean[] = [];
  const conn = new FakeConn(get("/1") + get("/2"));
  conn.sink.most = 200;
  conn.sink.failAfter = 1;
  const served = new Served(
    (con) => {
      con.done.then(({ completed }) => outcomes.push(completed));
      con.send("x".repeat(100));
    },
    {},
    conn,
  );
  await served.ended;
  await turns();
  assertEquals(outcomes, [false, false]);
});

Deno.test("a first flush of more than was announced becomes a 500", async () => {
  const { conn } = await serveAll([get("/")], (con) => {
    con.addHeader("Content-Length", "3");
    con.send("four");
    return con.flush();
  });
  assertEquals(bodies(conn.text), ["500"]);
});

Deno.test("con.done does not wait for the handlers of later requests", async () => {
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  await using served = new Served((con, req) => {
    con.done.then(() => done.push(req.path));
    if (req.path === "/slow") return gate.promise;
  });
  served.conn.source.push(get("/1") + get("/slow"));
  await turns(100);
  const before = [...done];
  gate.resolve();
  await turns(100);
  assertEquals([before, done], [["/1"], ["/1", "/slow"]]);
});
