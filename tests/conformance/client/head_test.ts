// The head of a response: status line and fields (RFC 9112 2 to 5), and what is none.

import { assertEquals } from "@std/assert";
import { accepted, type Case, refused, testCases } from "./support.ts";

const STATUS_LINE =
  'RFC 9112 4: "status-line = HTTP-version SP status-code SP [ reason-phrase ]"; "status-code = 3DIGIT"';
const VERSION = 'RFC 9112 2.3: "HTTP-name = %x48.54.54.50 ; HTTP"; case-sensitive';
const COLON =
  'RFC 9112 5.1: "A proxy MUST remove any such whitespace from a response message before forwarding"; a user agent that takes the name with its blank reads another field than the proxy';
const FOLD =
  'RFC 9112 5.2: "A user agent that receives an obs-fold in a response message that is not within a message/http container MUST replace each received obs-fold with one or more SP octets prior to interpreting the field value"';
const BLANK_LINE =
  'RFC 9112 2.2: "A recipient that receives whitespace between the start-line and the first header field MUST either reject the message as invalid or consume each whitespace-preceded line without further processing of it"';
const LINE_END =
  'RFC 9112 2.2: "a recipient MAY recognize a single LF as a line terminator": this one does not';
const BARE_CR =
  'RFC 9112 2.2: "A recipient of such a bare CR MUST consider that element to be invalid or replace each bare CR with SP"';
const VALUE =
  'RFC 9110 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous"';
const NAME = 'RFC 9110 5.1: "field-name = token"';
const PERSIST =
  'RFC 9112 9.3: "If the received protocol is HTTP/1.0, the \\"keep-alive\\" connection option is present ... the connection will persist"';
const OLD = "RFC 9112 2.3: a response that does not begin with HTTP-version is none";

const LENGTH = "Content-Length: 2\r\n";

function ok(fields: string): string {
  return `HTTP/1.1 200 OK\r\n${fields}${LENGTH}\r\nhi`;
}

function withStart(start: string): string {
  return `${start}\r\n${LENGTH}\r\nhi`;
}

/** A delivered response with a status line of its own. */
function status(
  name: string,
  start: string,
  code: number,
  reason: string,
  then: Case["then"] = "reused",
): Case {
  return {
    name,
    rfc: STATUS_LINE,
    send: withStart(start),
    expect: { code, body: "hi" },
    then,
    check: ({ response }) => assertEquals(response!.status, reason),
  };
}

const statusLines: Case[] = [
  status("The reason is delivered", "HTTP/1.1 200 All is well", 200, "All is well"),
  status("The reason may be empty", "HTTP/1.1 200 ", 200, ""),
  status("The blank before an empty reason may be missing", "HTTP/1.1 200", 200, ""),
  status(
    "The reason may have any byte of a field value",
    "HTTP/1.1 200 \t\xe4 \x80",
    200,
    "\t\xe4 \x80",
  ),
  status("A status of its own class is delivered", "HTTP/1.1 599 Own", 599, "Own"),
  status("404 is a response like any other", "HTTP/1.1 404 Not Found", 404, "Not Found"),
  status("A later minor version is read as 1.1", "HTTP/1.9 200 OK", 200, "OK"),
  status("HTTP/1.0 closes by default", "HTTP/1.0 200 OK", 200, "OK", "closed"),
  {
    ...accepted(
      "HTTP/1.0 with keep-alive persists",
      PERSIST,
      `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n${LENGTH}\r\nhi`,
      "hi",
    ),
  },
  ...[
    ["A lowercase name of the protocol", "http/1.1 200 OK"],
    ["Two blanks before the status", "HTTP/1.1  200 OK"],
    ["A tab before the status", "HTTP/1.1\t200 OK"],
    ["A status of two digits", "HTTP/1.1 20 OK"],
    ["A status of four digits", "HTTP/1.1 2000 OK"],
    ["A status with a sign", "HTTP/1.1 +20 OK"],
    ["A status 000", "HTTP/1.1 000 OK"],
    ["A status 099", "HTTP/1.1 099 OK"],
    ["No status", "HTTP/1.1 OK"],
    ["A version of three parts", "HTTP/1.1.1 200 OK"],
    ["A version of two digits", "HTTP/1.10 200 OK"],
    ["A version without its minor part", "HTTP/1 200 OK"],
    ["A blank in front", " HTTP/1.1 200 OK"],
    ["An empty line in front", "\r\nHTTP/1.1 200 OK"],
    ["A NUL in the reason", "HTTP/1.1 200 O\0K"],
    ["A bare carriage return in the reason", "HTTP/1.1 200 O\rK"],
    ["A byte order mark in front", "\xef\xbb\xbfHTTP/1.1 200 OK"],
    ["Another protocol", "ICY 200 OK"],
    ["A request line", "GET / HTTP/1.1"],
  ].map(([name, start]) =>
    refused(
      name!,
      name === "A lowercase name of the protocol" ? VERSION : STATUS_LINE,
      withStart(start!),
      "bad_status_line",
    )
  ),
  refused("HTTP/2.0 in the status line", VERSION, withStart("HTTP/2.0 200 OK"), "bad_version"),
  refused("HTTP/0.9 in the status line", VERSION, withStart("HTTP/0.9 200 OK"), "bad_version"),
  refused("The settings frame of HTTP/2", OLD, "\0\0\0\x04\0\0\0\0\0", "bad_status_line"),
  refused("The preface of HTTP/2", OLD, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "bad_status_line"),
  refused("A TLS alert", OLD, "\x15\x03\x01\0\x02\x02\x16", "bad_status_line"),
  refused("The greeting of another server", OLD, "220 mail.example ESMTP\r\n", "bad_status_line"),
  {
    ...refused("A bare document of HTTP/0.9", OLD, "<html>hello</html>", "bad_status_line"),
    fin: true,
  },
  {
    ...refused("A document that begins like HTTP", OLD, "HTTP is a protocol", "bad_status_line"),
    fin: true,
  },
];
testCases("status lines", statusLines);

