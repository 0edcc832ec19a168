// A body that the handler left unread (RFC 9112 9.3): within the limit it is dropped and the
// connection lives on, beyond it the connection closes in a way that lets the client read the answer.

import { assertEquals } from "@std/assert";
import type { ListenOptions } from "../../server/mod.ts";
import { type Case, testCases, TestServer, until, valueOf } from "./support.ts";

const DRAIN =
  'RFC 9112 9.3: "a server MUST read the entire request message body or close the connection after sending its response"';
const LINGER =
  'RFC 9112 9.6: "The server then continues to read from the connection until it receives a corresponding close by the client"';

const length = (body: string): string =>
  `POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (body: string): string =>
  `POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${
    body.length.toString(16)
  }\r\n${body}\r\n0\r\n\r\n`;
const REQUEST = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

function unread(name: string, send: string, then: Case["then"], options: ListenOptions): Case {
  return {
    name,
    rfc: DRAIN,
    send,
    expect: [200],
    then,
    bodies: ["unread"],
    handler: (con, req) => con.send(req.method === "POST" ? "unread" : "next"),
    options,
  };
}

testCases("unread bodies", [
  unread("An unread body of the limit's length is dropped", length("x".repeat(100)), "open", {
    lingerBytes: 100,
  }),
  unread(
    "An unread chunked body of the limit's length is dropped",
    chunked("x".repeat(100)),
    "open",
    {
      lingerBytes: 100,
    },
  ),
  unread("An unread body over the limit closes", length("x".repeat(101)), "closed", {
    lingerBytes: 100,
  }),
  unread("An unread body that looks like a request is not one", length(REQUEST), "open", {}),
  unread("An unread chunk that looks like a request is not one", chunked(REQUEST), "open", {}),
  unread(
    "An unread body over the limit that looks like requests is not one",
    length(REQUEST.repeat(10)),
    "closed",
    {
      lingerBytes: 100,
    },
  ),
]);

Deno.test("An unread chunked body over the limit closes, and nothing behind it is answered", async () => {
  await using test = new TestServer((con) => con.send("unread"), { lingerBytes: 100 });
  using client = await test.connect();
  await client.send(chunked("x".repeat(101)) + REQUEST);
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "unread"]);
  assertEquals(await client.readToEnd(), "");
  assertEquals(client.reset, false);
  assertEquals(test.seen, ["POST /p"]);
});

Deno.test("A body that was partly read is dropped from where the handler stopped", async () => {
  await using test = new TestServer(async (con) => {
    con.send(String.fromCharCode(...await con.readBody(3)));
  });
  using client = await test.connect();
  for (const request of [length("abc" + REQUEST), chunked("abc" + REQUEST), length("abcd")]) {
    await client.send(request);
    const response = await client.read();
    assertEquals([response.status, response.body], [200, "abc"]);
  }
  assertEquals(test.seen, ["POST /p", "POST /p", "POST /p"]);
});

for (const answer of ["at once", "streamed"]) {
  Deno.test(`A client that sends 8 MiB nobody reads still gets the whole answer (${answer})`, async () => {
    await using test = new TestServer(async (con) => {
      con.setStatus(403);
      con.send("x".repeat(1000));
      if (answer === "streamed") {
        await con.flush();
        con.send("y".repeat(1000));
      }
    });
    using client = await test.connect();
    const size = 8 * 1024 * 1024;
    await client.send(`POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    const upload = client.sendSplit("z".repeat(size), []);
    const response = await client.read();
    assertEquals(response.status, 403);
    assertEquals(response.body, "x".repeat(1000) + (answer === "streamed" ? "y".repeat(1000) : ""));
    assertEquals(valueOf(response, "connection"), "close");
    await upload;
    assertEquals(await client.readToEnd(), "", LINGER);
    assertEquals(client.reset, false, LINGER);
  });
}

Deno.test("A client that sends a refused request and goes on sending still gets the answer", async () => {
  await using test = new TestServer();
  using client = await test.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n");
  const upload = client.sendSplit("z".repeat(1024 * 1024), []);
  const response = await client.read();
  assertEquals(response.status, 400);
  await upload;
  assertEquals(await client.readToEnd(), "");
  assertEquals(client.reset, false);
  client.close();
  await until("the connection is gone", () => test.server.stats().connections === 0);
});
