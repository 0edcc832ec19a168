// Rows of the table: fields and statuses of responses.

import { get, message, type TableCase } from "./case.ts";

const encoder = new TextEncoder();

/** Fields that handlers set, by the end of a sentence; each asked for with GET and HEAD. */
const FIELDS: Record<string, () => Response> = {
  "several Set-Cookie": () =>
    new Response("x", { headers: [["Set-Cookie", "a=1; Path=/"], ["Set-Cookie", "b=2"]] }),
  "a field that is appended to": () => {
    const response = new Response("x", { headers: { "x-list": "a" } });
    response.headers.append("X-List", "b");
    return response;
  },
  "names in any case": () => new Response("x", { headers: { "X-UPPER": "1", "x-lower": "2" } }),
  "a value in latin1": () => new Response("x", { headers: { "x-name": "caf\u00e9 \u00ff" } }),
  "an empty value": () => new Response("x", { headers: { "x-empty": "" } }),
  "blanks around and in a value": () => new Response("x", { headers: { "x-b": "  a \t b\t " } }),
  "a long value": () => new Response("x", { headers: { "x-long": "v".repeat(20_000) } }),
  "100 fields": () =>
    new Response("x", { headers: Array.from({ length: 100 }, (_, i) => [`x-${i}`, `${i}`]) }),
  "the right Content-Length of text": () => withLength("12345", 5),
  "the right Content-Length of a stream": () => withLength(stream("123", "45"), 5),
  "the right Content-Length of nothing": () => withLength(null, 0),
  "the right Content-Length of an empty stream": () => withLength(stream(), 0),
  "a Content-Length that is too long for text": () => withLength("12345", 10),
  "a Content-Length that is too short for text": () => withLength("12345", 3),
  "a Content-Length that is too long for a stream": () => withLength(stream("123", "45"), 10),
  "a Content-Length that is too short for a stream": () => withLength(stream("123", "45"), 4),
  "a Content-Length that ends with a chunk of a longer stream": () =>
    withLength(stream("123", "45"), 3),
  "a Content-Length of 0 for a stream": () => withLength(stream("123"), 0),
  "a Content-Length without a body": () => withLength(null, 5),
  "a Content-Length that is no number": () => withLength("12345", "five"),
  "a negative Content-Length": () => withLength("12345", -5),
  "Content-Length twice": () =>
    new Response("12345", { headers: [["content-length", "5"], ["content-length", "5"]] }),
  "Transfer-Encoding of a stream": () =>
    new Response(stream("123", "45"), { headers: { "transfer-encoding": "chunked" } }),
  "Transfer-Encoding of text": () =>
    new Response("12345", { headers: { "transfer-encoding": "chunked" } }),
  "Transfer-Encoding without a body": () =>
    new Response(null, { headers: { "transfer-encoding": "chunked" } }),
  "Transfer-Encoding gzip": () =>
    new Response("12345", { headers: { "transfer-encoding": "gzip" } }),
  "Transfer-Encoding and Content-Length": () =>
    new Response("12345", { headers: { "transfer-encoding": "chunked", "content-length": "5" } }),
  "what helpers of server-sent events set": () =>
    new Response(stream("data: 1\n\n", "data: 2\n\n"), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
        "connection": "keep-alive",
      },
    }),
  "Connection: close": () => new Response("x", { headers: { connection: "close" } }),
  "Connection: Close": () => new Response("x", { headers: { connection: "Close" } }),
  "Connection: close with a stream": () =>
    new Response(stream("a", "b"), { headers: { connection: "close" } }),
  "Connection: x-private": () =>
    new Response("x", { headers: { connection: "x-private", "x-private": "1" } }),
  "Keep-Alive": () => new Response("x", { headers: { "keep-alive": "timeout=5" } }),
  "Upgrade": () => new Response("x", { headers: { upgrade: "h2c" } }),
  "Connection: upgrade": () =>
    new Response("x", { headers: { connection: "upgrade", upgrade: "h2c" } }),
  "Trailer": () => new Response(stream("x"), { headers: { trailer: "x-sum" } }),
  "TE and Proxy-Connection": () =>
    new Response("x", { headers: { te: "trailers", "proxy-connection": "keep-alive" } }),
  "Date": () => new Response("x", { headers: { date: "Thu, 01 Jan 1970 00:00:00 GMT" } }),
  "a Date that is none": () => new Response("x", { headers: { date: "today" } }),
  "Server": () => new Response("x", { headers: { server: "table" } }),
  "Vary": () => new Response("x", { headers: { vary: "Accept" } }),
  "ETag and Last-Modified": () =>
    new Response("x", {
      headers: { etag: '"1"', "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT" },
    }),
  "Content-Encoding": () =>
    new Response(encoder.encode("not really"), { headers: { "content-encoding": "gzip" } }),
  "Content-Range and status 206": () =>
    new Response("345", { status: 206, headers: { "content-range": "bytes 3-5/10" } }),
  "Content-Type of a Blob of another type": () =>
    new Response(new Blob(["x"], { type: "text/plain" }), {
      headers: { "content-type": "text/css" },
    }),
  "Host and Cookie": () => new Response("x", { headers: { host: "a", cookie: "b=c" } }),
};

function withLength(body: BodyInit | null, length: number | string): Response {
  return new Response(body, { headers: { "content-length": String(length) } });
}

function stream(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(chunks.map((it) => encoder.encode(it)));
}

const STATUSES = [
  ...[200, 201, 202, 203, 206, 207, 208, 226, 299, 300, 301, 302, 303, 305, 306, 307, 308, 399],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417],
  ...[418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505],
  ...[506, 507, 508, 510, 511, 599],
];

const statusOf = (request: Request): number => Number(new URL(request.url).searchParams.get("s"));
const statusText = (text: string) => (): Response => new Response("x", { statusText: text });

/** The rows. */
export const HEADS: TableCase[] = [
  {
    name: "with a repeated field, line by line",
    handler: FIELDS["a field that is appended to"]!,
    isExact: true,
  },
  ...Object.entries(FIELDS).map(([what, handler]): TableCase => ({
    name: `with ${what}`,
    handler,
    ask: [get()],
  })),
  ...Object.entries(FIELDS).map(([what, handler]): TableCase => ({
    name: `with ${what}, to HEAD`,
    handler,
    ask: [message("HEAD")],
  })),
  {
    name: "with every status that has a body",
    handler: (request) => new Response("x", { status: statusOf(request) }),
    ask: STATUSES.map((status) => get(`/?s=${status}`)),
  },
  ...[204, 205, 304].map((status): TableCase => ({
    name: `with status ${status}`,
    handler: () => new Response(null, { status, headers: { etag: '"1"' } }),
    ask: [get(), message("HEAD"), message("POST")],
  })),
  ...[204, 205, 304].map((status): TableCase => ({
    name: `with status ${status} and a Content-Length`,
    handler: (request) =>
      new Response(null, { status, headers: { "content-length": `${statusOf(request)}` } }),
    ask: [get("/?s=5"), get("/?s=0"), message("HEAD", "/?s=5")],
  })),
  ...[204, 304].map((status): TableCase => ({
    name: `with status ${status} and Transfer-Encoding`,
    handler: () => new Response(null, { status, headers: { "transfer-encoding": "chunked" } }),
  })),
  { name: "with a statusText", handler: statusText("All Is Well") },
  { name: "with a statusText in latin1", handler: statusText("Gr\u00fcn") },
  {
    name: "with a statusText for a status without a name",
    handler: () => new Response("x", { status: 299, statusText: "Nearly" }),
  },
];
