// Responses to what handlers send: which have a body and how it is framed (RFC 9112 6), fields
// (RFC 9110 5.3) and Date (RFC 9110 6.6.1).

import { assertEquals } from "@std/assert";
import { type Handler, HttpError } from "../../server/mod.ts";
import { type RawResponse, testCases, valueOf, valuesOf } from "./support.ts";

const request = (method: string, version = "1.1", fields = ""): string =>
  `${method} / HTTP/${version}\r\nHost: a\r\n${fields}\r\n`;
const GET = request("GET");
const HEAD = request("HEAD");

const NO_BODY =
  'RFC 9112 6.3, 1: "Any response to a HEAD request and any response with a 1xx (Informational), 204 (No Content), or 304 (Not Modified) status code is always terminated by the first empty line after the header fields"';
const NO_LENGTH =
  'RFC 9110 8.6: "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx (Informational) or 204 (No Content)"';
const SAME_HEAD =
  'RFC 9110 9.3.2: "The server SHOULD send the same header fields in response to a HEAD request as it would have sent if the request method had been GET"';
const FRAMED = "RFC 9112 6: a body is framed by Content-Length or by the chunked coding";

const stream: Handler = async (con) => {
  for (const word of ["one ", "two ", "three"]) {
    con.send(word);
    await con.flush();
  }
};

