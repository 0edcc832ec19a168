import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { findHeadEnd } from "../../wire/bytes.ts";
import { HttpError, LimitError } from "../../wire/errors.ts";
import { parseRequestHead, type RequestHead } from "../../wire/request_head.ts";
import { bytesOf, splitsOf } from "./fakes.ts";

const LIMITS = { maxTargetBytes: 8192, maxFields: 128 };

/**
 * Parses a head that arrives in pieces, at some place of a window with stale bytes behind it; or
 * tells that it is not all there.
 */
function parse(pieces: readonly string[], limits = LIMITS): RequestHead | undefined {
  const text = pieces.join("");
  const before = "x\r\n\r\n";
  const window = bytesOf(`${before}${text}HTTP/1.1\r\n\r\n`);
  const start = before.length;
  let scanned = start;
  for (const piece of pieces) {
    const end = findHeadEnd(window, start, scanned, scanned + piece.length);
    if (end >= 0) {
      return parseRequestHead(window, start, end, text.slice(0, end - start), limits);
    }
    scanned += piece.length;
  }
}

/** Whatever comes of it, in a form that can be compared. */
function outcome(pieces: readonly string[], limits = LIMITS): string {
  try {
    const head = parse(pieces, limits);
    if (head === undefined) return "more";
    const { method, target, minorVersion, fields } = head;
    return [method, target, minorVersion, ...fields.raw().map((field) => field.join("="))].join(
      " ",
    );
  } catch (error) {
    assertInstanceOf(error, HttpError, JSON.stringify(pieces.join("")));
    return `${error.code} ${error.status}`;
  }
}

function check(cases: readonly (readonly [string, string])[]): void {
  for (const [text, expected] of cases) {
    for (const pieces of splitsOf(text)) {
      const what = JSON.stringify(pieces.length === 2 ? pieces : text);
      assertEquals(outcome(pieces), expected, what);
      if (expected !== "more") {
        const last = `${pieces.at(-1)}trailing\r\nbytes\r\n\r\n`;
        assertEquals(outcome([...pieces.slice(0, -1), last]), expected, `${what} and more`);
      }
    }
  }
}

