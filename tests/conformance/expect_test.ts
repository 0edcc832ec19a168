// Expect: 100-continue (RFC 9110 10.1.1): permission to send a body is given when the handler first
// asks for it, and never behind a final answer.

import { assertEquals } from "@std/assert";
import { HttpError } from "../../server/mod.ts";
import { Event, report, testCases, TestServer, valueOf } from "./support.ts";

const head = (fields: string, version = "1.1"): string =>
  `POST /p HTTP/${version}\r\nHost: a\r\n${fields}\r\n`;
const EXPECT = "Expect: 100-continue\r\n";
const PERMIT =
  'RFC 9110 10.1.1: a 100 is for a request "that indicates that request content will follow"';
const MEET =
  'RFC 9110 10.1.1: "A server that receives an Expect field value containing a member other than 100-continue MAY respond with a 417"';

Deno.test("A client that waits gets 100 when the handler reads, and then the answer", async () => {
  const read = new Event("the test lets the handler read");
  await using test = new TestServer(async (con, req) => {
    await read.wait();
    await report(con, req);
  });
  using client = await test.connect();
  await client.send(head(`Content-Length: 5\r\n${EXPECT}`));
  // Nothing may come before the handler reads; that it has not read yet is known, since it waits.
  const first = client.read();
  const early = await Promise.race([first.then(() => "early"), runLoop(20)]);
  assertEquals(early, "nothing");
  read.happen();
  const permission = await first;
  assertEquals([permission.status, permission.fields.length], [100, 0]);
  await client.send("hello");
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "POST /p hello"]);
  assertEquals(valueOf(response, "connection"), undefined);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals((await client.read()).status, 200);
});

/** Gives the loop some turns, in which anything that is ready happens. */
async function runLoop(turns: number): Promise<string> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  return "nothing";
}

Deno.test("A client that waits gets one 100, however often the handler reads", async () => {
  await using test = new TestServer(async (con) => {
    let text = "";
    while (true) {
      const piece = await con.readBody(1);
      if (piece.length === 0) break;
      text += String.fromCharCode(...piece);
    }
    con.send(text);
  });
  using client = await test.connect();
  await client.send(head(`Transfer-Encoding: chunked\r\n${EXPECT}`));
  assertEquals((await client.read()).status, 100);
  await client.send("5\r\nhello\r\n0\r\n\r\n");
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "hello"]);
});

Deno.test("discardBody() permits the body, too", async () => {
  await using test = new TestServer(async (con) => {
    await con.discardBody();
    con.send("dropped");
  });
  using client = await test.connect();
  await client.send(head(`Content-Length: 5\r\n${EXPECT}`));
  assertEquals((await client.read()).status, 100);
  await client.send("hello");
  assertEquals((await client.read()).body, "dropped");
});

for (const status of [401, 413]) {
  Deno.test(`A handler that answers ${status} first never costs the upload`, async () => {
    await using test = new TestServer((con) => con.sendError(status, undefined, "no"));
    using client = await test.connect();
    await client.send(head(`Content-Length: 1000000000\r\n${EXPECT}`));
    const response = await client.read();
    assertEquals([response.status, response.body], [status, "no"]);
    // Whether the client sends the body now cannot be known: RFC 9110 10.1.1 wants the connection
    // closed, or the body read.
    assertEquals(valueOf(response, "connection"), "close");
    assertEquals(await client.readToEnd(), "");
    assertEquals(client.reset, false);
  });
}

Deno.test("A short body that was never permitted is not read as a request", async () => {
  await using test = new TestServer((con) => con.sendError(401));
  using client = await test.connect();
  const body = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  await client.send(head(`Content-Length: ${body.length}\r\n${EXPECT}`));
  assertEquals((await client.read()).status, 401);
  await client.sendSplit(body, []);
  assertEquals(await client.readToEnd(), "");
  assertEquals(test.seen, ["POST /p"]);
});

Deno.test("A handler that throws first never costs the upload", async () => {
  await using test = new TestServer(() => {
    throw new HttpError("Cannot store: the disk is full", { status: 507 });
  });
  using client = await test.connect();
  await client.send(head(`Content-Length: 1000000\r\n${EXPECT}`));
  const response = await client.read();
  assertEquals(response.status, 507);
  assertEquals(valueOf(response, "connection"), "close");
  assertEquals(await client.readToEnd(), "");
});

Deno.test("No 100 follows a head that was flushed before the body was read", async () => {
  await using test = new TestServer(async (con) => {
    con.send("begun, ");
    await con.flush();
    con.send(`${(await con.readBody()).length} bytes`);
  });
  using client = await test.connect();
  await client.send(head(`Content-Length: 5\r\n${EXPECT}`));
  await client.readPast("begun, \r\n");
  await client.send("hello");
  assertEquals(await client.readToEnd(), "7\r\n5 bytes\r\n0\r\n\r\n");
});

Deno.test("A body declared over maxBodyBytes is 413 at once, without a 100", async () => {
  await using test = new TestServer(report, { maxBodyBytes: 10 });
  using client = await test.connect();
  await client.send(head(`Content-Length: 11\r\n${EXPECT}`));
  const response = await client.read();
  assertEquals(response.status, 413);
  assertEquals(valueOf(response, "connection"), "close");
  assertEquals(await client.readToEnd(), "");
  assertEquals(test.seen, []);
});

testCases("expectations", [
  {
    name: "No 100 is sent to HTTP/1.0",
    rfc:
      'RFC 9110 10.1.1: "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore that expectation"',
    send: head(`Content-Length: 5\r\n${EXPECT}`, "1.0") + "hello",
    expect: [200],
    then: "closed",
    bodies: ["POST /p hello"],
    check: (responses) => assertEquals(responses.length, 1),
  },
  {
    name: "No 100 is sent for a request without a body",
    rfc: PERMIT,
    send: head(EXPECT) + head(`Content-Length: 0\r\n${EXPECT}`),
    expect: [200, 200],
    then: "open",
    check: (responses) => assertEquals(responses.length, 2),
  },
  {
    name: "The expectation is taken in any case",
    rfc: 'RFC 9110 10.1.1: "The Expect field value is case-insensitive"',
    send: head("Content-Length: 5\r\nexpect: 100-CONTINUE\r\n") + "hello",
    expect: [200],
    then: "open",
    bodies: ["POST /p hello"],
  },
  ...["x", "100-continue, x", "x=y", "100", "100-continue=1", "200-ok", "100-continue; q=1"].map((
    value,
  ) => ({
    name: `The expectation "${value}" is refused with 417`,
    rfc: MEET,
    send: head(`Content-Length: 5\r\nExpect: ${value}\r\n`) + "hello",
    expect: [417],
    then: "closed" as const,
    seen: [],
  })),
  {
    name: "An unknown expectation of a request without a body is refused with 417",
    rfc: MEET,
    send: "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n",
    expect: [417],
    then: "closed",
    seen: [],
  },
]);
