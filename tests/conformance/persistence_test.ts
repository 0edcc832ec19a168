// How long a connection lives (RFC 9112 9.3) and pipelining (RFC 9112 9.3.2).

import { assertEquals } from "@std/assert";
import { Event, report, testCases, TestServer, valueOf } from "./support.ts";

const get = (path: string, fields = "", version = "1.1"): string =>
  `GET ${path} HTTP/${version}\r\nHost: a\r\n${fields}\r\n`;

const CLOSE =
  'RFC 9112 9.6: "A server that receives a "close" connection option MUST initiate closure of the connection after it sends the final response … The server MUST NOT process any further requests received on that connection"';
const PERSIST =
  'RFC 9112 9.3: "If the received protocol is HTTP/1.1 (or later), the connection will persist after the current response"';
const OLD =
  'RFC 9112 9.3: "If the received protocol is HTTP/1.0, the "keep-alive" connection option is present, …, the connection will persist"; else it closes';

testCases("persistence", [
  {
    name: "HTTP/1.1 persists",
    rfc: PERSIST,
    send: get("/1") + get("/2"),
    expect: [200, 200],
    then: "open",
  },
  {
    name: "HTTP/1.1 with keep-alive persists",
    rfc: PERSIST,
    send: get("/1", "Connection: keep-alive\r\n"),
    expect: [200],
    then: "open",
  },
  {
    name: "HTTP/1.1 with other options persists",
    rfc: PERSIST,
    send: get("/1", "Connection: x, closed, te\r\n"),
    expect: [200],
    then: "open",
  },
  ...[
    "close",
    "Close",
    "CLOSE",
    "keep-alive, close",
    "close, x",
    "x ,\tclose",
    "close,,",
    "keep-alive\r\nConnection: close",
  ].map(
    (value) => ({
      name: `Connection ${JSON.stringify(value)} closes`,
      rfc: CLOSE,
      send: get("/1", `Connection: ${value}\r\n`),
      expect: [200],
      then: "closed" as const,
      seen: ["GET /1"],
    }),
  ),
  {
    name: "What was pipelined behind a close is not answered",
    rfc: CLOSE,
    send: get("/1") + get("/2", "Connection: close\r\n") + get("/3") + get("/4"),
    expect: [200, 200],
    then: "closed",
    seen: ["GET /1", "GET /2"],
  },
  { name: "HTTP/1.0 closes", rfc: OLD, send: get("/1", "", "1.0"), expect: [200], then: "closed" },
  {
    name: "HTTP/1.0 with other options closes",
    rfc: OLD,
    send: get("/1", "Connection: x\r\n", "1.0"),
    expect: [200],
    then: "closed",
  },
  {
    name: "HTTP/1.0 persists on request, and is told so",
    rfc: OLD,
    send: get("/1", "Connection: Keep-Alive\r\n", "1.0"),
    expect: [200],
    then: "open",
    check: ([response]) => assertEquals(valueOf(response!, "connection"), "keep-alive"),
  },
  {
    name: "HTTP/1.0 with keep-alive and close closes",
    rfc: CLOSE,
    send: get("/1", "Connection: keep-alive, close\r\n", "1.0"),
    expect: [200],
    then: "closed",
  },
  {
    name: "A streamed answer to HTTP/1.0 ends with the connection",
    rfc:
      'RFC 9112 6.1: "A server MUST NOT send a response containing Transfer-Encoding unless the corresponding request indicates HTTP/1.1"',
    send: get("/1", "Connection: keep-alive\r\n", "1.0"),
    expect: [200],
    then: "closed",
    bodies: ["one two"],
    handler: async (con) => {
      con.send("one ");
      await con.flush();
      con.send("two");
    },
    check: ([response]) => assertEquals(response!.framing, "close"),
  },
  {
    name: "A handler that returns false closes the connection",
    rfc:
      'RFC 9112 9.6: "A server that sends a "close" connection option MUST initiate closure of the connection"',
    send: get("/1"),
    expect: [200],
    then: "closed",
    seen: ["GET /1"],
    handler: (con) => {
      con.send("last");
      return false;
    },
  },
  {
    name: "A handler that asks for close closes the connection",
    rfc: CLOSE,
    send: get("/1"),
    expect: [200],
    then: "closed",
    seen: ["GET /1"],
    handler: (con) => con.addHeader("Connection", "close"),
  },
  {
    name: "A server without keep-alive closes after each answer",
    rfc: CLOSE,
    send: get("/1"),
    expect: [200],
    then: "closed",
    seen: ["GET /1"],
    options: { httpKeepalive: 0 },
  },
  {
    name: "A bad request that was pipelined is answered behind the good ones, and is the last",
    rfc:
      'RFC 9112 9.3.2: "A server … MUST send the corresponding responses in the same order that the requests were received"',
    send: get("/1") + get("/2") + "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get("/3"),
    expect: [200, 200, 400],
    then: "closed",
    seen: ["GET /1", "GET /2"],
  },
]);

Deno.test("100 requests in one segment are answered in order", async () => {
  await using test = new TestServer();
  using client = await test.connect();
  const paths = Array.from({ length: 100 }, (_, i) => `/${i}`);
  await client.send(paths.map((path) => get(path)).join(""));
  for (const path of paths) {
    const response = await client.read();
    assertEquals([response.status, response.body], [200, `GET ${path} `]);
  }
  assertEquals(test.seen, paths.map((path) => `GET ${path}`));
  assertEquals(test.server.stats().requests, 100);
});

