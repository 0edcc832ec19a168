import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formContentType } from "../../../multipart/boundary.ts";
import { readMultipartType } from "../../../multipart/parse/content_type.ts";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";

const LONGEST = "0123456789".repeat(7);

const READ: readonly (readonly [text: string, boundary: string, isForm: boolean])[] = [
  ["multipart/form-data; boundary=abc", "abc", true],
  ["Multipart/Form-Data;BOUNDARY=AbC", "AbC", true],
  [" \tmultipart/form-data \t; boundary=abc", "abc", true],
  ['multipart/form-data; boundary="a b"', "a b", true],
  [`multipart/form-data; boundary=${LONGEST}`, LONGEST, true],
  ['multipart/form-data; charset="x;y"; boundary=abc;', "abc", true],
  ["multipart/form-data; xboundary=no; boundary=abc", "abc", true],
  // Characters that need quotes, where the sender forgot them.
  ["multipart/form-data; boundary=a=b:c/d?e(f),g", "a=b:c/d?e(f),g", true],
  ["multipart/mixed; boundary=abc", "abc", false],
  ["multipart/related; type=x/y; boundary=abc", "abc", false],
  ["multipart/form-data-2; boundary=abc", "abc", false],
  ["multipart/form; boundary=abc", "abc", false],
  // The boundary alone.
  ["abc", "abc", true],
  ["----WebKitFormBoundary7MA4YWxkTrZu0gWb", "----WebKitFormBoundary7MA4YWxkTrZu0gWb", true],
  [LONGEST, LONGEST, true],
  ["a b", "a b", true],
  ["boundary=abc", "boundary=abc", true],
  ["/a", "/a", true],
  ["a/", "a/", true],
  ["a/b:c", "a/b:c", true],
];

const REFUSED: readonly (readonly [
  text: string | null | undefined,
  status: number,
  words: string,
])[] = [
  [undefined, 415, "there is no Content-Type"],
  [null, 415, "there is no Content-Type"],
  ["text/plain; boundary=abc", 415, 'Content-Type "text/plain" is not multipart'],
  ["Text/Plain", 415, 'Content-Type "text/plain" is not multipart'],
  ["multiparty/form-data; boundary=abc", 415, 'Content-Type "multiparty/form-data" is not'],
  ["a/b", 415, 'Content-Type "a/b" is not multipart'],
  ["multipart/form-data", 400, "Content-Type has no boundary"],
  ["multipart/form-data;", 400, "Content-Type has no boundary"],
  ["multipart/mixed; charset=utf-8", 400, "Content-Type has no boundary"],
  ["multipart/form-data; boundary=a; boundary=a", 400, "Content-Type has two boundaries"],
  ["multipart/form-data; boundary", 400, 'Content-Type has a parameter that is not "name=value"'],
  ["multipart/form-data; boundary=", 400, 'Content-Type has a value of "boundary"'],
  ['multipart/form-data; boundary="a', 400, 'Content-Type has a value of "boundary" without'],
  ['multipart/form-data; boundary="a"b', 400, "Content-Type has something after"],
  ['multipart/form-data; boundary=""', 400, '"" is not a boundary'],
  ['multipart/form-data; boundary="a "', 400, '"a " is not a boundary'],
  ['multipart/form-data; boundary="a\r\n"', 400, '"a\\r\\n" is not a boundary'],
  ["multipart/form-data; boundary=a*b", 400, '"a*b" is not a boundary'],
  [`multipart/form-data; boundary=${LONGEST}a`, 400, `"${LONGEST}a" is not a boundary`],
  [
    "multipart/form-data boundary=abc",
    400,
    'Content-Type has something after "multipart/form-data"',
  ],
  ["a/b c", 415, 'Content-Type "a/b" is not multipart'],
  ["multipart/form-data, text/plain; boundary=abc", 400, ""],
  ["", 400, '"" is not a boundary'],
  [" ", 400, '" " is not a boundary'],
  ["abc ", 400, '"abc " is not a boundary'],
  ["abc\r\n", 400, '"abc\\r\\n" is not a boundary'],
  [`${LONGEST}a`, 400, `"${LONGEST}a" is not a boundary`],
];

Deno.test("readMultipartType() gives the boundary, and whether the body is a form", () => {
  for (const [text, boundary, isForm] of READ) {
    assertEquals(readMultipartType(text), { boundary, isForm }, text);
  }
});

Deno.test("readMultipartType() refuses another type with 415, and a bad boundary with 400", () => {
  for (const [text, status, words] of REFUSED) {
    const error = assertThrows(
      () => readMultipartType(text),
      MultipartError,
      `Cannot parse multipart: ${words}`,
      JSON.stringify(text),
    );
    assertEquals([error.status, error.offset], [status, undefined], JSON.stringify(text));
  }
});

Deno.test("readMultipartType() reads every legal boundary back from a Content-Type", () => {
  const boundary = fc.stringMatching(
    /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/,
  );
  fc.assert(fc.property(boundary, (boundary) => {
    assertEquals(readMultipartType(formContentType(boundary)), { boundary, isForm: true });
    const quoted = `multipart/mixed; a=b; boundary="${boundary}"`;
    assertEquals(readMultipartType(quoted), { boundary, isForm: false });
    if (boundary.includes(" ")) return;
    const plain = `multipart/mixed; boundary=${boundary}; a=b`;
    assertEquals(readMultipartType(plain), { boundary, isForm: false });
    if (boundary.includes("/")) return;
    assertEquals(readMultipartType(boundary), { boundary, isForm: true });
  }));
});