Deno.test("parseRequestHead() reads requests, whole and in pieces", () => {
  check([
    ["GET / HTTP/1.1\r\n\r\n", "GET / 1"],
    ["GET / HTTP/1.0\r\n\r\n", "GET / 0"],
    ["GET / HTTP/1.9\r\n\r\n", "GET / 9"],
    ["get / HTTP/1.1\r\n\r\n", "get / 1"],
    ["M-SEARCH * HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH * 1 Host=a"],
    ["!#$%&'*+-.^_`|~ / HTTP/1.1\r\n\r\n", "!#$%&'*+-.^_`|~ / 1"],
    ["GET /a?b=c%20d&e HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", "GET /a?b=c%20d&e 1 Host=a X=y"],
    ["GET http://a:80/b HTTP/1.1\r\nHost: c\r\n\r\n", "GET http://a:80/b 1 Host=c"],
    ["CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "CONNECT a:443 1 Host=a:443"],
    ["OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1 Host=a"],
    ["GET /\xc3\xa4\xff HTTP/1.1\r\n\r\n", "GET /\xc3\xa4\xff 1"],
    ['GET /"<>[]^`{|}\\ HTTP/1.1\r\n\r\n', 'GET /"<>[]^`{|}\\ 1'],
  ]);
});

Deno.test("parseRequestHead() needs more until the empty line is there", () => {
  check([
    ["GET", "more"],
    ["GET / HTTP/1.1", "more"],
    ["GET / HTTP/1.1\r\n", "more"],
    ["GET / HTTP/1.1\r\nHost: a\r\n", "more"],
    ["GET / HTTP/1.1\r\nHost: a\r\n\r", "more"],
  ]);
});

Deno.test("parseRequestHead() refuses malformed request lines", () => {
  const line = "bad_request_line 400";
  const target = "bad_target 400";
  const version = "bad_version 400";
  const later = "bad_version 505";
  check([
    ["\r\n\r\n", line],
    [" / HTTP/1.1\r\n\r\n", line],
    [" GET / HTTP/1.1\r\n\r\n", line],
    ["GET\r\n\r\n", line],
    ["GET\t/ HTTP/1.1\r\n\r\n", line],
    ["G(T / HTTP/1.1\r\n\r\n", line],
    ["G\0T / HTTP/1.1\r\n\r\n", line],
    ["\x16\x03\x01 / HTTP/1.1\r\n\r\n", line],
    ["GET:/ HTTP/1.1\r\n\r\n", line],
    ["G\xc4T / HTTP/1.1\r\n\r\n", line],
    ["GET  HTTP/1.1\r\n\r\n", target],
    ["GET  / HTTP/1.1\r\n\r\n", target],
    ["GET /\r\n\r\n", target],
    ["GET / \r\n\r\n", version],
    ["GET /\tHTTP/1.1\r\n\r\n", target],
    ["GET /a\tb HTTP/1.1\r\n\r\n", target],
    ["GET /a\0b HTTP/1.1\r\n\r\n", target],
    ["GET /a\x7fb HTTP/1.1\r\n\r\n", target],
    ["GET /a#b HTTP/1.1\r\n\r\n", target],
    ["GET /a\rb HTTP/1.1\r\n\r\n", target],
    ["GET /a b HTTP/1.1\r\n\r\n", version],
    ["GET /  HTTP/1.1\r\n\r\n", version],
    ["GET / http/1.1\r\n\r\n", version],
    ["GET / HTTP/1.1 \r\n\r\n", version],
    ["GET / HTTP/1.10\r\n\r\n", version],
    ["GET / HTTP/11.1\r\n\r\n", version],
    ["GET / HTTP/1,1\r\n\r\n", version],
    ["GET / HTTP/1.\r\n\r\n", version],
    ["GET / HTTP/1\r\n\r\n", version],
    ["GET / HTTP/\r\n\r\n", version],
    ["GET / HTTP\r\n\r\n", version],
    ["GET / HTTP/x.1\r\n\r\n", version],
    ["GET / HTTP/1.x\r\n\r\n", version],
    ["GET / HTTP/-1.1\r\n\r\n", version],
    ["GET / HTCPCP/1.0\r\n\r\n", version],
    ["GET / HTTP/1.1\r\r\n\r\n", version],
    ["GET / HTTP/2.0\r\n\r\n", later],
    ["GET / HTTP/0.9\r\n\r\n", later],
    ["GET / HTTP/3.7\r\n\r\n", later],
    ["PRI * HTTP/2.0\r\n\r\n", later],
  ]);
});

Deno.test("parseRequestHead() refuses bare line feeds wherever they are", () => {
  check([
    ["\nGET / HTTP/1.1\r\n\r\n", "bad_field 400"],
    ["GET / HTTP/1.1\n\n", "bad_field 400"],
    ["GET / HTTP/1.1\n\r\n", "bad_field 400"],
    ["GET / HTTP/1.1\r\n\n", "bad_field 400"],
    ["GET / HTTP/1.1\r\nHost: a\n\r\n", "bad_field 400"],
    ["GET /\nX HTTP/1.1\r\n\r\n", "bad_field 400"],
  ]);
});

Deno.test("parseRequestHead() refuses malformed fields", () => {
  const start = "GET / HTTP/1.1\r\nHost: a\r\n";
  const lines = [
    "X : y",
    " X: y",
    "X: y\r\n z",
    "X",
    ": y",
    "X: a\rb",
    "X: \0",
    "X\xa0: y",
    "\tX: y",
  ];
  check(lines.map((line) => [`${start}${line}\r\n\r\n`, "bad_field 400"] as const));
});

Deno.test("parseRequestHead() accepts a target of maxTargetBytes and not of one more", () => {
  const head = (bytes: number): string => `GET /${"x".repeat(bytes - 1)} HTTP/1.1\r\n\r\n`;
  assertEquals(parse([head(20)], { ...LIMITS, maxTargetBytes: 20 })?.target.length, 20);
  const error = assertThrows(
    () => parse([head(21)], { ...LIMITS, maxTargetBytes: 20 }),
    LimitError,
  );
  assertEquals([error.limit, error.max, error.status], ["maxTargetBytes", 20, 414]);
  assertEquals(outcome([head(8192)]).length, 8192 + "GET  1".length);
  assertEquals(outcome([head(8193)]), "limit 414");
});

Deno.test("parseRequestHead() accepts maxFields fields and not one more", () => {
  const head = (count: number): string => `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(count)}\r\n`;
  assertEquals(parse([head(128)])?.fields.count, 128);
  assertEquals(outcome([head(129)]), "limit 431");
});

Deno.test("parseRequestHead() never reads beyond the head's end", () => {
  // The window goes on as if the version, or another field, were complete.
  const limits = { ...LIMITS };
  for (const cut of ["GET / ", "GET / HT", "GET / HTTP/1", "GET / HTTP/1."]) {
    const window = bytesOf(`${cut}\r\n\r\nTTP/1.1\r\nHost: a\r\n\r\n`);
    const end = cut.length + 4;
    const error = assertThrows(
      () => parseRequestHead(window, 0, end, `${cut}\r\n\r\n`, limits),
      HttpError,
    );
    assertEquals(error.code, "bad_version", cut);
  }
});

Deno.test("parseRequestHead() reads back every head that is built from legal parts", () => {
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
  const target = fc.stringMatching(/^[\x21\x22\x24-\x7e\x80-\xff]{1,40}$/);
  const value = fc.stringMatching(/^([\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]{0,20}[!-~])?)?$/);
  const blanks = fc.stringMatching(/^[\t ]{0,3}$/);
  const field = fc.tuple(token, blanks, value, blanks);
  fc.assert(
    fc.property(token, target, fc.nat(9), fc.array(field, { maxLength: 8 }), (...parts) => {
      const [method, uri, minor, fields] = parts;
      const lines = fields.map(([name, left, text, right]) => `${name}:${left}${text}${right}\r\n`);
      const head = parse([`${method} ${uri} HTTP/1.${minor}\r\n${lines.join("")}\r\n`])!;
      assertEquals([head.method, head.target, head.minorVersion], [method, uri, minor]);
      assertEquals(
        head.fields.raw(),
        fields.map(([name, , text]) => [name, text] as const) as never,
      );
    }),
  );
});
