import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { HttpError, LimitError, ProtocolError } from "../../wire/errors.ts";
import { blankFolds, type FieldSection, parseFieldSection } from "../../wire/field_section.ts";
import { bytesOf, textOf } from "./fakes.ts";

/** Parses a section that stands between other bytes in its window. */
function parse(section: string, maxFields = 128, limitStatus = 431): FieldSection {
  const window = bytesOf(`Stale: head\r\n\r\n${section}Stale: tail\r\n\r\n`);
  const start = "Stale: head\r\n\r\n".length;
  return parseFieldSection(window, start, start + section.length, section, {
    maxFields,
    limitStatus,
  });
}

Deno.test("parseFieldSection() reads lines with and without the empty line behind them", () => {
  const cases: [string, string[][]][] = [
    ["", []],
    ["\r\n", []],
    ["A: b\r\n", [["A", "b"]]],
    ["A: b\r\n\r\n", [["A", "b"]]],
    ["A:b\r\nA:\r\nC: \t d \t\r\n\r\n", [["A", "b"], ["A", ""], ["C", "d"]]],
    ["!#$%&'*+-.^_`|~09azAZ: x\r\n", [["!#$%&'*+-.^_`|~09azAZ", "x"]]],
    ["A: \x21\x7e\x80\xff\ta\r\n", [["A", "\x21\x7e\x80\xff\ta"]]],
    ['A: b: c, d="e"\r\n', [["A", 'b: c, d="e"']]],
  ];
  for (const [section, fields] of cases) {
    const parsed = parse(section);
    assertEquals(parsed.raw() as string[][], fields, JSON.stringify(section));
    assertEquals(parsed.count, fields.length);
  }
});

Deno.test("parseFieldSection() keeps the fields that frame a message, in any case", () => {
  const parsed = parse(
    "HOST: a\r\ncontent-LENGTH: 5\r\nTransfer-Encoding: gzip\r\nexpect: 100-continue\r\n" +
      "Connection:close\r\nTransfer-encoding: \t chunked \t\r\nCONNECTION: x\r\n" +
      "Content-Length: 6\r\nExpect: more\r\n\r\n",
  );
  assertEquals(parsed.hosts, 1);
  assertEquals(parsed.host, "a");
  assertEquals(parsed.contentLength, "5, 6");
  assertEquals(parsed.transferEncoding, "gzip, chunked");
  assertEquals(parsed.connection, "close, x");
  assertEquals(parsed.expect, "100-continue, more");
  const { hosts, host } = parse("Host: a\r\nHost: b\r\n\r\n");
  assertEquals([hosts, host], [2, "b"]);
});

Deno.test("parseFieldSection() takes no other field for one that frames a message", () => {
  const names = [
    "Hos",
    "Hosts",
    "H0st",
    "\x7eost",
    "Content_Length",
    "Content-Lengths",
    "onnection",
  ];
  names.push("Expec+", "Transfer.Encoding", "content-lengti", "connect-ion", "X-Host");
  const parsed = parse(names.map((name) => `${name}: 1\r\n`).join("") + "\r\n");
  assertEquals(parsed.count, names.length);
  assertEquals(
    [parsed.hosts, parsed.host, parsed.contentLength, parsed.transferEncoding, parsed.connection],
    [0, undefined, undefined, undefined, undefined],
  );
  assertEquals(parsed.expect, undefined);
});

Deno.test("parseFieldSection() tells an empty field from none", () => {
  const parsed = parse("Host:\r\nContent-Length: \r\nTransfer-Encoding:\t\r\n");
  assertEquals([parsed.hosts, parsed.host], [1, ""]);
  assertEquals([parsed.contentLength, parsed.transferEncoding], ["", ""]);
});

