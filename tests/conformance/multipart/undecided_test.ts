// What RFC 2046, RFC 7578 and the Web Platform Tests leave open, or what we decide otherwise than they do, and why.

import { assertEquals } from "@std/assert";
import { parseMultipart } from "../../../multipart/mod.ts";
import { bytesOf } from "../../wire/fakes.ts";
import { type Case, FORM, HERE, lines, MIXED, named, play, testCases } from "./support.ts";

const A = named("a");
const a = 'content-disposition: form-data; name="a"';

function form(...fields: string[]): string {
  return lines("--x", ...fields, "", "1", "--x--", "");
}

function refused(name: string, rfc: string, send: string, words: string): Case {
  return { name: `${name} is refused`, rfc, send, parts: [], error: { words } };
}

testCases("what is left open", [
  // WPT trims names of fields. RFC 9112 5.1 has requests refused for it: parsers differ in whether it is a field.
  refused(
    "A blank between a field's name and its colon",
    "WPT: accepted; here refused as in RFC 9112 5.1",
    form(`${HERE}Content-Disposition : form-data; name="a"`),
    "blank",
  ),
  refused(
    "A tab between a field's name and its colon",
    "WPT: accepted; here refused as in RFC 9112 5.1",
    form(A, `${HERE}X\t: y`),
    "blank",
  ),
  // WPT takes a first line that begins with a blank for a field. To others it is a folded line.
  refused(
    "A blank before the first field",
    "WPT: accepted; here refused as in RFC 9112 2.2",
    form(`${HERE} ${A}`),
    "blank",
  ),
  // RFC 9110 5.5 calls controls invalid. Browsers send them as they stand in a form, and WPT takes all but NUL.
  {
    name: "Control characters but NUL, CR and LF are taken",
    rfc: "WPT: accepted; RFC 9110 5.5 has them refused or replaced in fields of messages",
    send: form('Content-Disposition: form-data; name="a\x01\x1f\x7fb"'),
    parts: [{ name: "a\x01\x1f\x7fb", body: "1" }],
  },
  // WPT takes the last one. As with two dispositions, others take the first.
  refused(
    "A second Content-Type",
    "WPT: the last one wins; here refused, for parsers differ",
    form(A, "Content-Type: text/html", `${HERE}Content-Type: text/plain`),
    "Content-Type",
  ),
  // WPT fails on text before the first delimiter; RFC 2046 has it ignored, and so do we.
  {
    name: "Text before the first delimiter is skipped in forms",
    rfc:
      'WPT: failure; RFC 2046 5.1.1: "must ignore anything that appears before the first boundary delimiter"',
    send: "preamble\r\n" + form(A),
    parts: [{ name: "a", body: "1" }],
  },
  // The line break behind the close delimiter has begun and is not complete: bytes are missing.
  {
    name: "A body that ends with CR behind the close delimiter is refused",
    rfc:
      "RFC 2046 5.1.1: a line of a delimiter ends with CRLF; the CR alone is the beginning of one",
    send: `${form(A).slice(0, -1)}${HERE}`,
    parts: [],
    error: { words: "ends" },
  },
  {
    name: "Padding of 1024 blanks is skipped",
    rfc: "RFC 2046 5.1.1: receivers handle padding; how much is left to them",
    send: `--x${" \t".repeat(512)}\r\n${A}\r\n\r\n1\r\n--x--${" ".repeat(1024)}\r\n`,
    parts: [{ name: "a", body: "1" }],
  },
  refused(
    "Padding of 1025 blanks",
    "RFC 2046 5.1.1: receivers handle padding; how much is left to them",
    `--x${" ".repeat(1024)}${HERE} \r\n${A}\r\n\r\n1\r\n--x--`,
    "delimiter",
  ),
  {
    name: "A part of multipart/mixed may be called form-data and have no name",
    rfc: "RFC 2046 5.1.1: what a disposition means is left to RFC 2183",
    contentType: MIXED,
    send: form("Content-Disposition: form-data"),
    parts: [{ name: "", fields: ["content-disposition: form-data"], body: "1" }],
  },
  {
    name: "A malformed disposition is refused in multipart/mixed as well",
    rfc: "RFC 2183 2: parsers differ in what they make of it",
    contentType: MIXED,
    send: form(`${HERE}Content-Disposition: inline; filename="a"b`),
    parts: [],
    error: { words: "filename" },
  },
  {
    name: "A Content-Type that is no media type is told as it is",
    rfc: "WPT: ignored; here the caller decides",
    send: form(A, "Content-Type: text"),
    parts: [{ name: "a", contentType: "text", fields: [a, "content-type: text"], body: "1" }],
  },
  // Senders forget the quotes: `=` and `/` are legal in boundaries and not in tokens.
  {
    name: "A boundary that should stand in quotes is taken without",
    rfc:
      "RFC 2045 5.1: a value with tspecials must be quoted; here taken, since it can be read in one way",
    contentType: "multipart/form-data; boundary=----=_Part_1:2/3",
    send: `------=_Part_1:2/3\r\n${A}\r\n\r\n1\r\n------=_Part_1:2/3--`,
    parts: [{ name: "a", body: "1" }],
  },
]);

Deno.test("Repeats of other fields are told one by one, and joined in a part's headers", async () => {
  const body = form(A, "X: y", "Z: 1", "x: ", "X: z");
  assertEquals(play([body], FORM).events.slice(0, -2), [a, "x: y", "z: 1", "x: ", "x: z"]);
  const seen: unknown[] = [];
  for await (const { headers } of parseMultipart([bytesOf(body)], FORM)) seen.push([...headers]);
  const disposition = a.slice(a.indexOf(":") + 2);
  assertEquals(seen, [[["content-disposition", disposition], ["x", "y, , z"], ["z", "1"]]]);
});
