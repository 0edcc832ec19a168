// How the end of a response is found (RFC 9112 6.3), and what may follow it.

import { accepted, type Case, refused, testCases } from "./support.ts";

const BOTH =
  'RFC 9112 6.3: "such a message might indicate an attempt to perform request smuggling or response splitting and ought to be handled as an error"';
const LENGTH =
  'RFC 9110 8.6: "Content-Length = 1*DIGIT"; "a recipient MUST anticipate potentially large decimal numerals and prevent parsing errors due to integer conversion overflows"';
const INVALID =
  'RFC 9112 6.3: "If it is in a response message received by a user agent, the user agent MUST close the connection to the server and discard the received response"';
const REPEATED =
  'RFC 9112 6.3: "unless the field value can be successfully parsed as a comma-separated list, all values in the list are valid, and all values in the list are the same"';
const CODING =
  'RFC 9112 6.1: "A server MUST NOT send a response containing Transfer-Encoding unless the corresponding request indicates HTTP/1.1"; "chunked MUST NOT be applied more than once"';
const OLD_CODING =
  'RFC 9112 6.1: "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message as if the framing is faulty"';
const BODILESS =
  'RFC 9112 6.3: "any response with a 1xx, 204, or 304 status code is always terminated by the first empty line after the header fields"';
const HEAD =
  'RFC 9112 6.3: "Any response to a HEAD request ... cannot contain a message body or trailer section"';
const SURPLUS =
  'RFC 9112 6.3: "A client MUST NOT process, cache, or forward such extra data as a separate response, since such behavior would be vulnerable to cache poisoning"';

function ok(fields: string, rest: string, start = "HTTP/1.1 200 OK"): string {
  return `${start}\r\n${fields}\r\n${rest}`;
}

const lengths: Case[] = [
  accepted("Content-Length gives the body", LENGTH, ok("Content-Length: 5\r\n", "hello"), "hello"),
  accepted("Content-Length 0 is no body", LENGTH, ok("Content-Length: 0\r\n", ""), ""),
  accepted("Leading zeros are digits", LENGTH, ok("Content-Length: 0005\r\n", "hello"), "hello"),
  accepted(
    "A repeated Content-Length with one value counts once",
    REPEATED,
    ok("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
    "hello",
  ),
  accepted(
    "A list of the same Content-Length counts once",
    REPEATED,
    ok("Content-Length: 5, 5\r\n", "hello"),
    "hello",
  ),
  refused(
    "Content-Length twice with different values",
    REPEATED,
    ok("Content-Length: 3\r\nContent-Length: 5\r\n", "hello"),
    "bad_framing",
  ),
  refused(
    "A list of different lengths",
    REPEATED,
    ok("Content-Length: 5,3\r\n", "hello"),
    "bad_framing",
  ),
  ...[
    ...["+5", "-5", "5.0", "0x5", "5 5", "5;", "five", "", ",", "5,", "1e1", '"5"', "\xb2"],
    ...["9007199254740992", "18446744073709551621", "9".repeat(400)],
  ].map((value) =>
    refused(
      `Content-Length "${value.slice(0, 24)}"`,
      value.length > 15 ? LENGTH : INVALID,
      ok(`Content-Length: ${value}\r\n`, "hello"),
      "bad_framing",
    )
  ),
];
testCases("Content-Length", lengths);

const CHUNKS = "5\r\nhello\r\n0\r\n\r\n";
const codings: Case[] = [
  accepted("chunked is undone", CODING, ok("Transfer-Encoding: chunked\r\n", CHUNKS), "hello"),
  accepted(
    "The name of a coding has no case",
    CODING,
    ok("transfer-encoding: CHUNKED\r\n", CHUNKS),
    "hello",
  ),
  refused(
    "Content-Length with Transfer-Encoding",
    BOTH,
    ok("Content-Length: 15\r\nTransfer-Encoding: chunked\r\n", CHUNKS),
    "bad_framing",
  ),
  refused(
    "Transfer-Encoding with Content-Length",
    BOTH,
    ok("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", CHUNKS),
    "bad_framing",
  ),
  refused(
    "chunked twice",
    CODING,
    ok("Transfer-Encoding: chunked, chunked\r\n", CHUNKS),
    "bad_framing",
  ),
  refused(
    "chunked in two fields",
    CODING,
    ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKS),
    "bad_framing",
  ),
  refused(
    "gzip before chunked",
    CODING,
    ok("Transfer-Encoding: gzip, chunked\r\n", CHUNKS),
    "unsupported_coding",
  ),
  refused("gzip alone", CODING, ok("Transfer-Encoding: gzip\r\n", "hello"), "bad_framing"),
  refused(
    "chunked before gzip",
    CODING,
    ok("Transfer-Encoding: chunked, gzip\r\n", CHUNKS),
    "bad_framing",
  ),
  refused("identity", CODING, ok("Transfer-Encoding: identity\r\n", CHUNKS), "unsupported_coding"),
  refused("xchunked", CODING, ok("Transfer-Encoding: xchunked\r\n", CHUNKS), "unsupported_coding"),
  refused(
    "An empty Transfer-Encoding",
    CODING,
    ok("Transfer-Encoding:\r\n", CHUNKS),
    "bad_framing",
  ),
  refused(
    "A vertical tab before chunked",
    CODING,
    ok("Transfer-Encoding: \vchunked\r\n", CHUNKS),
    "bad_field",
  ),
  refused(
    "Transfer-Encoding in HTTP/1.0",
    OLD_CODING,
    ok("Transfer-Encoding: chunked\r\n", CHUNKS, "HTTP/1.0 200 OK"),
    "bad_framing",
  ),
];
testCases("Transfer-Encoding", codings);

