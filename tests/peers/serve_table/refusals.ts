// Rows of the table: requests that a server may refuse to hand on.

import { get, HOST, message, post, type TableCase } from "./case.ts";

const CHUNKED = "Transfer-Encoding: chunked";
const chunked = (...fields: string[]): string => message("POST", "/", [CHUNKED, ...fields]);

/** The rows. */
export const REFUSALS: TableCase[] = [
  {
    name: "is sent a request without a version",
    handler: () => new Response("x"),
    ask: ["GET /\r\n\r\n"],
    isExact: true,
  },
  ...[
    ["without Host", "GET / HTTP/1.1\r\n\r\n"],
    ["with two Hosts", get("/", `Host: ${HOST}`)],
    ["with Content-Length and Transfer-Encoding", chunked("Content-Length: 3") + "0\r\n\r\n"],
    ["with two Content-Lengths", post("abc", "Content-Length: 3")],
    ["with two different Content-Lengths", post("abc", "Content-Length: 4")],
    ["with lines that end in LF alone", "GET / HTTP/1.1\nHost: a\n\n"],
    ["with a folded field", get("/", "X-A: 1\r\n 2")],
    ["with a blank before a colon", get("/", "X-A : 1")],
    ["with a control character in a field", get("/", "X-A: \x01")],
    ["with a name that is no token", get("/", "X(A): 1")],
    ["of HTTP/1.2", `GET / HTTP/1.2\r\nHost: ${HOST}\r\n\r\n`],
    ["of HTTP/2.0", `GET / HTTP/2.0\r\nHost: ${HOST}\r\n\r\n`],
    ["with two blanks in the request line", `GET  / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ["with an empty line before it", `\r\n${get()}`],
    ["with two empty lines before it", `\r\n\r\n${get()}`],
    ["with a field of 40,000 bytes", get("/", `X-A: ${"a".repeat(40_000)}`)],
    ["with a target of 10,000 bytes", get(`/${"a".repeat(10_000)}`)],
    ["with Transfer-Encoding: gzip", message("POST", "/", ["Transfer-Encoding: gzip, chunked"])],
    ["with Transfer-Encoding by HTTP/1.0", `POST / HTTP/1.0\r\n${CHUNKED}\r\n\r\n0\r\n\r\n`],
  ].map(([what, bytes]): TableCase => ({
    name: `is sent a request ${what}`,
    handler: (_request, _info, note) => {
      note("handled");
      return new Response("x");
    },
    ask: [bytes!],
  })),
];
