// The answers that the server gives by itself are complete (RFC 9112 9.6), and Date follows the clock
// (RFC 9110 6.6.1).

import { assertEquals } from "@std/assert";
import { assertDate, assertOwnAnswer, report, TestServer, valueOf } from "./support.ts";

Deno.test("Every answer of the server's own is complete, and the last on its connection", async () => {
  // RFC 9110 6.6.1: "An origin server with a clock MUST generate a Date header field in all 2xx
  // (Successful), 3xx (Redirection), and 4xx (Client Error) responses".
  const options = { headTimeout: 0.2, maxFields: 10, maxBodyBytes: 10 };
  const answers: [status: number, bytes: string][] = [
    [400, "GET / HTTP/1.1\r\n\r\n"],
    [408, "GET / HTTP/1.1\r\n"],
    [413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n"],
    [414, `GET /${"x".repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    [417, "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n"],
    [421, "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n"],
    [431, `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(11)}\r\n`],
    [501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n"],
    [505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"],
  ];
  await using test = new TestServer(report, options);
  for (const [status, bytes] of answers) {
    const client = await test.connect();
    await client.send(bytes);
    const response = await client.read();
    assertOwnAnswer(response, status);
    assertEquals(response.reason.length > 0, true);
    assertEquals(await client.readToEnd(), "", `bytes behind the ${status}`);
    assertEquals(client.reset, false);
    client.close();
  }
  assertEquals(test.seen, []);
});

Deno.test("Date is on answers of every class and follows the clock", async () => {
  await using test = new TestServer((con, req) => con.setStatus(Number(req.path.slice(1))));
  using client = await test.connect();
  for (const status of [200, 204, 206, 301, 304, 400, 404, 500, 503, 599]) {
    await client.send(`GET /${status} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const response = await client.read();
    assertEquals(response.status, status);
    assertDate(response);
  }
  const dateNow = async (): Promise<number> => {
    await client.send("GET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
    return Date.parse(valueOf(await client.read(), "date")!);
  };
  const first = await dateNow();
  // The date is cached for a second: within a few it must have gone on.
  for (let next = first; next === first;) {
    if (Date.now() - first > 10_000) throw new Error("Date stands still");
    await new Promise((resolve) => setTimeout(resolve, 50));
    next = await dateNow();
  }
});