/** A delivered response with one field of interest. */
function field(name: string, rfc: string, lines: string, value: string, key = "x-a"): Case {
  return {
    name,
    rfc,
    send: ok(lines),
    expect: { code: 200, body: "hi", headers: { [key]: value } },
    then: "reused",
  };
}

const fields: Case[] = [
  field("Blanks around a value are no part of it", VALUE, "X-A: \t b c \t\r\n", "b c"),
  field("No blank is needed behind the colon", VALUE, "X-A:b\r\n", "b"),
  field("A value may be empty", VALUE, "X-A:\r\n", ""),
  field("Names have no case", NAME, "X-a: 1\r\nx-A: 2\r\n", "1, 2"),
  field("obs-text stays bytes", VALUE, "X-A: \xe4\xff\r\n", "\xe4\xff"),
  field("A folded line is joined with blanks", FOLD, "X-A: b\r\n c\r\n", "b   c"),
  field("A fold may begin with a tab", FOLD, "X-A: b\r\n\tc\r\n", "b  \tc"),
  field("Several folds are joined", FOLD, "X-A: b\r\n c\r\n d\r\n", "b   c   d"),
  field("A fold before the value is no part of it", FOLD, "X-A:\r\n b\r\n", "b"),
  {
    ...accepted(
      "A folded Content-Length counts",
      FOLD,
      "HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nhi",
      "hi",
    ),
  },
  {
    ...accepted(
      "150 fields are accepted",
      'RFC 9110 5.4: "HTTP does not place a predefined limit on the length of each field line ..., or on the number"',
      ok(Array.from({ length: 150 }, (_, i) => `X-${i}: ${i}\r\n`).join("")),
      "hi",
    ),
    check: ({ response }) =>
      assertEquals([response!.rawHeaders.length, response!.headers["x-149"]], [151, "149"]),
  },
  {
    ...accepted(
      "A field of 20 KB is accepted",
      "RFC 9110 5.4: see above",
      ok(`X-Long: ${"x".repeat(20_000)}\r\n`),
      "hi",
    ),
    check: ({ response }) => assertEquals(response!.headers["x-long"]?.length, 20_000),
  },
  {
    ...accepted(
      "Set-Cookie is kept apart",
      'RFC 9110 5.3: "the Set-Cookie header field ... often appears in a response message across multiple field lines and does not use the list syntax"',
      ok("Set-Cookie: a=1\r\nSet-Cookie: b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT\r\n"),
      "hi",
    ),
    check: ({ response }) =>
      assertEquals(response!.setCookies, ["a=1", "b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT"]),
  },
  {
    ...accepted(
      "A field __proto__ is a field",
      NAME,
      ok("__proto__: x\r\nconstructor: y\r\n"),
      "hi",
    ),
    check: ({ response }) => {
      assertEquals(Object.keys(response!.headers).slice(0, 2), ["__proto__", "constructor"]);
      assertEquals(response!.headers["toString"], undefined);
    },
  },
  refused("A blank before the colon", COLON, ok("X-A : b\r\n"), "bad_field"),
  refused("A tab before the colon", COLON, ok("X-A\t: b\r\n"), "bad_field"),
  refused(
    "A blank before Content-Length's colon",
    COLON,
    "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nhi",
    "bad_field",
  ),
  refused(
    "A fold of the status line",
    BLANK_LINE,
    "HTTP/1.1 200 OK\r\n X-A: b\r\n\r\n",
    "bad_field",
  ),
  refused("A head with line feeds only", LINE_END, ok("").replaceAll("\r\n", "\n"), "bad_field"),
  refused("One line feed alone", LINE_END, ok("X-A: b\nX-B: c\r\n"), "bad_field"),
  refused(
    "A line feed as the empty line",
    LINE_END,
    `HTTP/1.1 200 OK\r\n${LENGTH}\nhi`,
    "bad_field",
  ),
  refused("A bare carriage return in a value", BARE_CR, ok("X-A: b\rc\r\n"), "bad_field"),
  refused("A carriage return too many", BARE_CR, ok("X-A: b\r\r\n"), "bad_field"),
  refused("A NUL in a value", VALUE, ok("X-A: b\0c\r\n"), "bad_field"),
  refused("A DEL in a value", VALUE, ok("X-A: b\x7fc\r\n"), "bad_field"),
  refused("An escape in a value", VALUE, ok("X-A: b\x1bc\r\n"), "bad_field"),
  refused("A NUL in a name", NAME, ok("X\0A: b\r\n"), "bad_field"),
  refused("An empty name", NAME, ok(": b\r\n"), "bad_field"),
  refused("A line without a colon", NAME, ok("X-A\r\n"), "bad_field"),
  refused("A byte beyond ASCII in a name", NAME, ok("X-\xe4: b\r\n"), "bad_field"),
  refused("A separator in a name", NAME, ok("X(A): b\r\n"), "bad_field"),
];
testCases("fields", fields);
