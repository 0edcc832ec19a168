// An application of Hono under Deno.serve and under serve(): equal answers, request by request.

import { assert, assertEquals } from "@std/assert";
import { upgradeWebSocket as upgradeOnDeno } from "hono/deno";
import { upgradeWebSocket as upgradeOnOurs } from "../../examples/hono_websocket.ts";
import { serve } from "../../server/mod.ts";
import { within } from "../conformance/waiting.ts";
import { makeApp } from "./hono_app.ts";
import { type Answer, Asker } from "./serve_table/ask.ts";
import { get, message, post } from "./serve_table/case.ts";
import { describeAnswer, without } from "./serve_table/describe.ts";

const OPTIONS = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
const URLENCODED = "Content-Type: application/x-www-form-urlencoded";
const FORM = "Content-Type: multipart/form-data; boundary=b";
const PARTS = '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nt\r\n' +
  '--b\r\nContent-Disposition: form-data; name="tag"\r\n\r\n1\r\n' +
  '--b\r\nContent-Disposition: form-data; name="tag"\r\n\r\n2\r\n' +
  '--b\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n' +
  "Content-Type: text/css\r\n\r\nfile\r\n--b--\r\n";
const JSON_TYPE = "Content-Type: application/json";

/** A request with a body of known length to somewhere. */
function send(method: string, target: string, body: string, ...fields: string[]): string {
  return post(body, ...fields).replace("POST /", `${method} ${target}`);
}

const REQUESTS: string[] = [
  get("/"),
  message("HEAD", "/"),
  get("/html"),
  get("/status"),
  get("/headers?a=%20", "X-A: 1"),
  get("/permanent"),
  get("/none"),
  get("/raw"),
  get("/wait"),
  ...["GET", "POST", "OPTIONS", "PATCH"].map((method) => message(method, "/any")),
  message("PURGE", "/cache"),
  message("GET", "/cache"),
  send("POST", "/override", "_method=DELETE", URLENCODED),
  get("/throws"),
  get("/exception"),
  get("/next"),
  send("POST", "/twice", "body"),
  send("POST", "/clone", "body"),
  message("POST", "/echo", ["Transfer-Encoding: chunked"]) + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
  get("/nowhere"),
  message("DELETE", "/"),
  get("/books"),
  get("/books/12?q=a&q=b%26"),
  get("/books/x/pages/%C3%BC"),
  get("/books/x/pages"),
  get("/books/files/a/b%2Fc"),
  send("POST", "/books", '{"title":"ü"}', JSON_TYPE),
  send("POST", "/books", "{nonsense", JSON_TYPE),
  send("PUT", "/books/1", "\0\xff"),
  message("DELETE", "/books/1"),
  get("/cookies/set"),
  get("/cookies/get", "Cookie: plain=v%201; other=x", "Cookie: third=3"),
  get("/cookies/get", "Cookie: signed=3.forged"),
  get("/cookies/delete", "Cookie: plain=1"),
  get("/streams/bytes"),
  message("HEAD", "/streams/bytes"),
  get("/streams/text"),
  get("/streams/events"),
  get("/streams/events", "Last-Event-ID: 7"),
  get("/streams/fails"),
  get("/guarded/basic/page"),
  get("/guarded/basic/page", `Authorization: Basic ${btoa("user:pass")}`),
  get("/guarded/basic/page", `Authorization: Basic ${btoa("user:wrong")}`),
  get("/guarded/bearer/page", "Authorization: Bearer token"),
  get("/guarded/bearer/page"),
  send("POST", "/guarded/small", "small"),
  send("POST", "/guarded/small", "much too large"),
  message("POST", "/guarded/small", ["Transfer-Encoding: chunked"]) + "3\r\nabc\r\n0\r\n\r\n",
  message("POST", "/guarded/small", ["Transfer-Encoding: chunked"]) +
  "10\r\n0123456789abcdef\r\n0\r\n\r\n",
  get("/decorated/cors/x", "Origin: http://origin.test"),
  message("OPTIONS", "/decorated/cors/x", [
    "Origin: http://origin.test",
    "Access-Control-Request-Method: POST",
    "Access-Control-Request-Headers: X-A",
  ]),
  get("/decorated/etag/x"),
  get("/decorated/etag/x", 'If-None-Match: "not this"'),
  get("/decorated/etag/x", "If-None-Match: *"),
  get("/decorated/compress/x"),
  get("/decorated/compress/x", "Accept-Encoding: gzip"),
  message("HEAD", "/decorated/compress/x", ["Accept-Encoding: gzip"]),
  get("/decorated/compress/small", "Accept-Encoding: gzip"),
  get("/decorated/json/x?pretty"),
  get("/decorated/secure/x"),
  send("POST", "/forms/checked", "title=t+1", URLENCODED),
  send("POST", "/forms/checked", "other=1", URLENCODED),
  send("POST", "/forms/checked", PARTS, FORM),
  send("POST", "/forms/parsed", PARTS, FORM),
  get("/forms/query?a=1&b=2&b=3"),
  get("/mounted/below"),
  get("/socket"),
];

