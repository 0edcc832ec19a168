// Where a request's body ends (RFC 9112 6): every way in which two readers could differ about it is
// refused, and nothing behind such a request is ever taken for one (RFC 9112 11.2).

import { type Case, refused, testCases } from "./support.ts";

const post = (fields: string, body = "", version = "1.1"): string =>
  `POST /p HTTP/${version}\r\nHost: a\r\n${fields}\r\n${body}`;

const LENGTH = 'RFC 9110 8.6: "Content-Length = 1*DIGIT"';
const INVALID =
  'RFC 9112 6.3, 5: "If a message is received without Transfer-Encoding and with an invalid Content-Length header field, then … the recipient MUST treat it as an unrecoverable error"';
const BOTH =
  'RFC 9112 6.1: "A server MAY reject a request that contains both Content-Length and Transfer-Encoding"; 6.3, 3: it "ought to be handled as an error"';
const FINAL =
  'RFC 9112 6.3, 4: "If a Transfer-Encoding header field is present in a request and the chunked transfer coding is not the final encoding, … the server MUST respond with the 400 (Bad Request) status code and then close the connection"';
const UNKNOWN =
  'RFC 9112 6.1: "A server that receives a request message with a transfer coding it does not understand SHOULD respond with 501"';
const OLD =
  'RFC 9112 6.1: "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message as if the framing is faulty … and close the connection"';

function accepted(name: string, rfc: string, send: string, body: string): Case {
  return {
    name,
    rfc,
    send,
    expect: [200],
    then: "open",
    seen: ["POST /p"],
    bodies: [`POST /p ${body}`],
  };
}

const CHUNKED_BODY = "5\r\nhello\r\n0\r\n\r\n";

