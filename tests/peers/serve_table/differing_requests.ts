// Requests that are seen differently, and clients that leave: what only Deno.serve (-) or only serve() (+) shows, by reason and row.

import type { DifferingRows } from "./case.ts";

/** The rows. */
export const DIFFERING_REQUESTS: Record<
  | "connect"
  | "url"
  | "headers"
  | "redirect"
  | "bom"
  | "form"
  | "chunks"
  | "bytes"
  | "echo"
  | "proceed"
  | "bodyUsed"
  | "signal"
  | "cancel"
  | "completed",
  DifferingRows
> = {
  "connect": {
    "tells the method CONNECT": [
      "- HTTP/1.1 200 OK",
      "- content-type: application/json",
      '- body: "CONNECT"',
      "+ HTTP/1.1 500 Internal Server Error",
      "+ content-type: text/plain;charset=UTF-8",
      "+ body: Internal Server Error",
      "+ error: TypeError",
    ],
  },
  "url": {
    'tells the URL of "/a/../b/./c"': [
      '- body: "http://table.test/a/../b/./c"',
      '+ body: "http://table.test/b/c"',
    ],
    'tells the URL of "/[x]|{y}^`"': [
      '- body: "http://table.test/[x]|{y}^`"',
      '+ body: "http://table.test/[x]|%7By%7D^%60"',
    ],
    'tells the URL of "/a\\\\b"': [
      '- body: "http://table.test/a\\\\b"',
      '+ body: "http://table.test/a/b"',
    ],
    'tells the URL of "/\\""': [
      '- body: "http://table.test/\\""',
      '+ body: "http://table.test/%22"',
    ],
    'tells the URL of "/<>"': [
      '- body: "http://table.test/<>"',
      '+ body: "http://table.test/%3C%3E"',
    ],
    'tells the URL of "/%2e%2e/x"': [
      '- body: "http://table.test/%2e%2e/x"',
      '+ body: "http://table.test/x"',
    ],
    'tells the URL with "Host: A.Test"': [
      '- body: "http://A.Test/x"',
      '+ body: "http://a.test/x"',
    ],
    'tells the URL with "Host: a.test:80"': [
      '- body: "http://a.test:80/x"',
      '+ body: "http://a.test/x"',
    ],
    "tells the URL without Host by HTTP/1.0": [
      '- body: "http://localhost:port/x?y"',
      '+ body: "http://127.0.0.1:port/x?y"',
    ],
  },
  "headers": {
    "changes the headers of the request": [
      '- body: "TypeError"',
      '+ body: "new"',
    ],
  },
  "redirect": {
    "tells what else a Request has": [
      '- body: [true,true,[],"[object Request]",true,true,true,true,null,"cors","same-origin","default","about:client","","",false,null,false,true,false]',
      '+ body: [true,true,[],"[object Request]",true,true,true,true,"follow","cors","same-origin","default","about:client","","",false,null,false,true,false]',
    ],
  },
  "bom": {
    "reads a body by json()": [
      '- 2 body: "SyntaxError"',
      "+ 2 body: []",
    ],
  },
  "form": {
    "reads what is no form by formData()": [
      '- 3 body: "TypeError"',
      '- 4 body: "TypeError"',
      '+ 3 body: "MultipartError"',
      '+ 4 body: "MultipartError"',
    ],
    "reads a form that is cut off by formData()": [
      '- body: [["a","1"]]',
      '+ body: "MultipartError"',
    ],
  },
  "chunks": {
    "reads a chunked body that is malformed": [
      "- no answer",
      "+ HTTP/1.1 200 OK",
      "+ connection: close",
      "+ content-type: application/json",
      "+ date: <date>",
      "+ framing: length",
      '+ body: "ProtocolError"',
    ],
    "reads a chunked body that is malformed from the start": [
      "- no answer",
      "+ HTTP/1.1 200 OK",
      "+ connection: close",
      "+ content-type: application/json",
      "+ date: <date>",
      "+ framing: length",
      '+ body: "ProtocolError"',
    ],
  },
  "bytes": {
    "reads the body with a reader for buffers of its own": [
      '- body: "TypeError"',
      "+ body: [3,false]",
    ],
  },
  "echo": {
    "echoes the body": [
      "- 1 framing: length",
      "+ 1 framing: chunked",
    ],
  },
  "proceed": {
    "reads a body behind Expect: 100-continue": [
      "- interim: HTTP/1.1 100 Continue",
    ],
    "refuses a body that waits for 100 Continue": [
      "- interim: HTTP/1.1 100 Continue",
    ],
  },
  "bodyUsed": {
    "learns that its answer was completed": [
      "- note: completed, true",
      "+ note: completed, false",
    ],
  },
  "signal": {
    "has a signal that tells when an answered request is done": [
      "- note: aborted",
    ],
  },
  "cancel": {
    "learns that its answer to HEAD was completed": [
      "- note: cancelled, resource closed",
      "+ note: cancelled, an Error",
    ],
  },
  "completed": {
    "learns that its stream was cut when it failed": [
      "- note: completed",
      "+ note: not completed, an Error",
    ],
    "streams to a client that leaves": [
      "- note: cancelled, resource closed",
      "- note: completed",
      "+ note: cancelled, an Error",
      "+ note: not completed, an Error",
    ],
    "sends events to a client that leaves while nothing is sent": [
      "- note: cancelled, resource closed",
      "- note: completed",
      "+ note: cancelled, an Error",
      "+ note: not completed, an Error",
    ],
    "sends events to a client that leaves, and has not read its body": [
      "- note: cancelled, resource closed",
      "- note: completed",
      "+ note: cancelled, an Error",
      "+ note: not completed, an Error",
    ],
    "waits while the client leaves": [
      "- note: completed",
      "+ note: not completed, an Error",
    ],
    "reads the body of a client that leaves in the middle of it": [
      "- note: completed",
      "+ note: not completed, an Error",
    ],
  },
};