/** A row for a response that has no body, whatever it says. */
function bodiless(name: string, start: string, fields: string, more: Partial<Case> = {}): Case {
  const code = Number(start.slice(9, 12));
  return {
    name,
    rfc: more.method === "HEAD" ? HEAD : BODILESS,
    send: ok(fields, "", start),
    expect: { code, body: "" },
    then: "reused",
    ...more,
  };
}

const BODY = "5\r\nhello\r\n0\r\n\r\n";
const none: Case[] = [
  bodiless("204 has no body", "HTTP/1.1 204 No Content", ""),
  bodiless(
    "204 with Content-Length has no body",
    "HTTP/1.1 204 No Content",
    "Content-Length: 5\r\n",
  ),
  bodiless(
    "204 with chunked has no body",
    "HTTP/1.1 204 No Content",
    "Transfer-Encoding: chunked\r\n",
  ),
  bodiless("304 has no body", "HTTP/1.1 304 Not Modified", ""),
  bodiless(
    "304 with Content-Length has no body",
    "HTTP/1.1 304 Not Modified",
    "Content-Length: 5\r\n",
  ),
  bodiless("HEAD with Content-Length has no body", "HTTP/1.1 200 OK", "Content-Length: 5\r\n", {
    method: "HEAD",
    check: ({ response }) => {
      if (response!.headers["content-length"] !== "5") throw new Error("Content-Length is lost");
    },
  }),
  bodiless("HEAD with chunked has no body", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", {
    method: "HEAD",
  }),
  bodiless("HEAD with neither has no body", "HTTP/1.1 404 Not Found", "", { method: "HEAD" }),
  bodiless(
    "HEAD ignores a length beyond every limit",
    "HTTP/1.1 200 OK",
    "Content-Length: 999999999999\r\n",
    {
      method: "HEAD",
    },
  ),
  ...["HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"].map((start) =>
    bodiless(
      `A body behind ${start.slice(9, 12)} poisons the connection`,
      start,
      "Content-Length: 5\r\n",
      {
        rfc: SURPLUS,
        send: ok("Content-Length: 5\r\n", "hello", start),
        then: "closed",
      },
    )
  ),
  bodiless("A chunked body behind HEAD poisons the connection", "HTTP/1.1 200 OK", "", {
    method: "HEAD",
    rfc: SURPLUS,
    send: ok("Transfer-Encoding: chunked\r\n", BODY),
    then: "closed",
  }),
  bodiless("A body behind HEAD poisons the connection", "HTTP/1.1 200 OK", "", {
    method: "HEAD",
    rfc: SURPLUS,
    send: ok("Content-Length: 5\r\n", "hello"),
    then: "closed",
  }),
];
testCases("responses without a body", none);
