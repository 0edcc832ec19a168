// Rows of the table: what handlers find in the heads of requests.

import { get, message, type TableCase } from "./case.ts";
import { attempt, tell } from "./tell.ts";

const OLD = "GET /x?y HTTP/1.0\r\n\r\n";

// A port of five digits is the server's own.
const url = tell((request) => request.url.replace(/:\d{5}(?=\/)/, ":port"));
const headers = tell((request) => [...request.headers].filter(([name]) => name !== "host"));

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "get", "M-SEARCH"];

const TARGETS = [
  ...["/", "/?", "/a?b=c&d=%20+e", "/%41%zz%c3%bc", "//double//", "/a/../b/./c", "/a;b,c:d@e"],
  ...["/?x?y#", "/[x]|{y}^`", "/a\\b", '/"', "/<>", "/'", "/%00", "/?a=http://b/", "/%2e%2e/x"],
];

/** The rows. */
export const REQUEST_HEADS: TableCase[] = [
  {
    name: "tells the method",
    handler: tell((request) => request.method),
    ask: METHODS.map((method) => message(method)),
  },
  ...["TRACE", "CONNECT"].map((method): TableCase => ({
    name: `tells the method ${method}`,
    handler: tell((request) => request.method),
    ask: [message(method, method === "CONNECT" ? "a:1" : "/")],
  })),
  ...TARGETS.map((target): TableCase => ({
    name: `tells the URL of ${JSON.stringify(target)}`,
    handler: url,
    ask: [get(target)],
  })),
  { name: "tells the URL of a fragment", handler: url, ask: [get("/a#b")] },
  { name: "tells the URL of bytes above ASCII", handler: url, ask: [get("/\xc3\xbc?\xff")] },
  {
    name: "tells the URL of an absolute target",
    handler: url,
    ask: [get("http://other.test:81/x?y")],
  },
  { name: "tells the URL of an https target", handler: url, ask: [get("https://other.test/x")] },
  { name: "tells the URL of OPTIONS *", handler: url, ask: [message("OPTIONS", "*")] },
  ...["A.Test", "a.test:80", "a.test:8080", "[::1]:99", "\u00fc.test", "a b", "a/b", "u@h", ""].map(
    (
      host,
    ): TableCase => ({
      name: `tells the URL with "Host: ${host}"`,
      handler: url,
      ask: [`GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    }),
  ),
  { name: "tells the URL without Host by HTTP/1.0", handler: url, ask: [OLD], isOld: true },
  { name: "answers HTTP/1.0", handler: () => new Response("x"), ask: [OLD], isExact: true },
  {
    name: "answers HTTP/1.0 that asks to keep the connection",
    handler: () => new Response("x"),
    ask: ["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"],
    isOld: true,
  },
  {
    name: "answers HTTP/1.1 that asks to close the connection",
    handler: () => new Response("x"),
    ask: [get("/", "Connection: close")],
  },
  {
    name: "tells the headers",
    handler: headers,
    ask: [
      get(
        "/",
        "X-B: 1",
        "x-a: 2",
        "X-B: 3",
        "X-Blank: ",
        "X-Latin1: caf\xe9",
        "Cookie: a=1",
        "Cookie: b=2",
      ),
      get("/", "Connection: keep-alive, x-y", "X-Y: 1", "Keep-Alive: 5", "TE: trailers"),
      get("/", "Set-Cookie: a=1", "Set-Cookie: b=2", "Accept: a", "Accept: b"),
      get("/", "X-Tabs: \t a \t b \t "),
    ],
  },
  {
    name: "asks for headers by name",
    handler: tell(({ headers }) => [
      headers.get("X-A"),
      headers.has("x-a"),
      headers.get("x-none"),
      headers.getSetCookie(),
      headers.get("host"),
      [...headers.keys()],
    ]),
    ask: [get("/", "X-A: 1", "x-a: 2", "Set-Cookie: a", "Set-Cookie: b")],
  },
  {
    name: "changes the headers of the request",
    handler: attempt(({ headers }) => {
      headers.set("x-a", "new");
      return headers.get("x-a");
    }),
    ask: [get("/", "X-A: 1")],
  },
  {
    name: "tells what else a Request has",
    handler: tell((request) => [
      request instanceof Request,
      request.constructor === Request,
      Reflect.ownKeys(request).filter((key) => typeof key === "string"),
      Object.prototype.toString.call(request),
      request.headers === request.headers,
      request.headers instanceof Headers,
      request.signal === request.signal,
      request.signal instanceof AbortSignal,
      request.redirect,
      request.mode,
      request.credentials,
      request.cache,
      request.referrer,
      request.referrerPolicy,
      request.integrity,
      request.keepalive,
      request.destination,
      "duplex" in request,
      request.body === null,
      request.bodyUsed,
    ]),
  },
];