testCases("responses", [
  {
    name: "A small answer has a Content-Length",
    rfc: FRAMED,
    send: GET,
    expect: [200],
    then: "open",
    bodies: ["hello wörld".replace("ö", "\xc3\xb6")],
    handler: (con) => con.send("hello ", new TextEncoder().encode("wörld")),
    check: ([response]) => assertEquals(response!.framing, "length"),
  },
  {
    name: "An empty answer has a Content-Length of 0",
    rfc: FRAMED,
    send: GET,
    expect: [200],
    then: "open",
    bodies: [""],
    handler: () => {},
    check: ([response]) => assertEquals(valueOf(response!, "content-length"), "0"),
  },
  {
    name: "A streamed answer is chunked",
    rfc: FRAMED,
    send: GET,
    expect: [200],
    then: "open",
    bodies: ["one two three"],
    handler: stream,
    check: ([response]) => assertEquals(response!.framing, "chunked"),
  },
  {
    name: "A streamed answer of announced length is not chunked",
    rfc: FRAMED,
    send: GET,
    expect: [200],
    then: "open",
    bodies: ["one two three"],
    handler: (con, req) => {
      con.addHeader("Content-Length", "13");
      return stream(con, req);
    },
    check: ([response]) => assertEquals(response!.framing, "length"),
  },
  {
    name: "An empty piece does not end a chunked answer",
    rfc: 'RFC 9112 7.1: a chunk of size 0 is "last-chunk"',
    send: GET,
    expect: [200],
    then: "open",
    bodies: ["ab"],
    handler: async (con) => {
      con.send("");
      await con.flush();
      con.send("a");
      await con.flush();
      con.send("", new Uint8Array(0));
      await con.flush();
      con.send("b");
    },
  },
  {
    name: "Trailers follow a chunked body",
    rfc: 'RFC 9112 7.1.2: "trailer-section"',
    send: GET,
    expect: [200],
    then: "open",
    bodies: ["one two three"],
    handler: async (con, req) => {
      await stream(con, req);
      con.sendTrailers({ "X-Sum": "13" });
    },
    check: ([response]) => assertEquals(response!.trailers, [["X-Sum", "13"]]),
  },
  {
    name: "Trailers make an answer in memory chunked",
    rfc: "RFC 9112 7.1.2: only a chunked body has trailers",
    send: GET,
    expect: [200],
    then: "open",
    bodies: ["all"],
    handler: (con) => {
      con.send("all");
      con.sendTrailers({ "X-Sum": "3" });
    },
    check: ([response]) => assertEquals(response!.trailers, [["X-Sum", "3"]]),
  },
  {
    name: "Trailers are not sent to HTTP/1.0",
    rfc: 'RFC 9112 6.1: no Transfer-Encoding "unless the corresponding request indicates HTTP/1.1"',
    send: request("GET", "1.0"),
    expect: [200],
    then: "closed",
    bodies: ["all"],
    handler: (con) => {
      con.send("all");
      con.sendTrailers({ "X-Sum": "3" });
    },
  },
  {
    name: "The answer to HEAD has the head of GET and no body",
    rfc: `${NO_BODY}; ${SAME_HEAD}`,
    send: HEAD,
    methods: ["HEAD"],
    expect: [200],
    then: "open",
    handler: (con) => con.send("hello"),
    check: ([response]) => assertEquals(valueOf(response!, "content-length"), "5"),
  },
  {
    name: "A streamed answer to HEAD has no body",
    rfc: NO_BODY,
    send: HEAD,
    methods: ["HEAD"],
    expect: [200],
    then: "open",
    handler: stream,
  },
  {
    name: "An announced length of a HEAD answer stands, with no body sent",
    rfc: SAME_HEAD,
    send: HEAD,
    methods: ["HEAD"],
    expect: [200],
    then: "open",
    handler: (con) => con.addHeader("Content-Length", "1000"),
    check: ([response]) => assertEquals(valueOf(response!, "content-length"), "1000"),
  },
  {
    name: "An error of the handler's in answer to HEAD has no body",
    rfc: NO_BODY,
    send: HEAD,
    methods: ["HEAD"],
    expect: [403],
    then: "open",
    handler: () => {
      throw new HttpError("Cannot", { status: 403 });
    },
  },
  ...[204, 304].map((status) => ({
    name: `A ${status} has no body`,
    rfc: NO_BODY,
    send: GET,
    expect: [status],
    then: "open" as const,
    handler: ((con) => con.setStatus(status)) as Handler,
    check: ([response]: RawResponse[]) =>
      assertEquals(valueOf(response!, "transfer-encoding"), undefined),
  })),
  ...[204, 304].map((status) => ({
    name: `A flushed ${status} has no body and no chunked coding`,
    rfc: NO_BODY,
    send: GET,
    expect: [status],
    then: "open" as const,
    handler: (async (con) => {
      con.setStatus(status);
      await con.flush();
    }) as Handler,
    check: ([response]: RawResponse[]) =>
      assertEquals(valueOf(response!, "transfer-encoding"), undefined),
  })),
  {
    name: "A 204 has no Content-Length even if the handler asks for it",
    rfc: NO_LENGTH,
    send: GET,
    expect: [204],
    then: "open",
    handler: (con) => {
      con.addHeader("Content-Length", "0");
      con.setStatus(204);
    },
    check: ([response]) => assertEquals(valueOf(response!, "content-length"), undefined),
  },
  {
    name: "A 304 may tell the length that a 200 would have",
    rfc:
      'RFC 9110 8.6: "A server MAY send a Content-Length header field in a 304 (Not Modified) response"',
    send: GET,
    expect: [304],
    then: "open",
    handler: (con) => {
      con.addHeader("Content-Length", "1000");
      con.setStatus(304);
    },
    check: ([response]) => assertEquals(valueOf(response!, "content-length"), "1000"),
  },
  ...[204, 304].map((status) => ({
    name: `A body with a ${status} is the handler's mistake, not the client's`,
    rfc: NO_BODY,
    send: GET,
    expect: [500],
    then: "open" as const,
    handler: ((con) => {
      con.setStatus(status);
      con.send("body");
    }) as Handler,
  })),
  {
    name: "A 103 precedes the answer, without body, Content-Length and Date of its own need",
    rfc: `${NO_BODY}; ${NO_LENGTH}; RFC 8297 2`,
    send: GET,
    expect: [200],
    then: "open",
    bodies: ["hello"],
    handler: async (con) => {
      await con.sendInformational(103, { Link: "</a.css>; rel=preload" });
      con.send("hello");
    },
    check: (responses) => {
      assertEquals(responses.map(({ status }) => status), [103, 200]);
      assertEquals(responses[0]!.reason, "Early Hints");
      assertEquals(valueOf(responses[0]!, "link"), "</a.css>; rel=preload");
    },
  },
  {
    name: "A 1xx is never sent to HTTP/1.0",
    rfc: 'RFC 9110 15.2: "a server MUST NOT send a 1xx response to an HTTP/1.0 client"',
    send: request("GET", "1.0"),
    expect: [200],
    then: "closed",
    bodies: ["hello"],
    handler: async (con) => {
      await con.sendInformational(103, { Link: "</a.css>; rel=preload" });
      con.send("hello");
    },
    check: (responses) => assertEquals(responses.length, 1),
  },
  {
    name: "The server names HTTP/1.1 in its answer to HTTP/1.0",
    rfc:
      'RFC 9110 2.5: "A server SHOULD send a response version equal to the highest version to which the server is conformant"',
    send: request("GET", "1.0"),
    expect: [200],
    then: "closed",
  },
  {
    name: "A Date of the handler's own is not doubled",
    rfc: "RFC 9110 6.6.1: Date is a single value",
    send: GET,
    expect: [200],
    then: "open",
    handler: (con) => con.addHeader("date", new Date().toUTCString()),
    check: ([response]) => assertEquals(valuesOf(response!, "date").length, 1),
  },
  {
    name: "Set-Cookie keeps a line for each value",
    rfc:
      'RFC 9110 5.3: "Set-Cookie … often appears in a response message across multiple field lines"',
    send: GET,
    expect: [200],
    then: "open",
    handler: (con) => {
      con.appendHeader("Set-Cookie", "a=1");
      con.appendHeader("Set-Cookie", "b=2");
      con.addHeader("X", "1");
      con.addHeader("x", "2");
    },
    check: ([response]) => {
      assertEquals(valuesOf(response!, "set-cookie"), ["a=1", "b=2"]);
      assertEquals(valuesOf(response!, "x"), ["2"]);
    },
  },
  {
    name: "A handler's error is a 500 that tells nothing, and the connection lives on",
    rfc: "RFC 9110 15.6.1: 500 Internal Server Error",
    send: GET,
    expect: [500],
    then: "open",
    handler: (con) => {
      con.addHeader("X-Left-Over", "1");
      con.send("left over");
      throw new Error("secret");
    },
    check: ([response]) => {
      assertEquals(response!.body.includes("secret"), false);
      assertEquals(response!.body.includes("left over"), false);
      assertEquals(valueOf(response!, "x-left-over"), undefined);
    },
  },
  {
    name: "A handler's HttpError is answered with its status",
    rfc: "RFC 9110 15.5.19: a status of the handler's choice",
    send: GET,
    expect: [418],
    then: "open",
    handler: () => Promise.reject(new HttpError("Cannot brew: a teapot", { status: 418 })),
  },
  {
    name: "A length announced for HEAD and GET alike frames both",
    rfc: SAME_HEAD,
    send: HEAD + GET,
    methods: ["HEAD", "GET"],
    expect: [200, 200],
    then: "open",
    handler: (con) => {
      con.addHeader("Content-Length", "5");
      con.send("hello");
    },
    check: (responses) => assertEquals(responses.map(({ body }) => body), ["", "hello"]),
  },
]);
