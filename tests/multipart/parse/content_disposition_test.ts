import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type ContentDisposition,
  parseContentDisposition,
  readDisposition,
} from "../../../multipart/parse/content_disposition.ts";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";

const READ: readonly (readonly [value: string, says: ContentDisposition])[] = [
  ["form-data", { type: "form-data" }],
  ["form-data;", { type: "form-data" }],
  ["form-data ; ", { type: "form-data" }],
  ["Form-DATA; NAME=a", { type: "form-data", name: "a" }],
  ['form-data; name="a"', { type: "form-data", name: "a" }],
  ['form-data;name="a";', { type: "form-data", name: "a" }],
  ['form-data; name=""', { type: "form-data", name: "" }],
  ['form-data; filename=""; name="a"', { type: "form-data", name: "a", filename: "" }],
  ['form-data; filename="b"', { type: "form-data", filename: "b" }],
  ["attachment; filename=b.txt; size=5", { type: "attachment", filename: "b.txt" }],
  ['form-data; name="a%22%0D%0A"', { type: "form-data", name: "a%22%0D%0A" }],
  ['form-data; name="a\\"; filename="\\b"', { type: "form-data", name: "a\\", filename: "\\b" }],
  ["form-data; name=a; filename*=utf-8''b", { type: "form-data", name: "a" }],
  [
    "form-data; filename*=utf-8''b; name*=utf-8''b; filename=c; name=a",
    { type: "form-data", name: "a", filename: "c" },
  ],
  ['form-data; xname="b"; name="a"; type="c"', { type: "form-data", name: "a" }],
  ['form-data; x="1"; x="2"; name="a"', { type: "form-data", name: "a" }],
  ["form-data; __proto__=b; constructor=c", { type: "form-data" }],
  ['__proto__; name="__proto__"', { type: "__proto__", name: "__proto__" }],
];

const REFUSED: readonly (readonly [value: string, words: string])[] = [
  ["", "a Content-Disposition without a type"],
  ['; name="a"', "a Content-Disposition without a type"],
  [' form-data; name="a"', "a Content-Disposition without a type"],
  ['"form-data"; name="a"', "a Content-Disposition without a type"],
  ['form-data name="a"', 'a Content-Disposition whose type is not followed by ";"'],
  ['form-data, name="a"', 'a Content-Disposition whose type is not followed by ";"'],
  ['form-data="a"', 'a Content-Disposition whose type is not followed by ";"'],
  ["form-data; name=a; name=a", 'a Content-Disposition with two of "name"'],
  ['form-data; name=""; NAME="a"', 'a Content-Disposition with two of "name"'],
  ["form-data; filename=a; filename=b", 'a Content-Disposition with two of "filename"'],
  ['form-data; name="a', 'a value of "name" without its closing quote'],
  ['form-data; name="a\\"b"', 'something after the value of "name" that is not ";"'],
  ["form-data; name", 'a parameter that is not "name=value"'],
  ["form-data;; name=a", 'a parameter that is not "name=value"'],
  ["form-data; name=a; filename*", 'a parameter that is not "name=value"'],
];

Deno.test("parseContentDisposition() gives type, name and file name as they were sent", () => {
  for (const [value, says] of READ) assertEquals(parseContentDisposition(value), says, value);
});

Deno.test("parseContentDisposition() refuses a malformed value with a MultipartError without offset", () => {
  for (const [value, words] of REFUSED) {
    const error = assertThrows(
      () => parseContentDisposition(value),
      MultipartError,
      undefined,
      value,
    );
    assertEquals(error.message, `Cannot parse multipart: ${words}`, value);
    assertEquals([error.status, error.offset], [400, undefined]);
  }
});

Deno.test("readDisposition() reads the same, and says with a SyntaxError what is wrong", () => {
  for (const [value, says] of READ) assertEquals(readDisposition(value), says, value);
  for (const [value, words] of REFUSED) {
    const error = assertThrows(() => readDisposition(value), SyntaxError, undefined, value);
    assertEquals(error.message, words, value);
  }
});

Deno.test("parseContentDisposition() gives back every name that has no quote", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((it) => it.replaceAll('"', "'"));
  const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
  fc.assert(fc.property(text, text, (name, filename) => {
    const value = `form-data; name="${name}"; filename="${filename}"`;
    assertEquals(parseContentDisposition(value), { type: "form-data", name, filename });
  }));
  fc.assert(fc.property(token, token, (name, filename) => {
    const value = `form-data; filename=${filename}; name=${name}`;
    assertEquals(parseContentDisposition(value), { type: "form-data", name, filename });
  }));
});