testCases("framing", [
  accepted(
    "A body has the length of Content-Length",
    LENGTH,
    post("Content-Length: 5\r\n", "hello"),
    "hello",
  ),
  accepted("A Content-Length of 0 is no body", LENGTH, post("Content-Length: 0\r\n"), ""),
  accepted(
    "A Content-Length may have leading zeros",
    LENGTH,
    post("Content-Length: 0005\r\n", "hello"),
    "hello",
  ),
  accepted(
    "A request without Content-Length and Transfer-Encoding has no body",
    'RFC 9112 6.3, 7: "If this is a request message and none of the above are true, then the message body length is zero"',
    post(""),
    "",
  ),
  {
    ...accepted(
      "GET may have a body",
      "RFC 9110 9.3.1: content in a GET request has no semantics, but is framed",
      "",
      "",
    ),
    send: "GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    seen: ["GET /p"],
    bodies: ["GET /p hello"],
  },
  accepted(
    "Equal values of Content-Length count as one",
    'RFC 9112 6.3, 5: "unless the field value can be successfully parsed as a comma-separated list …, all values in the list are valid, and all values in the list are the same"',
    post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
    "hello",
  ),
  accepted(
    "Equal values in one Content-Length count as one",
    "RFC 9112 6.3, 5",
    post("Content-Length: 5, 5\r\n", "hello"),
    "hello",
  ),
  accepted(
    "A chunked body ends with its last chunk",
    'RFC 9112 6.3, 4: "the message body length is determined by reading and decoding the chunked data"',
    post("Transfer-Encoding: chunked\r\n", CHUNKED_BODY),
    "hello",
  ),
  accepted(
    "The name of a coding is case-insensitive",
    'RFC 9112 7: "All transfer-coding names are case-insensitive"',
    post("transfer-encoding:\tChUnKeD \r\n", CHUNKED_BODY),
    "hello",
  ),
  accepted(
    "A pipelined request behind a body is one of its own",
    "RFC 9112 9.3.2",
    post("Content-Length: 5\r\n", "hello"),
    "hello",
  ),
  {
    name: "A body that looks like a request is a body",
    rfc: "RFC 9112 6.3",
    send: post("Content-Length: 28\r\n", "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
    expect: [200],
    then: "open",
    seen: ["POST /p"],
  },

  refused(
    "Content-Length with Transfer-Encoding",
    BOTH,
    post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY),
  ),
  refused(
    "Transfer-Encoding with Content-Length",
    BOTH,
    post("Transfer-Encoding: chunked\r\nContent-Length: 15\r\n", CHUNKED_BODY),
  ),
  refused(
    "A Content-Length of 0 with Transfer-Encoding",
    BOTH,
    post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY),
  ),
  refused(
    "A bad Content-Length with Transfer-Encoding",
    BOTH,
    post("Content-Length: x\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY),
  ),
  refused(
    "Content-Length with an unknown coding",
    BOTH,
    post("Content-Length: 5\r\nTransfer-Encoding: x\r\n", "hello"),
  ),
  refused(
    "Content-Length with an empty Transfer-Encoding",
    BOTH,
    post("Content-Length: 5\r\nTransfer-Encoding:\r\n", "hello"),
  ),
  refused(
    "Differing Content-Length fields",
    INVALID,
    post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"),
  ),
  refused(
    "Differing spellings of one length",
    INVALID,
    post("Content-Length: 5\r\nContent-Length: 05\r\n", "hello"),
  ),
  refused(
    "Differing values in one Content-Length",
    INVALID,
    post("Content-Length: 5, 6\r\n", "hello"),
  ),
  ...[
    "",
    "+5",
    "-5",
    "-0",
    "0x5",
    "5h",
    "5.0",
    "5e0",
    "5 5",
    "5;x",
    "5,",
    ",5",
    "5,,5",
    '"5"',
    "five",
    "Infinity",
    "\xb2",
    "5_0",
    "9007199254740992",
    "18446744073709551616",
    "18446744073709551621",
    "99999999999999999999999999",
    "1".repeat(400),
  ].map((value) =>
    refused(
      `A Content-Length of ${JSON.stringify(value.slice(0, 30))}`,
      INVALID,
      post(`Content-Length: ${value}\r\n`, "hello"),
    )
  ),

  ...[
    "gzip",
    "gzip, deflate",
    "chunked, gzip",
    "chunked, identity",
    "chunked, chunked",
    "chunked, x",
    "",
    ",",
  ].map(
    (value) =>
      refused(
        `A Transfer-Encoding of "${value}"`,
        FINAL,
        post(`Transfer-Encoding: ${value}\r\n`, CHUNKED_BODY),
      ),
  ),
  refused(
    "A coding on a line behind chunked",
    FINAL,
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", CHUNKED_BODY),
  ),
  refused(
    "Chunked on two lines",
    'RFC 9112 6.1: "A sender MUST NOT apply the chunked transfer coding more than once"',
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY),
  ),
  ...[
    "gzip, chunked",
    "x, chunked",
    "identity, chunked",
    "identity",
    "x",
    "xchunked",
    "chunkedx",
    '"chunked"',
    "chunk ed",
    "chunked;q=1",
    "'chunked'",
  ].map(
    (value) =>
      refused(
        `A Transfer-Encoding of '${value}'`,
        UNKNOWN,
        post(`Transfer-Encoding: ${value}\r\n`, CHUNKED_BODY),
        501,
      ),
  ),
  refused(
    "A Transfer-Encoding with a vertical tab",
    "RFC 9110 5.5",
    post("Transfer-Encoding: \x0bchunked\r\n", CHUNKED_BODY),
  ),
  refused(
    "A Transfer-Encoding with NUL",
    "RFC 9110 5.5",
    post("Transfer-Encoding: chunked\0\r\n", CHUNKED_BODY),
  ),
  refused(
    "A folded Transfer-Encoding",
    "RFC 9112 5.2",
    post("Transfer-Encoding:\r\n chunked\r\n", CHUNKED_BODY),
  ),
  refused(
    "Transfer-Encoding in HTTP/1.0",
    OLD,
    post("Transfer-Encoding: chunked\r\n", CHUNKED_BODY, "1.0"),
  ),
  refused(
    "Transfer-Encoding in a kept connection of HTTP/1.0",
    OLD,
    post("Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", CHUNKED_BODY, "1.0"),
  ),
  refused(
    "Transfer-Encoding and Content-Length in HTTP/1.0",
    OLD,
    post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY, "1.0"),
  ),
]);
