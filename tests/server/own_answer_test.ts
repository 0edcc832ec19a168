import { assertEquals, assertMatch } from "@std/assert";
import { explain, putOwnAnswer, statusOf } from "../../server/own_answer.ts";
import { ConnWriter } from "../../wire/conn_writer.ts";
import {
  ClosedError,
  HttpError,
  LimitError,
  ProtocolError,
  TimeoutError,
} from "../../wire/errors.ts";
import { bytesOf, FakeSink } from "../wire/fakes.ts";
import { get, serveAll } from "./served.ts";

Deno.test("statusOf() is the status of an HttpError, else 500", () => {
  const cases: [unknown, number][] = [
    [new ProtocolError("bad_host", "No"), 400],
    [new ProtocolError("bad_version", "No", 505), 505],
    [new LimitError("maxFields", 1, 431), 431],
    [new TimeoutError("head", 1), 408],
    [new ClosedError("No"), 400],
    [new HttpError("No", { status: 403 }), 403],
    [new HttpError("No", { status: 599 }), 599],
    [new HttpError("No"), 500],
    [new HttpError("No", { status: 200 }), 500],
    [new HttpError("No", { status: 399 }), 500],
    [new HttpError("No", { status: 600 }), 500],
    [new HttpError("No", { status: NaN }), 500],
    [new Error("No"), 500],
    [{ status: 404 }, 500],
    ["text", 500],
    [undefined, 500],
    [null, 500],
  ];
  for (const [error, status] of cases) assertEquals(statusOf(error), status, String(error));
});

Deno.test("explain() tells the client what it did, and nothing of the server", () => {
  assertEquals(explain(new ProtocolError("bad_host", "No Host"), 400), "Bad Request: No Host\n");
  assertEquals(explain(new Error("/etc/secret"), 500), "Internal Server Error\n");
  assertEquals(explain(new Error("/etc/secret"), 404), "Not Found\n");
  assertEquals(
    explain(new HttpError("/etc/secret", { status: 503 }), 503),
    "Service Unavailable\n",
  );
});

async function answerTo(error: unknown, withBody?: boolean): Promise<string> {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  putOwnAnswer(writer, error, withBody);
  await writer.flush();
  writer.release();
  return sink.text;
}

Deno.test("putOwnAnswer() puts a complete answer with Date, Content-Length and close", async () => {
  const text = await answerTo(new ProtocolError("bad_host", "No Host"));
  const [head, body] = text.split("\r\n\r\n") as [string, string];
  const lines = head.split("\r\n");
  assertEquals(lines[0], "HTTP/1.1 400 Bad Request");
  assertMatch(lines[1]!, /^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  assertEquals(lines.slice(2), [
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    "Content-Length: 21",
    "Connection: close",
  ]);
  assertEquals(body, "Bad Request: No Host\n");
});

Deno.test("putOwnAnswer() leaves the body out for HEAD, but tells its length", async () => {
  const text = await answerTo(new ProtocolError("bad_host", "No Host"), false);
  assertEquals(text.endsWith("Content-Length: 21\r\nConnection: close\r\n\r\n"), true);
});

Deno.test("putOwnAnswer() counts bytes, not characters", async () => {
  const text = await answerTo(new ProtocolError("bad_target", 'Cannot serve "\xe4"'));
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  assertEquals(body, 'Bad Request: Cannot serve "\xc3\xa4"\n');
  assertEquals(text.includes(`Content-Length: ${body.length}\r\n`), true);
});

Deno.test("putOwnAnswer() follows what was put before", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  writer.putBytes(bytesOf("first"));
  putOwnAnswer(writer, new TimeoutError("head", 15000));
  await writer.flush();
  writer.release();
  assertMatch(sink.text, /^firstHTTP\/1\.1 408 Request Timeout\r\n/);
  assertEquals(sink.writes.length, 1);
});

Deno.test("an error's own fields go into the answer to what a handler threw", async () => {
  await using served = await serveAll([get("/")], () => {
    throw new HttpError("Cannot do that here", {
      code: "body",
      status: 405,
      headers: { Allow: "PUT" },
    });
  });
  assertMatch(served.conn.text, /^HTTP\/1\.1 405 [^]*\r\nAllow: PUT\r\n/);
});
