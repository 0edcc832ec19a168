// The deadlines of a request's body: the option bodyTimeout and readBody's own. Times are stimuli here,
// never what a test is judged by, but that no deadline may pass early.

import { assertEquals } from "@std/assert";
import { type Handler, TimeoutError } from "../../server/mod.ts";
import { Event, TestServer, valueOf } from "../conformance/support.ts";
import { together } from "./together.ts";

const test = together();

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Lets time pass, where that is what the server must react to. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Reads the body, and tells the test when that fails. */
function readAndTell(failed: Event<unknown>, timeout?: number): Handler {
  return async (con) => {
    try {
      con.send(`${(await con.readBody(undefined, timeout)).length} bytes`);
    } catch (error) {
      failed.happen(error);
      throw error;
    }
  };
}

function assertTimeout(error: unknown, phase: string): void {
  if (!(error instanceof TimeoutError)) throw new Error(`Not a TimeoutError: ${error}`);
  assertEquals([error.phase, error.status, error.code], [phase, 408, "timeout"]);
}

for (
  const bytes of [
    POST,
    `${POST}01234`,
    CHUNKED,
    `${CHUNKED}5\r\nhel`,
    `${CHUNKED}5\r\nhello\r\n0\r\n`,
  ]
) {
  test(`bodyTimeout ends the wait behind ${JSON.stringify(bytes.slice(40))} with a 408`, async () => {
    const failed = new Event<unknown>("readBody() rejects");
    await using served = new TestServer(readAndTell(failed), { bodyTimeout: 0.2 });
    using client = await served.connect();
    const start = performance.now();
    await client.send(bytes);
    const response = await client.read();
    assertEquals(performance.now() - start >= 200, true, "too early");
    assertEquals(response.status, 408);
    assertEquals(valueOf(response, "connection"), "close");
    assertTimeout(await failed.wait(), "body");
    // The rest of the body, or what looks like a request, comes too late.
    await client.sendSplit(GET, []);
    assertEquals(await client.readToEnd(), "");
    assertEquals(served.seen, ["POST /"]);
  });
}

test("bodyTimeout passes for a client that was permitted to send and does not", async () => {
  const failed = new Event<unknown>("readBody() rejects");
  await using served = new TestServer(readAndTell(failed), { bodyTimeout: 0.2 });
  using client = await served.connect();
  await client.send(POST.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
  assertEquals((await client.read()).status, 100);
  assertEquals((await client.read()).status, 408);
  assertTimeout(await failed.wait(), "body");
});

test("bodyTimeout passes in discardBody(), too", async () => {
  await using served = new TestServer((con) => con.discardBody(), { bodyTimeout: 0.2 });
  using client = await served.connect();
  await client.send(`${POST}01234`);
  assertEquals((await client.read()).status, 408);
  assertEquals(await client.readToEnd(), "");
});

test("bodyTimeout is for each arrival, not for the whole body", async () => {
  const failed = new Event<unknown>("readBody() rejects");
  await using served = new TestServer(readAndTell(failed), { bodyTimeout: 1 });
  using client = await served.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n");
  for (let i = 0; i < 40; i++) {
    await client.send("x");
    await pass(40);
  }
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "40 bytes"]);
});

test("readBody()'s own timeout rules over bodyTimeout, and the body may still be read later", async () => {
  const late = new Event<unknown>("the first readBody() rejects");
  await using served = new TestServer(async (con) => {
    const first = await con.readBody(5);
    await con.readBody(5, 0.2).catch((error) => late.happen(error));
    const rest = await con.readBody();
    con.send(first, "|", rest);
  });
  using client = await served.connect();
  await client.send(`${POST}01234`);
  assertTimeout(await late.wait(), "body");
  await client.send("56789");
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "01234|56789"]);
  await client.send(GET.replace("/", "/next"));
  assertEquals((await client.read()).status, 200);
});

test("readBody()'s own timeout may be longer than bodyTimeout", async () => {
  const failed = new Event<unknown>("readBody() rejects");
  await using served = new TestServer(readAndTell(failed, 30), { bodyTimeout: 0.2 });
  using client = await served.connect();
  await client.send(POST);
  await pass(600);
  await client.send("0123456789");
  assertEquals((await client.read()).body, "10 bytes");
});

test("readBody() refuses timeouts and counts that make no sense", async () => {
  await using served = new TestServer(async (con) => {
    for (const timeout of [0, -1, NaN]) await rejects(con.readBody(5, timeout));
    for (const count of [0, -1, 1.5, NaN, Infinity]) await rejects(con.readBody(count));
    con.send(await con.readBody());
  });
  using client = await served.connect();
  await client.send(`${POST}0123456789`);
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "0123456789"], served.errors.join());
});

async function rejects(promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(() => "resolved", (error) => error);
  if (!(outcome instanceof RangeError)) throw new Error(`Not a RangeError: ${outcome}`);
}

test.register("The deadlines of a body pass, and only then");
