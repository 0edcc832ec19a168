import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  fieldValues,
  isAscii,
  isFieldValue,
  isToken,
  listElements,
  splitFields,
  TOKEN_BYTE,
  toRecord,
  trimBlanks,
  VALUE_BYTE,
} from "../../wire/headers.ts";

const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => byte);

Deno.test("tokens are of the characters of RFC 9110 5.6.2 and no others", () => {
  const allowed = /[!#$%&'*+.^_`|~0-9A-Za-z-]/;
  for (const byte of EVERY_BYTE) {
    const character = String.fromCharCode(byte);
    assertEquals(isToken(character), allowed.test(character), `0x${byte.toString(16)}`);
    assertEquals(TOKEN_BYTE[byte] === 1, allowed.test(character), `0x${byte.toString(16)}`);
  }
  for (
    const text of ["", " ", "a b", "a ", " a", "a:", "a\n", "a\r\n", "\u0100", "\u017f", "\u212a"]
  ) {
    assertEquals(isToken(text), false, JSON.stringify(text));
  }
  assertEquals(isToken("X-Forwarded-For"), true);
});

Deno.test("field values have no controls, in what arrives and in what is sent", () => {
  for (const byte of EVERY_BYTE) {
    const allowed = byte === 9 || (byte >= 0x20 && byte !== 0x7f);
    assertEquals(VALUE_BYTE[byte] === 1, allowed, `0x${byte.toString(16)}`);
    const inside = `a${String.fromCharCode(byte)}b`;
    assertEquals(isFieldValue(inside), allowed, `0x${byte.toString(16)}`);
  }
});

Deno.test("isFieldValue() refuses outer blanks and what is no byte", () => {
  const cases: [string, boolean][] = [
    ["", true],
    ["a", true],
    ["a b\tc", true],
    ["\xe4\xf6", true],
    [" a", false],
    ["a ", false],
    ["\ta", false],
    ["a\t", false],
    [" ", false],
    ["\u0100", false],
    ["a\u20ac", false],
    ["a\r\nb", false],
    ["a\n", false],
    ["a\r", false],
    ["a\0", false],
    [`a${" ".repeat(10_000)}`, false],
  ];
  for (const [text, expected] of cases) {
    assertEquals(isFieldValue(text), expected, JSON.stringify(text.slice(0, 20)));
  }
});

Deno.test("isAscii() tells ASCII, controls included, from the rest", () => {
  for (const byte of EVERY_BYTE) assertEquals(isAscii(`a${String.fromCharCode(byte)}`), byte < 128);
  assertEquals(isAscii(""), true);
  assertEquals(isAscii("€"), false);
});

Deno.test("splitFields() keeps order, case and repeats, and drops blanks around values", () => {
  const section = "Host: a\r\nX-A:b\r\nx-a: \t c d \t\r\nEmpty:\r\nBlank:  \r\nColon: a:b\r\n";
  const fields = [
    ["Host", "a"],
    ["X-A", "b"],
    ["x-a", "c d"],
    ["Empty", ""],
    ["Blank", ""],
    ["Colon", "a:b"],
  ];
  assertEquals(splitFields(section) as string[][], fields);
  assertEquals(splitFields(`${section}\r\n`) as string[][], fields);
  assertEquals(splitFields(""), []);
  assertEquals(splitFields("\r\n"), []);
});

Deno.test("splitFields() takes no more than HTTP's blanks from a value", () => {
  assertEquals(splitFields("A: \xa0b\xa0\r\n"), [["A", "\xa0b\xa0"]]);
});

Deno.test("fieldValues() gives the values of one name in order, each by itself", () => {
  const fields: [string, string][] = [["X-A", "1, 2"], ["X-Ab", "3"], ["x-a", ""], ["X-a", "4"]];
  assertEquals(fieldValues(fields, "x-a"), ["1, 2", "", "4"]);
  assertEquals(fieldValues(fields, "x-b"), []);
});

Deno.test("toRecord() joins repeats and has no prototype", () => {
  const record = toRecord([
    ["Accept", "a"],
    ["ACCEPT", "b"],
    ["Cookie", "c=1"],
    ["cookie", "d=2"],
    ["__proto__", "x"],
    ["constructor", "y"],
    ["Set-Cookie", "e"],
    ["set-cookie", "f"],
    ["Empty", ""],
    ["empty", ""],
  ]);
  assertEquals(Object.entries(record), [
    ["accept", "a, b"],
    ["cookie", "c=1; d=2"],
    ["__proto__", "x"],
    ["constructor", "y"],
    ["set-cookie", "e, f"],
    ["empty", ", "],
  ]);
  assertStrictEquals(Object.getPrototypeOf(record), null);
  assertStrictEquals(toRecord([])["toString"], undefined);
});

Deno.test("listElements() reads a comma-separated list (RFC 9110 5.6.1)", () => {
  const cases: [string, string[]][] = [
    ["close", ["close"]],
    ["Close", ["close"]],
    ["a,b", ["a", "b"]],
    ["a , \tb", ["a", "b"]],
    [",a,,b,", ["a", "b"]],
    ["", []],
    [" ,\t, ", []],
    ["a b", ["a b"]],
    ["chunked;q=1", ["chunked;q=1"]],
    ["\xa0a", ["\xa0a"]],
  ];
  for (const [value, expected] of cases) assertEquals(listElements(value), expected);
});

Deno.test("trimBlanks() takes SP and HTAB from both ends and nothing else", () => {
  const cases = [
    ["", ""],
    [" ", ""],
    ["\t \t", ""],
    [" a ", "a"],
    ["a b", "a b"],
    ["\ta\t", "a"],
    ["\xa0a\xa0", "\xa0a\xa0"],
    ["\va\f", "\va\f"],
    ["\ufeffa", "\ufeffa"],
  ];
  for (const [text, expected] of cases) assertEquals(trimBlanks(text!), expected);
});
