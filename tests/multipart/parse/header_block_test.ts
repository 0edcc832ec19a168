import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  findBareLineFeed,
  findBlockEnd,
  lineStart,
  parseLine,
} from "../../../multipart/parse/header_block.ts";
import { bytesOf } from "../../wire/fakes.ts";

/** Text of hardly anything but line breaks and halves of them. */
const lineBreaks = fc.array(
  fc.constantFrom("\r", "\n", "\r\n", "\r\n\r", "a", "\0", "abc"),
  { maxLength: 16 },
).map((pieces) => pieces.join(""));

/** What `findBlockEnd` promises, the slow way. */
function naiveEnd(text: string): number {
  if (text.startsWith("\r\n")) return 2;
  const at = text.indexOf("\r\n\r\n");
  return at < 0 ? -1 : at + 4;
}

Deno.test("findBlockEnd() gives the index behind the first empty line", () => {
  const cases: readonly (readonly [text: string, end: number])[] = [
    ["", -1],
    ["\r", -1],
    ["\r\n", 2],
    ["\r\n\r\n", 2],
    ["\r\nA: b\r\n\r\n", 2],
    ["A: b\r\n", -1],
    ["A: b\r\n\r", -1],
    ["A: b\r\n\r\n", 8],
    ["A: b\r\n\r\nC: d\r\n\r\n", 8],
    ["A: b\r\nC: d\r\n\r\nx", 14],
    ["A: b\n\n", -1],
    ["A: b\n\r\n", -1],
    ["A: b\r\n\n", -1],
    ["A: b\r\r\n\r\n", 9],
    ["A: b\r\n\r\r\n\r\n", 11],
  ];
  for (const [text, end] of cases) {
    assertEquals(findBlockEnd(bytesOf(text), 0, 0, text.length), end, JSON.stringify(text));
  }
});

Deno.test("findBlockEnd() sees nothing before its start and nothing from its end on", () => {
  fc.assert(
    fc.property(lineBreaks, lineBreaks, lineBreaks, (before, text, after) => {
      const start = before.length;
      const end = start + text.length;
      const found = findBlockEnd(bytesOf(before + text + after), start, start, end);
      const naive = naiveEnd(text);
      assertEquals(found, naive < 0 ? -1 : start + naive);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("findBlockEnd() resumed at any split gives what it gives for the whole", () => {
  fc.assert(
    fc.property(lineBreaks, lineBreaks, fc.array(fc.nat(3)), (before, text, steps) => {
      const bytes = bytesOf(before + text);
      const start = before.length;
      let found = -1;
      let scanned = start;
      for (const step of [...steps, bytes.length]) {
        const end = Math.min(scanned + step, bytes.length);
        found = findBlockEnd(bytes, start, scanned, end);
        if (found >= 0) break;
        scanned = end;
      }
      const naive = naiveEnd(text);
      assertEquals(found, naive < 0 ? -1 : start + naive);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("parseLine() gives a name in lower case and a value without blanks around it", () => {
  const cases: readonly (readonly [line: string, name: string, value: string])[] = [
    ["Content-Disposition: form-data", "content-disposition", "form-data"],
    ["Content-Type: text/plain", "content-type", "text/plain"],
    ["CONTENT-type:text/plain", "content-type", "text/plain"],
    ["X-A:", "x-a", ""],
    ["X-A: \t", "x-a", ""],
    ["X-A: \t b c \t", "x-a", "b c"],
    ["X-A: b:c", "x-a", "b:c"],
    ["X-A: b\tc", "x-a", "b\tc"],
    ["X-A: ä\u00a0日本\u0085\u{1f600}", "x-a", "ä\u00a0日本\u0085\u{1f600}"],
    ["!#$%&'*+-.^_`|~09: b", "!#$%&'*+-.^_`|~09", "b"],
    ["__proto__: b", "__proto__", "b"],
  ];
  for (const [line, name, value] of cases) {
    assertEquals(parseLine(line, 0, line.length), { type: "header", name, value }, line);
  }
});

Deno.test("parseLine() reads its range alone", () => {
  const text = "A: b\r\nC: d\r\nE: f\r\n\r\n";
  assertEquals(parseLine(text, 6, 10), { type: "header", name: "c", value: "d" });
  assertThrows(() => parseLine("ab\r\nC: d", 0, 2), SyntaxError, "a header line without a colon");
});

Deno.test("parseLine() says what is wrong with a line that is no field", () => {
  const cases: readonly (readonly [line: string, words: string])[] = [
    ["abc", "a header line without a colon"],
    [": b", "a field name that is not a token"],
    ["a b: c", "a field name that is not a token"],
    ["ä: c", "a field name that is not a token"],
    ['"a": c', "a field name that is not a token"],
    ["\ufeffA: b", "a field name that is not a token"],
    ["A\0: b", "a field name that is not a token"],
    [" A: b", "a header line that begins with a blank"],
    ["\tfolded", "a header line that begins with a blank"],
    ["A : b", "a blank between the name of a field and its colon"],
    ["A\t: b", "a blank between the name of a field and its colon"],
    ["a\nB: c", "a line break in a header that is not CRLF"],
    ["a\rb", "a line break in a header that is not CRLF"],
    ["A: b\nC: d", 'a control character in field "a"'],
    ["A: b\rC: d", 'a control character in field "a"'],
    ["Content-Type: a\0b", 'a control character in field "content-type"'],
  ];
  for (const [line, words] of cases) {
    const error = assertThrows(() => parseLine(line, 0, line.length), SyntaxError, undefined, line);
    assertEquals(error.message, words, JSON.stringify(line));
  }
});

Deno.test("parseLine() takes all characters but NUL, CR and LF", () => {
  for (let code = 0; code < 0xa0; code++) {
    const line = `A: b${String.fromCharCode(code)}c`;
    if ([0, 10, 13].includes(code)) {
      assertThrows(() => parseLine(line, 0, line.length), SyntaxError);
    } else assertEquals(parseLine(line, 0, line.length).value, line.slice(3), `code ${code}`);
  }
});

Deno.test("lineStart() gives where a line begins, counted in lines that end with CRLF", () => {
  const block = bytesOf("A: b\r\n\r\nC\r\r\nD\r\r\nE");
  assertEquals([0, 1, 2, 3, 4].map((line) => lineStart(block, line)), [0, 6, 8, 12, 16]);
});

Deno.test("findBareLineFeed() gives the first line feed without its carriage return", () => {
  const cases: readonly (readonly [text: string, at: number])[] = [
    ["", -1],
    ["\n", 0],
    ["A: b\r\n\r\n", -1],
    ["A: b\n", 4],
    ["A: b\r\nC: d\n\n", 10],
    ["A: b\r\n\n", 6],
    ["A: b\r\r\n", -1],
  ];
  for (const [text, at] of cases) {
    assertEquals(findBareLineFeed(bytesOf(text)), at, JSON.stringify(text));
  }
});
