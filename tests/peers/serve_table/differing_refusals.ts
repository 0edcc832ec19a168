// Requests that are refused or not: what only Deno.serve (-) or only serve() (+) shows, by reason and row.

import type { DifferingRows } from "./case.ts";

/** What only Deno.serve shows where it serves a request whose handler tells something in JSON. */
function told(json: string): string[] {
  return [
    "- content-type: application/json",
    "- framing: length",
    `- body: ${json}`,
    "- then: kept",
  ];
}

/** The same of a handler that answers with `x`. */
const ANSWERED = [
  "- content-type: text/plain;charset=UTF-8",
  "- framing: length",
  "- body: x",
  "- then: kept",
];

/** And of one that notes that it was called, too. */
const HANDLED = [...ANSWERED, "- note: handled"];

/** All lines where Deno.serve serves a request, and serve() refuses it. */
function refused(status: string, served: string[], error = "ProtocolError"): string[] {
  return [
    "- HTTP/1.1 200 OK",
    ...served,
    `+ HTTP/1.1 ${status}`,
    "+ connection: close",
    "+ body: in words of its own",
    "+ then: closed",
    `+ error: ${error}`,
  ];
}

/** Both refuse with the same status; serve() says why, to the client and to `onError`. */
const EXPLAINED = [
  "- framing: length",
  "- body: ",
  "+ body: in words of its own",
  "+ error: ProtocolError",
];

/** The rows. */
export const DIFFERING_REFUSALS: Record<"strict" | "lenient" | "limits" | "told", DifferingRows> = {
  "strict": {
    'tells the URL of "/?x?y#"': refused("400 Bad Request", told('"http://table.test/?x?y#"')),
    "tells the URL of a fragment": refused("400 Bad Request", told('"http://table.test/a#b"')),
    "tells the URL of an https target": refused(
      "421 Misdirected Request",
      told('"https://other.test/x"'),
    ),
    'tells the URL with "Host: ü.test"': refused(
      "400 Bad Request",
      told('"http://localhost:port/x"'),
    ),
    'tells the URL with "Host: a b"': refused("400 Bad Request", told('"http://a b/x"')),
    'tells the URL with "Host: a/b"': refused("400 Bad Request", told('"http://a/b/x"')),
    'tells the URL with "Host: u@h"': refused("400 Bad Request", told('"http://u@h/x"')),
    'tells the URL with "Host: "': refused("400 Bad Request", told('"http://localhost:port/x"')),
    "answers another expectation": refused("417 Expectation Failed", ANSWERED),
    "is sent a request without Host": refused("400 Bad Request", HANDLED),
    "is sent a request with lines that end in LF alone": refused("400 Bad Request", HANDLED),
    "is sent a request with two empty lines before it": refused("400 Bad Request", HANDLED),
  },
  "lenient": {
    "tells the URL of bytes above ASCII": [
      "- HTTP/1.1 400 Bad Request",
      "- connection: close",
      "- body: ",
      "- then: closed",
      "+ HTTP/1.1 200 OK",
      "+ content-type: application/json",
      '+ body: "http://table.test/%C3%BC?%FF"',
      "+ then: kept",
    ],
    "is sent a request of HTTP/1.2": [
      "- HTTP/1.1 400 Bad Request",
      "- connection: close",
      "- body: ",
      "- then: closed",
      "+ HTTP/1.1 200 OK",
      "+ content-type: text/plain;charset=UTF-8",
      "+ body: x",
      "+ then: kept",
      "+ note: handled",
    ],
    "is sent a request of HTTP/2.0": [
      "- HTTP/1.1 400 Bad Request",
      "- framing: length",
      "- body: ",
      "+ HTTP/1.1 505 HTTP Version Not Supported",
      "+ body: in words of its own",
      "+ error: ProtocolError",
    ],
  },
  "limits": {
    "is sent a request with a field of 40,000 bytes": refused(
      "431 Request Header Fields Too Large",
      HANDLED,
      "LimitError",
    ),
    "is sent a request with a target of 10,000 bytes": refused(
      "414 URI Too Long",
      HANDLED,
      "LimitError",
    ),
  },
  "told": {
    "is sent a request with two Hosts": EXPLAINED,
    "is sent a request with Content-Length and Transfer-Encoding": EXPLAINED,
    "is sent a request with two different Content-Lengths": EXPLAINED,
    "is sent a request with a folded field": EXPLAINED,
    "is sent a request with a blank before a colon": EXPLAINED,
    "is sent a request with a control character in a field": EXPLAINED,
    "is sent a request with a name that is no token": EXPLAINED,
    "is sent a request with two blanks in the request line": EXPLAINED,
  },
};
