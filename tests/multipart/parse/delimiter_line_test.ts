import { assertEquals, assertThrows } from "@std/assert";
import { DelimiterLine } from "../../../multipart/parse/delimiter_line.ts";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";
import { bytesOf, splitsOf } from "../../wire/fakes.ts";

/** Reads pieces of a line, the first of which begins at byte 100 of a body; gives where it stopped. */
function readAll(line: DelimiterLine, pieces: readonly string[]): number {
  let base = 100;
  for (const piece of pieces) {
    const at = line.read(bytesOf(piece), 0, base);
    if (at < piece.length) return base + at;
    base += piece.length;
  }
  return base;
}

/** The ways to cut a line; of long ones, few. */
function cutsOf(text: string): string[][] {
  return text.length < 100 ? splitsOf(text) : [[text], [...text]];
}

const COMPLETE: readonly (readonly [line: string, isClosing: boolean])[] = [
  ["\r\n", false],
  [" \r\n", false],
  ["\t \t\r\n", false],
  ["--\r\n", true],
  ["-- \t\r\n", true],
  [`${" ".repeat(1024)}\r\n`, false],
  [`--${"\t".repeat(1024)}\r\n`, true],
];

const TOO_MANY = "a delimiter that is followed by more than 1024 blanks";
const BROKEN: readonly (readonly [before: string, from: string, words?: string])[] = [
  ["", "x\r\n"],
  ["", "\n"],
  ["", "\0"],
  ["-", "\r\n"],
  ["-", " -\r\n"],
  ["-", "x"],
  ["--", "-\r\n"],
  ["--", "x"],
  ["--", "\n"],
  [" ", "--\r\n"],
  ["-- ", "x"],
  [" \t", "x\r\n"],
  ["\r", "\r\n"],
  ["\r", "x"],
  ["\r", " \n"],
  ["--\r", "x"],
  [" ".repeat(1024), " \r\n", TOO_MANY],
  [`--${" ".repeat(1024)}`, "\t\r\n", TOO_MANY],
];

Deno.test("a DelimiterLine reads dashes, blanks and a line break, and stops behind that", () => {
  for (const [text, isClosing] of COMPLETE) {
    for (const rest of ["", "x", "\r\n", "--"]) {
      for (const pieces of cutsOf(text)) {
        const line = new DelimiterLine();
        const whole = [...pieces.slice(0, -1), pieces.at(-1)! + rest];
        const what = JSON.stringify(whole);
        assertEquals(readAll(line, whole), 100 + text.length, what);
        assertEquals(
          [line.isComplete, line.isClosing, line.mayEnd],
          [true, isClosing, false],
          what,
        );
      }
    }
  }
});

Deno.test("a DelimiterLine that is complete reads nothing more", () => {
  const line = new DelimiterLine();
  assertEquals(line.read(bytesOf("\r\nx"), 0, 0), 2);
  assertEquals(line.read(bytesOf("x"), 0, 0), 0);
});

Deno.test("a DelimiterLine begins where it is told to", () => {
  const line = new DelimiterLine();
  assertEquals(line.read(bytesOf("xx--\r\nx"), 2, 0), 6);
  assertEquals([line.isComplete, line.isClosing], [true, true]);
});

Deno.test("a DelimiterLine says at which byte of the body something else stands", () => {
  for (const [before, from, words = "a delimiter that is not followed by CRLF"] of BROKEN) {
    for (const pieces of cutsOf(before + from)) {
      const error = assertThrows(
        () => readAll(new DelimiterLine(), pieces),
        MultipartError,
        words,
        JSON.stringify(pieces),
      );
      assertEquals(error.offset, 100 + before.length, JSON.stringify(pieces));
    }
  }
});

Deno.test("a body may end in a DelimiterLine behind two dashes and blanks alone", () => {
  const states: readonly (readonly [text: string, mayEnd: boolean])[] = [
    ["", false],
    [" ", false],
    ["\r", false],
    ["\r\n", false],
    ["-", false],
    ["--", true],
    ["-- \t", true],
    ["--\r", false],
    ["--\r\n", false],
  ];
  for (const [text, mayEnd] of states) {
    for (const pieces of splitsOf(text)) {
      const line = new DelimiterLine();
      readAll(line, pieces);
      assertEquals(line.mayEnd, mayEnd, JSON.stringify(pieces));
    }
  }
});

Deno.test("a DelimiterLine that was reset reads the next line as the first", () => {
  const line = new DelimiterLine();
  for (const [text, isClosing] of [...COMPLETE, ...COMPLETE.toReversed()]) {
    readAll(line, [text]);
    assertEquals([line.isComplete, line.isClosing], [true, isClosing], JSON.stringify(text));
    line.reset();
    assertEquals([line.isComplete, line.isClosing, line.mayEnd], [false, false, false]);
  }
});
