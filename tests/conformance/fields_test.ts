// Field lines (RFC 9112 5, RFC 9110 5): what is refused, and what the handler gets of the others.

import { assertEquals } from "@std/assert";
import type { Handler } from "../../server/mod.ts";
import { assertOwnAnswer, type Case, testCases } from "./support.ts";

/** Tells the fields but Host, as record and as lines. */
const tellFields: Handler = (con, req) => {
  const record = Object.entries(req.headers).filter(([name]) => name !== "host");
  const lines = req.rawHeaders.filter(([name]) => name !== "Host");
  con.send(JSON.stringify({ record, lines }));
};

const get = (fields: string): string => `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const SPACE =
  'RFC 9112 5.1: "A server MUST reject, with a response status code of 400, any received request message that contains whitespace between a header field name and colon"';
const FOLD =
  'RFC 9112 5.2: "A server that receives an obs-fold in a request message … MUST either reject the message by sending a 400 … or replace"; here it is refused';
const NAME = 'RFC 9110 5.1: "field-name = token"';
const VALUE =
  'RFC 9110 5.5: "a recipient of CR, LF, or NUL within a field value MUST either reject the message or replace"; other controls are invalid too';
const FIRST =
  'RFC 9112 2.2: "A recipient that receives whitespace between the start-line and the first header field MUST either reject the message as invalid or consume" it';

function refused(name: string, rfc: string, fields: string): Case {
  return {
    name: `${name} is refused with 400`,
    rfc,
    send: get(fields),
    expect: [400],
    then: "closed",
    seen: [],
    check: ([answer]) => assertOwnAnswer(answer!, 400),
  };
}

function told(
  name: string,
  rfc: string,
  fields: string,
  record: string[][],
  lines: string[][],
): Case {
  return {
    name,
    rfc,
    send: get(fields),
    expect: [200],
    then: "open",
    handler: tellFields,
    check: ([answer]) => assertEquals(JSON.parse(utf8(answer!.body)), { record, lines }),
  };
}

function utf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

testCases("fields", [
  refused("A space before the colon", SPACE, "X : y\r\n"),
  refused("A tab before the colon", SPACE, "X\t: y\r\n"),
  refused(
    "A space before the colon of Transfer-Encoding",
    SPACE,
    "Transfer-Encoding : chunked\r\n",
  ),
  refused("A line folded with a space", FOLD, "X: y\r\n z\r\n"),
  refused("A line folded with a tab", FOLD, "X: y\r\n\tz\r\n"),
  refused("A fold without content", FOLD, "X: y\r\n \r\n"),
  refused("A fold that hides a field", FOLD, "X: y\r\n Transfer-Encoding: chunked\r\n"),
  refused("An empty name", NAME, ": y\r\n"),
  refused("A line without a colon", NAME, "X\r\n"),
  refused("A space in a name", NAME, "X Y: z\r\n"),
  refused("A name with a separator", NAME, "X(Y): z\r\n"),
  refused("A name with a slash", NAME, "X/Y: z\r\n"),
  refused("A name with a quote", NAME, '"X": z\r\n'),
  refused("A name with a high byte", NAME, "X\xc4: z\r\n"),
  refused("A name with NUL", NAME, "X\0: z\r\n"),
  refused("A name with a control character", NAME, "X\x1f: z\r\n"),
  refused("A name with CR", NAME, "X\r: z\r\n"),
  refused("NUL in a value", VALUE, "X: y\0z\r\n"),
  refused("A bare CR in a value", VALUE, "X: y\rz\r\n"),
  refused("A bare CR that hides a field", VALUE, "X: y\rContent-Length: 5\r\n"),
  refused("A bare LF in a value", VALUE, "X: y\nz\r\n"),
  refused("A bare LF that hides a field", VALUE, "X: y\nContent-Length: 5\r\n"),
  refused("CR CR LF as a line end", VALUE, "X: y\r\r\n"),
  refused("A control character in a value", VALUE, "X: \x0b\r\n"),
  refused("Escape in a value", VALUE, "X: \x1b[0m\r\n"),
  refused("DEL in a value", VALUE, "X: \x7f\r\n"),
  {
    ...refused("White space before the first field", FIRST, ""),
    send: "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
  },
  {
    ...refused("A blank line that is not empty", FIRST, ""),
    send: "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n",
  },

  told(
    "White space around a value is not part of it",
    'RFC 9112 5.1: "field-line = field-name ":" OWS field-value OWS"',
    "A:b\r\nC: \t d e\t \r\nF:\r\nG: \t\r\n",
    [["a", "b"], ["c", "d e"], ["f", ""], ["g", ""]],
    [["A", "b"], ["C", "d e"], ["F", ""], ["G", ""]],
  ),
  told(
    "Names are case-insensitive and repeats are joined in order",
    'RFC 9110 5.3: "combine multiple field lines … by appending each subsequent field line value … in order, separated by a comma"',
    "X-A: 1\r\nx-b: 2\r\nX-a: 3\r\n",
    [["x-a", "1, 3"], ["x-b", "2"]],
    [["X-A", "1"], ["x-b", "2"], ["X-a", "3"]],
  ),
  told(
    "Cookies are joined by semicolons",
    'RFC 9113 8.2.3: Cookie lines are joined with "the two-octet delimiter of 0x3B, 0x20 (the ASCII string "; ")"',
    "Cookie: a=1\r\ncookie: b=2\r\n",
    [["cookie", "a=1; b=2"]],
    [["Cookie", "a=1"], ["cookie", "b=2"]],
  ),
  told(
    "Every byte of a token may stand in a name",
    'RFC 9110 5.6.2: "tchar"',
    "!#$%&'*+-.^_`|~09azAZ: y\r\n",
    [["!#$%&'*+-.^_`|~09azaz", "y"]],
    [["!#$%&'*+-.^_`|~09azAZ", "y"]],
  ),
  told(
    "Bytes above ASCII in a value are opaque, a character each",
    'RFC 9110 5.5: "A recipient SHOULD treat other allowed octets in field content (i.e., obs-text) as opaque data"',
    "X: \x80\xe4\xff\r\n",
    [["x", "\x80\xe4\xff"]],
    [["X", "\x80\xe4\xff"]],
  ),
  told(
    "A colon in a value is just a character",
    "RFC 9112 5.1",
    "X: a:b : c\r\n",
    [["x", "a:b : c"]],
    [["X", "a:b : c"]],
  ),
  told(
    "Names of JavaScript's own are names like any other",
    NAME,
    "__proto__: 1\r\nconstructor: 2\r\nhasOwnProperty: 3\r\n",
    [["__proto__", "1"], ["constructor", "2"], ["hasownproperty", "3"]],
    [["__proto__", "1"], ["constructor", "2"], ["hasOwnProperty", "3"]],
  ),
  told(
    "Names that only look like one that frames do not frame",
    'RFC 9110 5.1: "field-name = token"',
    "Transfer_Encoding: chunked\r\nContent-Lengths: 5\r\nXContent-Length: 5\r\n",
    [["transfer_encoding", "chunked"], ["content-lengths", "5"], ["xcontent-length", "5"]],
    [["Transfer_Encoding", "chunked"], ["Content-Lengths", "5"], ["XContent-Length", "5"]],
  ),
  told(
    "A name that differs from one that frames in the bit of case alone is another name",
    'RFC 9110 5.1: "field-name = token"',
    "Content\rLength: 5\r\n".replace("\r", "_") + "Hos\x54: a\r\n".replace("Hos\x54", "Hos_"),
    [["content_length", "5"], ["hos_", "a"]],
    [["Content_Length", "5"], ["Hos_", "a"]],
  ),
]);
