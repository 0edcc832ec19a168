import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { findHeadEnd } from "../../wire/bytes.ts";
import { HttpError } from "../../wire/errors.ts";
import { checkResponseStart, linesOf, parseResponseHead } from "../../wire/response_head.ts";
import { bytesOf, splitsOf } from "./fakes.ts";

/** Parses a head that arrives in pieces; whatever comes of it, in a form that can be compared. */
function outcome(pieces: readonly string[], maxFields = 128): string {
  const before = "stale\r\n\r\n";
  const window = bytesOf(`${before}${pieces.join("")} OK\r\n\r\n`);
  const start = before.length;
  let scanned = start;
  try {
    for (const piece of pieces) {
      const end = findHeadEnd(window, start, scanned, scanned + piece.length);
      if (end >= 0) {
        const head = parseResponseHead(window, start, end, { maxFields });
        const fields = head.fields.raw().map((field) => field.join("="));
        return [head.status, head.reason, head.minorVersion, ...fields].join("|");
      }
      scanned += piece.length;
    }
  } catch (error) {
    assertInstanceOf(error, HttpError, JSON.stringify(pieces.join("")));
    return error.code;
  }
  return "more";
}

function check(cases: readonly (readonly [string, string])[]): void {
  for (const [text, expected] of cases) {
    for (const pieces of splitsOf(text)) {
      assertEquals(outcome(pieces), expected, JSON.stringify(pieces));
      if (expected !== "more") {
        const last = `${pieces.at(-1)} trailing\r\n\r\n`;
        assertEquals(outcome([...pieces.slice(0, -1), last]), expected, JSON.stringify(text));
      }
    }
  }
}

Deno.test("parseResponseHead() reads responses, whole and in pieces", () => {
  check([
    ["HTTP/1.1 200 OK\r\n\r\n", "200|OK|1"],
    ["HTTP/1.0 200 OK\r\n\r\n", "200|OK|0"],
    ["HTTP/1.1 100 Continue\r\n\r\n", "100|Continue|1"],
    ["HTTP/1.1 599 \r\n\r\n", "599||1"],
    ["HTTP/1.1 200\r\n\r\n", "200||1"],
    ["HTTP/1.1 404 Not Found\r\nServer: a\r\n\r\n", "404|Not Found|1|Server=a"],
    ["HTTP/1.1 200 \xc4 b\tc\r\nA: b\r\n\r\n", "200|\xc4 b\tc|1|A=b"],
    ["HTTP/1.1 200  two\r\n\r\n", "200| two|1"],
    ["HTTP/1.1 200 OK\r\nA: b\r\nA: c\r\n\r\n", "200|OK|1|A=b|A=c"],
  ]);
});

Deno.test("parseResponseHead() joins folded lines (RFC 9112 5.2)", () => {
  check([
    ["HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "200|OK|1|A=b   c"],
    ["HTTP/1.1 200 OK\r\nA:\r\n\tc\r\nD: e\r\n\r\n", "200|OK|1|A=c|D=e"],
  ]);
});

Deno.test("parseResponseHead() refuses a fold of the status line (RFC 9112 2.2)", () => {
  check([
    ["HTTP/1.1 200 OK\r\n A: b\r\n\r\n", "bad_field"],
    ["HTTP/1.1 200 OK\r\n\tA: b\r\nC: d\r\n\r\n", "bad_field"],
    ["HTTP/1.1 200\r\n OK\r\n\r\n", "bad_field"],
  ]);
});

Deno.test("checkResponseStart() refuses at once what cannot become a response", () => {
  const check = (text: string): void => {
    const window = bytesOf(`stale${text}HTTP/ `);
    checkResponseStart(window, 5, 5 + text.length);
  };
  for (const text of ["", "H", "HTTP", "HTTP/", "HTTP/1.1 200", "HTTP/x"]) check(text);
  for (const text of ["h", " ", "\r", "HT\0", "HTTP ", "220 ready", "\0\0\0\x04"]) {
    const error = assertThrows(() => check(text), HttpError);
    assertEquals(error.code, "bad_status_line");
  }
});

Deno.test("parseResponseHead() needs more until the empty line is there", () => {
  check([
    ["HTTP/1.1 200 OK", "more"],
    ["HTTP/1.1 200 OK\r\nA: b\r\n", "more"],
    ["HTTP/1.1 200 OK\r\nA: b\r\n\r", "more"],
  ]);
});

Deno.test("parseResponseHead() refuses malformed status lines", () => {
  const lines = [
    "",
    "HTTP/1.1",
    "HTTP/1.1 ",
    "HTTP/1.1 20",
    "HTTP/1.1 2000 OK",
    "HTTP/1.1 20x OK",
    "HTTP/1.1 600 Many",
    "HTTP/1.1 000 None",
    "HTTP/1.1 099 None",
    "HTTP/1.1  200 OK",
    "HTTP/1.1\t200 OK",
    "HTTP/1.1 200\tOK",
    "http/1.1 200 OK",
    "ICY 200 OK",
    "HTTP/11.1 200 OK",
    " HTTP/1.1 200 OK",
    "HTTP/1.1 200 O\0K",
    "HTTP/1.1 200 O\x7fK",
    "HTTP/1.1 200 O\rK",
    "HTTP/1.1 200 OK\r",
  ];
  check(lines.map((line) => [`${line}\r\nA: b\r\n\r\n`, "bad_status_line"] as const));
});

Deno.test("parseResponseHead() refuses other major versions", () => {
  check([
    ["HTTP/2.0 200 OK\r\n\r\n", "bad_version"],
    ["HTTP/0.9 200 OK\r\n\r\n", "bad_version"],
  ]);
});

Deno.test("parseResponseHead() refuses malformed fields and too many of them", () => {
  check([
    ["HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "bad_field"],
    ["HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "bad_field"],
    ["HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n", "bad_field"],
    ["HTTP/1.1 200 OK\r\nA\r\n\r\n", "bad_field"],
    ["HTTP/1.1 200 OK\r\nA: b\n\r\n", "bad_field"],
    ["HTTP/1.1 200 OK\n\n", "bad_field"],
  ]);
  assertEquals(outcome(["HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n"], 2), "200|OK|1|A=b|C=d");
  assertEquals(outcome(["HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nE: f\r\n\r\n"], 2), "limit");
});

Deno.test("the lines of a head are made once", () => {
  const bytes = bytesOf("HTTP/1.1 200 OK\r\nB: 1\r\na: 2\r\nB: 3\r\n\r\n");
  const head = parseResponseHead(bytes, 0, bytes.length, { maxFields: 3 });
  assertEquals(linesOf(head), [["B", "1"], ["a", "2"], ["B", "3"]]);
  assertStrictEquals(linesOf(head), linesOf(head));
});
