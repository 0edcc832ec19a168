// Answers that differ: what only Deno.serve (-) or only serve() (+) shows, by reason and row.

import type { DifferingRows } from "./case.ts";

/** The rows. */
export const DIFFERING_ANSWERS: Record<
  | "version"
  | "joined"
  | "length"
  | "headOfNothing"
  | "headLength"
  | "streamLength"
  | "framingFields"
  | "close"
  | "phrases"
  | "statusText"
  | "reset"
  | "notModified"
  | "ownWords"
  | "locked"
  | "failedEarly",
  DifferingRows
> = {
  "version": {
    "answers HTTP/1.0": [
      "- HTTP/1.0 200 OK",
      "+ HTTP/1.1 200 OK",
      "+ connection: close",
    ],
  },
  "joined": {
    "answers with a repeated field, line by line": [
      "- x-list: a",
      "- x-list: b",
      "+ x-list: a, b",
    ],
  },
  "length": {
    "returns a Blob": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns a Blob, to HEAD": [
      "+ content-length: 6",
    ],
    "returns a Blob, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "returns a Blob with a type": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns a Blob with a type, to HEAD": [
      "+ content-length: 2",
    ],
    "returns a Blob with a type, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "returns a slice of a Blob": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns a slice of a Blob, to HEAD": [
      "+ content-length: 3",
    ],
    "returns a slice of a Blob, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "returns an empty Blob": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns an empty Blob, to HEAD": [
      "+ content-length: 0",
    ],
    "returns an empty Blob, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "returns a File": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns a File, to HEAD": [
      "+ content-length: 6",
    ],
    "returns a File, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "returns a FormData": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns a FormData, to HEAD": [
      "+ content-length: 267",
    ],
    "returns a FormData, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "returns an empty FormData": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns an empty FormData, to HEAD": [
      "+ content-length: 36",
    ],
    "returns an empty FormData, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "returns an empty stream": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "returns an empty stream, by HTTP/1.0": [
      "- framing: close",
      "+ framing: length",
    ],
    "answers with Content-Type of a Blob of another type": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "answers with Content-Type of a Blob of another type, to HEAD": [
      "+ content-length: 1",
    ],
  },
  "headOfNothing": {
    "returns no body, to HEAD": [
      "- content-length: 0",
    ],
    "returns null, to HEAD": [
      "- content-length: 0",
    ],
    "returns Response.redirect(), to HEAD": [
      "- content-length: 0",
    ],
    "returns Response.redirect() with 307, to HEAD": [
      "- content-length: 0",
    ],
    "answers with Transfer-Encoding without a body, to HEAD": [
      "- content-length: 0",
    ],
  },
  "headLength": {
    "answers with a Content-Length that is too long for text, to HEAD": [
      "- content-length: 10",
      "+ content-length: 5",
    ],
    "answers with a Content-Length that is too short for text, to HEAD": [
      "- content-length: 3",
      "+ content-length: 5",
    ],
  },
  "streamLength": {
    "answers with a Content-Length that is too long for a stream": [
      "+ error: RangeError",
    ],
    "answers with a Content-Length that is too short for a stream": [
      "- framing: length",
      "- body: 1234",
      "- then: kept",
      "+ content-length: 4",
      "+ framing: length, cut",
      "+ body: 123",
      "+ then: closed",
      "+ error: RangeError",
    ],
    "answers with a Content-Length that ends with a chunk of a longer stream": [
      "- then: kept",
      "+ then: closed",
      "+ error: RangeError",
    ],
    "answers with a Content-Length of 0 for a stream": [
      "- then: kept",
      "+ then: closed",
      "+ error: RangeError",
    ],
  },
  "framingFields": {
    "answers with Transfer-Encoding of text": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "answers with Transfer-Encoding without a body": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "answers with Transfer-Encoding gzip": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "answers with Transfer-Encoding and Content-Length": [
      "- framing: chunked",
      "+ framing: length",
    ],
    "answers with what helpers of server-sent events set": [
      "- connection: keep-alive",
    ],
    "answers with Connection: x-private": [
      "- connection: x-private",
    ],
    "answers with Keep-Alive": [
      "- keep-alive: timeout=5",
    ],
    "answers with Upgrade": [
      "+ connection: upgrade",
    ],
    "answers with what helpers of server-sent events set, to HEAD": [
      "- connection: keep-alive",
    ],
    "answers with Connection: x-private, to HEAD": [
      "- connection: x-private",
    ],
    "answers with Keep-Alive, to HEAD": [
      "- keep-alive: timeout=5",
    ],
    "answers with Upgrade, to HEAD": [
      "+ connection: upgrade",
    ],
    "is sent a request with Transfer-Encoding: gzip": [
      "- HTTP/1.1 200 OK",
      "- content-type: text/plain;charset=UTF-8",
      "- framing: length",
      "- body: x",
      "- note: handled",
      "+ HTTP/1.1 501 Not Implemented",
      "+ body: in words of its own",
      "+ error: ProtocolError",
    ],
    "is sent a request with Transfer-Encoding by HTTP/1.0": [
      "- framing: length",
      "- body: ",
      "+ body: in words of its own",
      "+ error: ProtocolError",
    ],
  },
  "close": {
    "answers with Connection: close": [
      "- then: kept",
      "+ then: closed",
    ],
    "answers with Connection: Close": [
      "- connection: Close",
      "- then: kept",
      "+ connection: close",
      "+ then: closed",
    ],
    "answers with Connection: close with a stream": [
      "- then: kept",
      "+ then: closed",
    ],
    "answers with Connection: close, to HEAD": [
      "- then: kept",
      "+ then: closed",
    ],
    "answers with Connection: Close, to HEAD": [
      "- connection: Close",
      "- then: kept",
      "+ connection: close",
      "+ then: closed",
    ],
    "answers with Connection: close with a stream, to HEAD": [
      "- then: kept",
      "+ then: closed",
    ],
  },
  "phrases": {
    "returns a copy of a response": [
      "- HTTP/1.1 203 Non Authoritative Information",
      "+ HTTP/1.1 203 Non Authoritative Info",
    ],
    "returns a copy of a response, to HEAD": [
      "- HTTP/1.1 203 Non Authoritative Information",
      "+ HTTP/1.1 203 Non Authoritative Info",
    ],
    "returns a copy of a response, by HTTP/1.0": [
      "- HTTP/1.x 203 Non Authoritative Information",
      "+ HTTP/1.x 203 Non Authoritative Info",
    ],
    "answers with every status that has a body": [
      "- 4 HTTP/1.1 203 Non Authoritative Information",
      "- 6 HTTP/1.1 207 Multi-Status",
      "- 26 HTTP/1.1 407 Proxy Authentication Required",
      "- 32 HTTP/1.1 413 Payload Too Large",
      "+ 4 HTTP/1.1 203 Non Authoritative Info",
      "+ 6 HTTP/1.1 207 Multi Status",
      "+ 26 HTTP/1.1 407 Proxy Auth Required",
      "+ 32 HTTP/1.1 413 Content Too Large",
    ],
  },
  "statusText": {
    "answers with a statusText": [
      "- HTTP/1.1 200 OK",
      "+ HTTP/1.1 200 All Is Well",
    ],
    "answers with a statusText in latin1": [
      "- HTTP/1.1 200 OK",
      "+ HTTP/1.1 200 Grün",
    ],
    "answers with a statusText for a status without a name": [
      "- HTTP/1.1 299 ",
      "+ HTTP/1.1 299 Nearly",
    ],
  },
  "reset": {
    "answers with status 205": [
      "- 1 framing: missing",
      "- 3 framing: missing",
      "+ 1 framing: length",
      "+ 3 framing: length",
    ],
    "answers with status 205 and a Content-Length": [
      "- 1 framing: missing",
      "- 2 framing: missing",
      "+ 1 framing: length",
      "+ 2 framing: length",
    ],
  },
  "notModified": {
    "answers with status 304 and a Content-Length": [
      "+ 1 content-length: 5",
      "+ 2 content-length: 0",
      "+ 3 content-length: 5",
    ],
  },
  "ownWords": {
    "throws, and onError throws": [
      "- framing: length",
      "- body: Internal Server Error",
      "+ body: in words of its own",
    ],
    "throws, and onError rejects": [
      "- framing: length",
      "- body: Internal Server Error",
      "+ body: in words of its own",
    ],
    "throws, and onError answers with text": [
      "- framing: length",
      "- body: Internal Server Error",
      "+ body: in words of its own",
    ],
    "throws, and onError answers with a used Response": [
      "- framing: length",
      "- body: Internal Server Error",
      "+ body: in words of its own",
    ],
    "throws, and onError answers with Response.error()": [
      "- framing: length",
      "- body: Internal Server Error",
      "+ body: in words of its own",
    ],
    "is sent a request without a version": [
      "- content-length: 0",
      "- body: ",
      "+ content-length: 70",
      "+ content-type: text/plain; charset=utf-8",
      "+ x-content-type-options: nosniff",
      "+ body: Bad Request: Cannot read request line: unexpected byte 0x0d in target\n",
      "+ error: ProtocolError",
    ],
  },
  "locked": {
    "returns a Response whose body is locked": [
      "- HTTP/1.1 200 OK",
      "- body: used",
      "+ HTTP/1.1 500 Internal Server Error",
      "+ body: Internal Server Error",
      "+ error: TypeError",
    ],
  },
  "failedEarly": {
    "returns a stream that failed before": [
      "- HTTP/1.1 200 OK",
      "- framing: chunked, cut",
      "- body: ",
      "- then: closed",
      "+ HTTP/1.1 500 Internal Server Error",
      "+ content-type: text/plain;charset=UTF-8",
      "+ framing: length",
      "+ body: Internal Server Error",
      "+ then: kept",
    ],
  },
};