Deno.test("100 requests of several kinds in one segment are answered in order", async () => {
  await using test = new TestServer();
  using client = await test.connect();
  const kinds = [
    (i: number) => [get(`/${i}`), "GET", `GET /${i} `],
    (i: number) => [`HEAD /${i} HTTP/1.1\r\nHost: a\r\n\r\n`, "HEAD", ""],
    (i: number) => [
      `POST /${i} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\r\n\r\n`,
      "POST",
      `POST /${i} \r\n\r\n`,
    ],
    (i: number) => [
      `PUT /${i} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: y\r\n\r\n`,
      "PUT",
      `PUT /${i} ab`,
    ],
  ];
  const requests = Array.from({ length: 100 }, (_, i) => kinds[i % kinds.length]!(i));
  await client.send(requests.map(([bytes]) => bytes).join(""));
  for (const [, method, body] of requests) {
    const response = await client.read(method);
    assertEquals([response.status, response.body], [200, body]);
  }
});

Deno.test("Answers of different speed keep the order of their requests", async () => {
  const release = new Event("the test lets the first answer go");
  await using test = new TestServer(async (con, req) => {
    if (req.path === "/slow") await release.wait();
    con.send(req.path);
  });
  using client = await test.connect();
  await client.send(get("/slow") + get("/fast"));
  release.happen();
  assertEquals((await client.read()).body, "/slow");
  assertEquals((await client.read()).body, "/fast");
});

Deno.test("An answer does not wait for that of the next request", async () => {
  const release = new Event("the first answer arrived");
  await using test = new TestServer(async (con, req) => {
    if (req.path === "/second") await release.wait();
    con.send(req.path);
  });
  using client = await test.connect();
  await client.send(get("/first") + get("/second"));
  assertEquals((await client.read()).body, "/first");
  release.happen();
  assertEquals((await client.read()).body, "/second");
});

Deno.test("A bad request that was pipelined never overtakes an answer under way", async () => {
  const begun = new Event("the answer has begun");
  const release = new Event("the bad request was sent");
  await using test = new TestServer(async (con) => {
    con.send("one ");
    await con.flush();
    begun.happen();
    await release.wait();
    con.send("two");
  });
  using client = await test.connect();
  await client.send(get("/1"));
  await begun.wait();
  await client.send("BAD\r\n\r\n" + get("/smuggled"));
  release.happen();
  const first = await client.read();
  assertEquals([first.status, first.body], [200, "one two"]);
  const second = await client.read();
  assertEquals(second.status, 400);
  assertEquals(await client.readToEnd(), "");
  assertEquals(test.seen, ["GET /1"]);
});

/** Requests that a split must not change, in an order that has repeats and heads of all sizes. */
const MIXED: [bytes: string, method: string, body: string][] = [
  ["GET /12345678901234567890 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "GET /12345678901234567890 "],
  ["GET /12345678901234567890 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "GET /12345678901234567890 "],
  ["GET /12345678901234567890 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "GET /12345678901234567890 "],
  ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "GET / "],
  ["\r\nPOST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na\r\n", "POST", "POST /p a\r\n"],
  [
    "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\nT: t\r\n\r\n",
    "POST",
    "POST /p a",
  ],
  ["HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", ""],
];

Deno.test("Pipelined requests split at every byte give the same answers", async () => {
  await using test = new TestServer();
  const bytes = MIXED.map(([bytes]) => bytes).join("");
  for (let position = 0; position <= bytes.length; position++) {
    const client = await test.connect();
    try {
      await client.sendSplit(bytes, [position]);
      for (const [, method, body] of MIXED) {
        const response = await client.read(method);
        assertEquals([response.status, response.body], [200, body]);
      }
    } catch (error) {
      throw new Error(`Split at ${position}`, { cause: error });
    } finally {
      client.close();
    }
  }
  assertEquals(test.seen.length, (bytes.length + 1) * MIXED.length);
});

Deno.test("Pipelined requests sent byte by byte give the same answers", async () => {
  await using test = new TestServer();
  using client = await test.connect();
  await client.sendBytewise(MIXED.map(([bytes]) => bytes).join(""));
  for (const [, method, body] of MIXED) {
    const response = await client.read(method);
    assertEquals([response.status, response.body], [200, body]);
  }
});

Deno.test("A repeated head that arrives in two pieces does not hide the shorter one behind it", async () => {
  await using test = new TestServer(report, { headTimeout: 2 });
  using client = await test.connect();
  const long = get(`/${"x".repeat(100)}`);
  const short = get("/s");
  for (let i = 0; i < 3; i++) {
    await client.send(long);
    assertEquals((await client.read()).status, 200);
  }
  await client.sendSplit(long + short, [long.length - 1]);
  assertEquals((await client.read()).status, 200);
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "GET /s "]);
});

Deno.test("A client that half-closes behind its request still gets the answer", async () => {
  await using test = new TestServer();
  using client = await test.connect();
  await client.send(get("/1") + get("/2"));
  await client.endWriting();
  assertEquals((await client.read()).body, "GET /1 ");
  assertEquals((await client.read()).body, "GET /2 ");
  assertEquals(await client.readToEnd(), "");
});

Deno.test("A connection that ends in a head is answered with 400", async () => {
  await using test = new TestServer();
  using client = await test.connect();
  await client.send("GET / HTTP/1.1\r\nHos");
  await client.endWriting();
  assertEquals((await client.read()).status, 400);
  assertEquals(await client.readToEnd(), "");
  assertEquals(test.seen, []);
});

Deno.test("A connection that ends between requests gets nothing", async () => {
  await using test = new TestServer();
  using client = await test.connect();
  await client.endWriting();
  assertEquals(await client.readToEnd(), "");
  assertEquals(client.reset, false);
});
