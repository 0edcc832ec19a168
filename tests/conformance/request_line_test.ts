// The request line (RFC 9112 3) and the line ends of a head (RFC 9112 2.2).

import { assertEquals } from "@std/assert";
import { assertOwnAnswer, refused, report, testCases } from "./support.ts";

const HOST = "\r\nHost: a\r\n\r\n";
const LINE =
  'RFC 9112 3: "request-line = method SP request-target SP HTTP-version"; single spaces, nothing else';
const VERSION = 'RFC 9112 2.3: "HTTP-version = HTTP-name "/" DIGIT "." DIGIT", case-sensitive';
const BARE_CR =
  'RFC 9112 2.2: "A recipient of such a bare CR MUST consider that element to be invalid or replace" it; here it is refused';
const BARE_LF =
  'RFC 9112 2.2: "Although the line terminator … is the sequence CRLF, a recipient MAY recognize a single LF"; here it is refused';

const line = (text: string): string => `${text}${HOST}`;

testCases("request lines", [
  {
    name: "A plain request line is accepted",
    rfc: LINE,
    send: line("GET /path?query HTTP/1.1"),
    expect: [200],
    then: "open",
    seen: ["GET /path?query"],
  },
  {
    name: "Methods are any token and keep their case",
    rfc: 'RFC 9110 9.1: "The method token is case-sensitive"',
    send: line("get-!#$%&'*+.^_`|~1 / HTTP/1.1"),
    expect: [200],
    then: "open",
    seen: ["get-!#$%&'*+.^_`|~1 /"],
  },
  {
    name: "One empty line before a request is ignored",
    rfc:
      'RFC 9112 2.2: "a server … SHOULD ignore at least one empty line (CRLF) received prior to the request-line"',
    send: `\r\n${line("GET /1 HTTP/1.1")}\r\n${line("GET /2 HTTP/1.1")}`,
    expect: [200, 200],
    then: "open",
    seen: ["GET /1", "GET /2"],
  },
  {
    name: "A higher minor version of HTTP/1 is served as 1.1",
    rfc:
      'RFC 9110 2.5: with a higher minor version a recipient "SHOULD process the message as if it was in the highest minor version within that major version to which the recipient is conformant"',
    send: line("GET / HTTP/1.7"),
    expect: [200],
    then: "open",
  },

  refused("White space before the method", LINE, line(" GET / HTTP/1.1")),
  refused("A tab before the method", LINE, line("\tGET / HTTP/1.1")),
  refused("A second space after the method", LINE, line("GET  / HTTP/1.1")),
  refused("A second space after the target", LINE, line("GET /  HTTP/1.1")),
  refused("A tab after the method", LINE, line("GET\t/ HTTP/1.1")),
  refused("A tab after the target", LINE, line("GET /\tHTTP/1.1")),
  refused("A space after the version", LINE, line("GET / HTTP/1.1 ")),
  refused("A tab after the version", LINE, line("GET / HTTP/1.1\t")),
  refused("A space within the target", LINE, line("GET /a b HTTP/1.1")),
  refused("A vertical tab in place of a space", LINE, line("GET\v/ HTTP/1.1")),
  refused("A form feed in place of a space", LINE, line("GET /\fHTTP/1.1")),
  refused("A method that is no token", LINE, line("GE(T / HTTP/1.1")),
  refused("A method with a high byte", LINE, line("G\xc9T / HTTP/1.1")),
  refused("A missing method", LINE, line("/ HTTP/1.1")),
  refused("A missing target", LINE, line("GET HTTP/1.1")),
  refused("An empty target", LINE, line("GET  HTTP/1.1")),
  refused("A request line of HTTP/0.9", LINE, line("GET /")),
  refused("A request line without anything", LINE, line("GET")),
  refused("A second empty line before a request", LINE, `\r\n\r\n${line("GET / HTTP/1.1")}`),
  refused("A TLS hello on a plain connection", LINE, "\x16\x03\x01\x00\xa5\x01\r\n\r\n"),

  refused("NUL in the method", LINE, line("G\0T / HTTP/1.1")),
  refused("NUL in the target", LINE, line("GET /\0 HTTP/1.1")),
  refused("A control character in the target", LINE, line("GET /\x01 HTTP/1.1")),
  refused("DEL in the target", LINE, line("GET /\x7f HTTP/1.1")),
  refused("A fragment in the target", LINE, line("GET /#a HTTP/1.1")),

  refused("A bare CR in the method", BARE_CR, line("GE\rT / HTTP/1.1")),
  refused("A bare CR in the target", BARE_CR, line("GET /\ra HTTP/1.1")),
  refused("A bare CR after the version", BARE_CR, line("GET / HTTP/1.1\r")),
  refused("A bare CR in place of a line end", BARE_CR, "GET / HTTP/1.1\rHost: a\r\n\r\n"),
  refused("A bare CR before a request", BARE_CR, `\r${line("GET / HTTP/1.1")}`),
  refused("A bare LF after the request line", BARE_LF, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
  refused("A bare LF everywhere", BARE_LF, "GET / HTTP/1.1\nHost: a\n\n"),
  refused("A bare LF in the target", BARE_LF, line("GET /\na HTTP/1.1")),
  refused("A bare LF before a request", BARE_LF, `\n${line("GET / HTTP/1.1")}`),
  refused("A bare LF as the end of the head", BARE_LF, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
  refused("LF CR as a line end", BARE_LF, "GET / HTTP/1.1\n\rHost: a\n\r\n\r"),

  ...[
    "HTTP/1",
    "HTTP/1.",
    "HTTP/.1",
    "HTTP/1.10",
    "HTTP/01.1",
    "HTTP/1.1x",
    "HTTP/x.1",
    "HTTP/1,1",
    "HTTP/1 1",
    "HTTP /1.1",
    "HTTP/ 1.1",
    "http/1.1",
    "Http/1.1",
    "HTTPS/1.1",
    "HTTP-1.1",
    "HTTP/-1.1",
    "HTTP/1.\xb2",
    "ICY/1.1",
    "1.1",
  ].map((version) =>
    refused(`The version ${JSON.stringify(version)}`, VERSION, line(`GET / ${version}`))
  ),
  ...["HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/9.1"].map((version) =>
    refused(
      `The version "${version}"`,
      'RFC 9110 15.6.6: "505 … the server does not support … the major version of HTTP that was used"',
      line(`GET / ${version}`),
      505,
    )
  ),
  refused(
    "The preface of HTTP/2",
    "RFC 9110 15.6.6: 505 for a major version that is not spoken",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    505,
  ),
  {
    name: "A request line that is refused as HEAD is answered without a body",
    rfc: 'RFC 9110 9.3.2: to HEAD "the server MUST NOT send content in the response"',
    send: line("HEAD / HTTP/2.0"),
    methods: ["HEAD"],
    expect: [505],
    then: "closed",
    seen: [],
  },
  {
    name: "The handler gets the target as it was sent",
    rfc: 'RFC 9112 3.2: "No whitespace is allowed in the request-target"; all else is kept',
    send: line("GET //a/../%2e/%00?x=?&y=/:@!$'()*+,; HTTP/1.1"),
    expect: [200],
    then: "open",
    seen: ["GET //a/../%2e/%00?x=?&y=/:@!$'()*+,;"],
  },
  {
    name: "A target over the limit is refused with 414",
    rfc:
      'RFC 9112 3: "A server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414"',
    send: line(`GET /${"x".repeat(100)} HTTP/1.1`),
    expect: [414],
    then: "closed",
    seen: [],
    options: { maxTargetBytes: 100 },
    check: ([answer]) => assertOwnAnswer(answer!, 414),
  },
  {
    name: "A request line over the head's limit is refused with 414",
    rfc:
      'RFC 9112 3: "A server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414"',
    send: `GET /${"x".repeat(400)}`,
    expect: [414],
    then: "closed",
    seen: [],
    options: { maxHeadBytes: 300 },
    check: ([answer]) => assertOwnAnswer(answer!, 414),
  },
  {
    name: "A head over the limit is refused with 431",
    rfc: "RFC 6585 5: 431 Request Header Fields Too Large",
    send: `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(400)}\r\n\r\n`,
    expect: [431],
    then: "closed",
    seen: [],
    options: { maxHeadBytes: 300 },
    check: ([answer]) => assertOwnAnswer(answer!, 431),
  },
  {
    name: "A version is not compared with what is behind it",
    rfc: VERSION,
    send: line("GET /HTTP/1.1 HTTP/1.1"),
    expect: [200],
    then: "open",
    seen: ["GET /HTTP/1.1"],
    handler: report,
    check: ([answer]) => assertEquals(answer!.body, "GET /HTTP/1.1 "),
  },
]);