Deno.test("parseFieldSection() refuses malformed lines", () => {
  const cases = [
    ": b\r\n",
    "A\r\n",
    "A b\r\n",
    "A : b\r\n",
    "A\t: b\r\n",
    " A: b\r\n",
    "\tA: b\r\n",
    "A: b\r\n c\r\n",
    "A: b\r\n\tc\r\n",
    "A: b\r\n \r\n",
    "A: b\n",
    "A: b\r",
    "A: b\rc\r\n",
    "A: b\r\r\n",
    "A: b\nc\r\n",
    "A: b\0\r\n",
    "A: \x01\r\n",
    "A: \x1b\r\n",
    "A: \x7f\r\n",
    "A\0: b\r\n",
    "A(: b\r\n",
    "A\x80: b\r\n",
    "\xc4: b\r\n",
    "A: b",
    "A:",
    "A",
    "A: b\r\n\r",
    "A: b\r\n\rX",
    "A: b\r\n\r\nX: y\r\n",
    "\r\n\r\n",
    "\n",
  ];
  for (const section of cases) {
    const what = JSON.stringify(section);
    const error = assertThrows(() => parse(section), ProtocolError, undefined, what);
    assertEquals([error.code, error.status], ["bad_field", 400], what);
  }
});

Deno.test("parseFieldSection() refuses each byte that may not stand where it stands", () => {
  for (let byte = 0; byte < 256; byte++) {
    const character = String.fromCharCode(byte);
    const isToken = /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(character);
    const isValue = byte === 9 || (byte >= 0x20 && byte !== 0x7f);
    const outcome = (section: string): string => {
      try {
        parse(section);
        return "fine";
      } catch (error) {
        assertInstanceOf(error, HttpError);
        return error.code;
      }
    };
    // A colon only ends the name earlier.
    const nameIsFine = isToken || character === ":";
    const what = `0x${byte.toString(16)}`;
    assertEquals(outcome(`A${character}B: c\r\n`), nameIsFine ? "fine" : "bad_field", what);
    assertEquals(outcome(`A: b${character}c\r\n`), isValue ? "fine" : "bad_field", what);
  }
});

Deno.test("parseFieldSection() counts lines, up to maxFields", () => {
  const lines = (count: number): string => "A: b\r\n".repeat(count);
  assertEquals(parse(lines(5), 5).count, 5);
  assertEquals(parse("", 0).count, 0);
  for (const [count, max] of [[6, 5], [1, 0], [129, 128]] as const) {
    const error = assertThrows(() => parse(lines(count), max), LimitError);
    assertEquals([error.limit, error.max, error.status], ["maxFields", max, 431]);
  }
  assertEquals(assertThrows(() => parse(lines(2), 1, 400), LimitError).status, 400);
});

Deno.test("FieldSection.record() joins repeats by lowercase name", () => {
  const parsed = parse("A: 1\r\na: 2\r\nCookie: x\r\nCOOKIE: y\r\n__proto__: z\r\n\r\n");
  const names = parsed.raw().map(([name]) => name);
  assertEquals(names, ["A", "a", "Cookie", "COOKIE", "__proto__"]);
  assertEquals(Object.entries(parsed.record()), [
    ["a", "1, 2"],
    ["cookie", "x; y"],
    ["__proto__", "z"],
  ]);
});

Deno.test("blankFolds() turns each fold into blanks, within its bounds only", () => {
  const cases = [
    ["A: b\r\n c\r\n\r\n", "A: b   c\r\n\r\n"],
    ["A: b\r\n\tc\r\n\r\n", "A: b  \tc\r\n\r\n"],
    ["A: b\r\n \r\n c\r\n\r\n", "A: b      c\r\n\r\n"],
    ["A: b\r\nC: d\r\n\r\n", "A: b\r\nC: d\r\n\r\n"],
    ["A: b\n c\r\n\r\n", "A: b\n c\r\n\r\n"],
  ];
  for (const [before, after] of cases) {
    // What follows begins with a blank, but is not part of the head.
    const window = bytesOf(`\r\n ${before} rest`);
    blankFolds(window, 3, 3 + before!.length);
    assertEquals(textOf(window), `\r\n ${after} rest`, JSON.stringify(before));
  }
});