/** Where answers differ, by the request line: each is explained in serve_table/differences.ts. */
const DIFFERENCES: Record<string, string[]> = {
  "HEAD /": ["- content-length: 0"],
  "HEAD /streams/bytes": ["- content-length: 0"],
  "HEAD /decorated/compress/x": ["- content-length: 0"],
  "GET /streams/events": ["- connection: keep-alive"],
  "POST /guarded/small": [
    "- HTTP/1.1 413 Payload Too Large",
    "+ HTTP/1.1 413 Content Too Large",
  ],
};

/** Asks one by one, each on the connection that the one before left open. */
async function askAll(port: number, requests: string[]): Promise<(Answer | undefined)[]> {
  const answers: (Answer | undefined)[] = [];
  using asker = await Asker.connect(port);
  for (const request of requests) {
    await asker.send(request);
    answers.push(await asker.read(request.split(" ", 1)[0]!));
  }
  return answers;
}

const MESSAGES = ["text ü", Uint8Array.of(0, 255).buffer, "x".repeat(100_000)];
const TALK = ["hello test", ...MESSAGES.slice(0, 2), 100_000, 4000, "as you wish", true];

/** What a WebSocket of the application says to these messages and a "bye". */
async function talk(port: number, path: string): Promise<unknown[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}?name=test`);
  socket.binaryType = "arraybuffer";
  const heard: unknown[] = [];
  const sent = [...MESSAGES, "bye"];
  const closed = Promise.withResolvers<CloseEvent>();
  socket.onmessage = ({ data }) => {
    heard.push(data);
    const next = sent.shift();
    if (next !== undefined) socket.send(next);
  };
  socket.onclose = closed.resolve;
  const { code, reason, wasClean } = await within("the WebSocket closes", closed.promise);
  const told = heard.map((it) => typeof it === "string" && it.length > 100 ? it.length : it);
  return [...told, code, reason, wasClean];
}

Deno.test("an application of Hono answers the same under serve() as under Deno.serve", async () => {
  const deno = Deno.serve(OPTIONS, makeApp(upgradeOnDeno).fetch);
  const ours = serve(OPTIONS, makeApp(upgradeOnOurs).fetch);
  try {
    const theirs = await askAll(deno.addr.port, REQUESTS);
    const own = await askAll(ours.addr.port, REQUESTS);
    assert(theirs.every((answer) => answer?.whole));
    const differences: Record<string, string[]> = {};
    for (const [i, request] of REQUESTS.entries()) {
      const [a, b] = [describeAnswer(theirs[i]), describeAnswer(own[i])];
      const lines = [
        ...without(a, b).map((line) => `- ${line}`),
        ...without(b, a).map((line) => `+ ${line}`),
      ];
      if (lines.length > 0) differences[request.slice(0, request.indexOf(" HTTP/"))] = lines;
    }
    assertEquals(differences, DIFFERENCES);
    for (const path of ["/socket", "/late/socket"]) {
      assertEquals(await talk(deno.addr.port, path), TALK);
      assertEquals(await talk(ours.addr.port, path), TALK);
    }
  } finally {
    await Promise.all([deno.shutdown(), ours.shutdown()]);
  }
});
