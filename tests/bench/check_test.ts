import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { answerFault, checkAnswer, checkNotModified } from "../../bench/check.ts";

const RIGHT = { bodyBytes: 5, digest: createHash("sha256").update("hello").digest("hex") };
const ANSWER = { status: 200, contentLength: "5", received: 5, digest: RIGHT.digest };

Deno.test("answerFault() finds a wrong status, length, body length and body", () => {
  assertEquals(answerFault(ANSWER, RIGHT), undefined);
  assertEquals(answerFault({ ...ANSWER, status: 206 }, RIGHT), "status 206");
  assertEquals(
    answerFault({ ...ANSWER, contentLength: null }, RIGHT),
    'Content-Length "null" instead of 5',
  );
  assertEquals(answerFault({ ...ANSWER, received: 4 }, RIGHT), "body of 4 instead of 5 bytes");
  assertEquals(answerFault({ ...ANSWER, digest: "00" }, RIGHT), 'another body: SHA-256 "00"');
});

Deno.test("answerFault() of a stream takes no Content-Length", () => {
  const stream = { ...RIGHT, isStream: true };
  assertEquals(answerFault({ ...ANSWER, contentLength: null }, stream), undefined);
  assertEquals(answerFault(ANSWER, stream), 'Content-Length "5" instead of none');
});

Deno.test("checkAnswer() posts JSON where there is some", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const isJson = request.headers.get("content-type") === "application/json";
      return new Response(isJson ? (await request.json()).text : "hullo");
    },
  );
  const { signal } = new AbortController();
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await checkAnswer(url, RIGHT, signal, '{"text":"hello"}');
});

Deno.test("checkAnswer() passes a right server and rejects a wrong one", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => new Response(request.url.endsWith("/right") ? "hello" : "hullo"),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const { signal } = new AbortController();
  await checkAnswer(`${url}/right`, RIGHT, signal);
  await assertRejects(
    () => checkAnswer(`${url}/wrong`, RIGHT, signal),
    Error,
    `Cannot measure "${url}/wrong": another body`,
  );
});

Deno.test("checkNotModified() gives the ETag of a server that answers 304 to who has it", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url, headers }) => {
      if (url.endsWith("/none")) return new Response("hello");
      const isKnown = url.endsWith("/right") && headers.get("if-none-match") === '"tag"';
      const body = isKnown ? null : "hello";
      return new Response(body, { status: isKnown ? 304 : 200, headers: { etag: '"tag"' } });
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const { signal } = new AbortController();
  assertEquals(await checkNotModified(`${url}/right`, signal), '"tag"');
  await assertRejects(() => checkNotModified(`${url}/none`, signal), Error, "no ETag");
  await assertRejects(() => checkNotModified(`${url}/wrong`, signal), Error, "status 200 instead");
});
