import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { endOf, readParameter, skipBlanks } from "../../../multipart/parse/parameters.ts";

/** Text that is read from its first `;` on: name, value, and what is left from `next` on. */
const READ: readonly (readonly [text: string, name: string, value: string, rest: string])[] = [
  ["; a=b", "a", "b", ""],
  [";a=b", "a", "b", ""],
  ["x/y; a=b", "a", "b", ""],
  ["; \t a=b", "a", "b", ""],
  ["; a=b \t", "a", "b", ""],
  ["; a=b; c=d", "a", "b", "; c=d"],
  ["; a=b \t ;c=d", "a", "b", ";c=d"],
  ["; a=b;", "a", "b", ";"],
  ["; Name=Value", "name", "Value", ""],
  ["; filename*=utf-8''%41", "filename*", "utf-8''%41", ""],
  ["; !#$%&'*+-.^_`|~09azAZ=1", "!#$%&'*+-.^_`|~09azaz", "1", ""],
  ["; a=!#$%&'*+-.^_`|~09azAZ", "a", "!#$%&'*+-.^_`|~09azAZ", ""],
  ['; a="b"', "a", "b", ""],
  ['; a=""', "a", "", ""],
  ['; a=" b "', "a", " b ", ""],
  ['; a="b"; c="d"', "a", "b", '; c="d"'],
  ['; a="b" ;', "a", "b", ";"],
  ['; a="b;c=d, (e)"', "a", "b;c=d, (e)", ""],
  ['; a="C:\\new\\b"', "a", "C:\\new\\b", ""],
  ['; a="b\\"', "a", "b\\", ""],
  ['; a="%22"', "a", "%22", ""],
  ['; a="grüße 日本"', "a", "grüße 日本", ""],
  ["; __proto__=b", "__proto__", "b", ""],
];

const REFUSED: readonly (readonly [text: string, words: string])[] = [
  ["; a", 'a parameter that is not "name=value"'],
  ["; a; b=c", 'a parameter that is not "name=value"'],
  [";; a=b", 'a parameter that is not "name=value"'],
  ["; a =b", 'a parameter that is not "name=value"'],
  ["; a b=c", 'a parameter that is not "name=value"'],
  ["; =b", 'a parameter that is not "name=value"'],
  ['; "a"=b', 'a parameter that is not "name=value"'],
  ["; ä=b", 'a parameter that is not "name=value"'],
  ["; a=", 'a value of "a" that is neither a token nor quoted'],
  ["; A=;", 'a value of "a" that is neither a token nor quoted'],
  ["; a= b", 'a value of "a" that is neither a token nor quoted'],
  ['; a= "b"', 'a value of "a" that is neither a token nor quoted'],
  ["; a=ä", 'a value of "a" that is neither a token nor quoted'],
  ['; a="b', 'a value of "a" without its closing quote'],
  ['; a="', 'a value of "a" without its closing quote'],
  ['; a="b"c', 'something after the value of "a" that is not ";"'],
  ['; a="b\\"c"', 'something after the value of "a" that is not ";"'],
  ['; a="b" c="d"', 'something after the value of "a" that is not ";"'],
  ["; a=b c", 'something after the value of "a" that is not ";"'],
  ["; a=b/c", 'something after the value of "a" that is not ";"'],
  ['; a=b"c"', 'something after the value of "a" that is not ";"'],
  ["; a=b, c=d", 'something after the value of "a" that is not ";"'],
];

Deno.test("readParameter() reads a token or a quoted value, and stops at the next semicolon", () => {
  for (const [text, name, value, rest] of READ) {
    const next = text.length - rest.length;
    assertEquals(readParameter(text, text.indexOf(";")), { name, value, next }, text);
  }
});

Deno.test("readParameter() finds nothing behind a semicolon at the end", () => {
  for (const text of [";", "; ", ";\t \t"]) assertEquals(readParameter(text, 0), undefined);
});

Deno.test("readParameter() refuses what another parser might read in another way", () => {
  for (const [text, words] of REFUSED) {
    const error = assertThrows(() => readParameter(text, 0), SyntaxError, undefined, text);
    assertEquals(error.message, words, text);
  }
});

Deno.test("readParameter() takes values without quotes in the alphabet it is given", () => {
  const wider = /[a-z/:]+/y;
  assertEquals(readParameter("; a=b/c:d; e=f", 0, wider), { name: "a", value: "b/c:d", next: 9 });
  assertThrows(() => readParameter("; a=B", 0, wider), SyntaxError, "neither a token nor quoted");
  assertEquals(readParameter('; a="B"', 0, wider), { name: "a", value: "B", next: 7 });
});

Deno.test("readParameter() reads every text without a quote back from between quotes", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((it) => it.replaceAll('"', "'"));
  fc.assert(fc.property(text, text, (a, b) => {
    const both = `; a="${a}"; b="${b}"`;
    const first = readParameter(both, 0)!;
    assertEquals([first.name, first.value], ["a", a]);
    assertEquals(readParameter(both, first.next), { name: "b", value: b, next: both.length });
  }));
});

Deno.test("skipBlanks() passes spaces and tabs and nothing else", () => {
  assertEquals(skipBlanks(" \t a", 0), 3);
  assertEquals(skipBlanks(" \t a", 2), 3);
  assertEquals(skipBlanks("a ", 0), 0);
  assertEquals(skipBlanks("  ", 0), 2);
  assertEquals(skipBlanks("", 0), 0);
  for (const other of ["\r", "\n", "\v", "\f", "\u00a0", "\u2003", "\ufeff"]) {
    assertEquals(skipBlanks(` ${other}`, 0), 1, JSON.stringify(other));
  }
});

Deno.test("endOf() matches at its place alone, whatever it matched before", () => {
  const digits = /[0-9]+/y;
  assertEquals(endOf(digits, "12a34", 0), 2);
  assertEquals(endOf(digits, "12a34", 2), 2);
  assertEquals(endOf(digits, "12a34", 3), 5);
  assertEquals(endOf(digits, "12a34", 1), 2);
  assertEquals(endOf(digits, "12", 2), 2);
});
