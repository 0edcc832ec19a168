// The Content-Disposition of a part: what is decided where parsers differ (RFC 7578 4.2).

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { MultipartError, parseContentDisposition } from "../../../multipart/mod.ts";
import { type Case, HERE, lines, MIXED, type Part, testCases, utf8 } from "./support.ts";

const NAME =
  'RFC 7578 4.2: a disposition of form-data, which "MUST also contain an additional parameter of "name""';
const KIND =
  'RFC 7578 4.2: "Each part MUST contain a Content-Disposition header field where the disposition type is "form-data""';
const ESCAPE =
  "HTML, encoding of multipart/form-data: quotes and line breaks are percent-encoded; WPT: not decoded again";
const BACKSLASH =
  'WPT: no quoted-pair, "a quoted value ends at the first quote"; decided: a backslash is data';
const EXTENDED =
  'RFC 7578 4.2: "the filename* parameter MUST NOT be used"; decided: it never overrides';
const EMPTY = "WPT: an empty filename is a file of that name";
const TOKEN = 'RFC 2183 2: "value := token / quoted-string"; .NET sends tokens';
const TRAILING = "Decided: a semicolon at the end harms nothing";
const CASE = "RFC 2183 2: names of parameters and types are case-insensitive";
const PROTO = "Decided: __proto__ is a name like any other";
const CHARSET = 'RFC 7578 4.6, WPT: "_charset_ is a normal entry"';
const UTF8 = "RFC 7578 5.1.1: names are UTF-8; WPT: what is not becomes U+FFFD";
const TWICE =
  "RFC 2183: no parameter twice; decided: an error, for parsers differ in which they take";
const GRAMMAR =
  'RFC 2183 2: "disposition-type *(";" disposition-parm)"; decided: what is not that is an error';

interface Row {
  name: string;
  rfc: string;
  /** The value of the field, a character per byte. */
  value: string;
  expect: { name: string; filename?: string };
}

function row(name: string, rfc: string, value: string, field: string, filename?: string): Row {
  return {
    name,
    rfc,
    value,
    expect: filename === undefined ? { name: field } : { name: field, filename },
  };
}

const rows: Row[] = [
  row("A name stands in quotes", NAME, 'form-data; name="a"', "a"),
  row("A name may be empty", NAME, 'form-data; name=""', ""),
  row(
    "A name may have blanks, semicolons and equals signs",
    NAME,
    'form-data; name=" a; filename=b "',
    " a; filename=b ",
  ),
  row("The file name may come first", NAME, 'form-data; filename="f"; name="a"', "a", "f"),
  row("No blanks are needed", NAME, 'form-data;name="a";filename="f"', "a", "f"),
  row(
    "Blanks and tabs may stand around semicolons",
    NAME,
    'form-data \t;\t name="a" ; \tfilename="f"',
    "a",
    "f",
  ),
  row(
    "Percent-encoded quotes and line breaks are not decoded",
    ESCAPE,
    'form-data; name="a%0Ab%0Dc%22d%0D%0Ae%25f%2Fg"; filename="x%0Ay%0Dz%22w%25v"',
    "a%0Ab%0Dc%22d%0D%0Ae%25f%2Fg",
    "x%0Ay%0Dz%22w%25v",
  ),
  row(
    "A backslash is data",
    BACKSLASH,
    'form-data; name="a\\b\\\\c"; filename="C:\\x\\y.txt"',
    "a\\b\\\\c",
    "C:\\x\\y.txt",
  ),
  row(
    "A backslash before the closing quote is data",
    BACKSLASH,
    'form-data; name="a\\"; filename="\\"',
    "a\\",
    "\\",
  ),
  row(
    "filename* does not override filename",
    EXTENDED,
    `form-data; name="a"; filename="f"; filename*=UTF-8''%c3%bc`,
    "a",
    "f",
  ),
  row(
    "filename* before filename does not override it",
    EXTENDED,
    `form-data; name="a"; filename*=UTF-8''%c3%bc; filename="f"`,
    "a",
    "f",
  ),
  row("filename* alone makes no file", EXTENDED, `form-data; name="a"; filename*=UTF-8''f`, "a"),
  row(
    "filename* with a bad percent sign harms nothing",
    EXTENDED,
    `form-data; name="a"; filename*=UTF-8''%zz%`,
    "a",
  ),
  row(
    "filename* in quotes harms nothing",
    EXTENDED,
    `form-data; name="a"; filename*="UTF-8''f"`,
    "a",
  ),
  row("name* does not override name", EXTENDED, `form-data; name*=UTF-8''b; name="a"`, "a"),
  row(
    "Continuations are no names",
    EXTENDED,
    `form-data; name="a"; filename*0="f"; filename*1="g"; name*0*=x`,
    "a",
  ),
  row("An empty file name is a file name", EMPTY, 'form-data; name="a"; filename=""', "a", ""),
  row("Values may be tokens", TOKEN, "form-data; name=a; filename=f.txt", "a", "f.txt"),
  row(
    "Tokens may have all characters of tokens",
    TOKEN,
    "form-data; name=!#$%&'*+-.^_`|~09",
    "!#$%&'*+-.^_`|~09",
  ),
  row("A semicolon may stand at the end", TRAILING, 'form-data; name="a";', "a"),
  row(
    "A semicolon and blanks may stand at the end",
    TRAILING,
    'form-data; name="a"; filename="f" ; \t',
    "a",
    "f",
  ),
  row("A semicolon may stand behind a token at the end", TRAILING, "form-data; name=a;", "a"),
  row(
    "Parameters and type may be in any case",
    CASE,
    'Form-DATA; NAME="A"; FileName="F"',
    "A",
    "F",
  ),
  row("Other parameters are ignored", GRAMMAR, 'form-data; size=5; name="a"; x="y;name=b"', "a"),
  row(
    "Parameters whose names end alike are others",
    GRAMMAR,
    'form-data; xname=b; name="a"; x-filename=f; names=c',
    "a",
  ),
  row(
    "__proto__ is a name",
    PROTO,
    'form-data; name="__proto__"; filename="__proto__"',
    "__proto__",
    "__proto__",
  ),
  row(
    "__proto__ is a parameter that is ignored",
    PROTO,
    'form-data; __proto__="b"; name="a"; constructor=c',
    "a",
  ),
  row("_charset_ is an ordinary name", CHARSET, 'form-data; name="_charset_"', "_charset_"),
  row(
    "Names are UTF-8",
    UTF8,
    utf8('form-data; name="é"; filename="中文 \u{1f600}.txt"'),
    "é",
    "中文 \u{1f600}.txt",
  ),
  row(
    "Invalid UTF-8 in names is replaced",
    UTF8,
    'form-data; name="a\xff"; filename="\xe4.txt"',
    "a\ufffd",
    "\ufffd.txt",
  ),
];

/** Text of bytes, as the parser decodes it. */
function decode(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
  );
}

function body(value: string): string {
  return lines("--x", `${HERE}Content-Disposition: ${value}`, "", "1", "--x--", "");
}

const good: Case[] = rows.map(({ name, rfc, value, expect }) => {
  const part: Part = {
    ...expect,
    fields: [`content-disposition: ${decode(value).replace(/[\t ]+$/, "")}`],
    body: "1",
  };
  return { name, rfc, send: body(value).replace(HERE, ""), parts: [part] };
});

const refused: [name: string, rfc: string, value: string, words: string][] = [
  ["No name", NAME, "form-data", "name"],
  ["No name but a file name", NAME, 'form-data; filename="f"', "name"],
  ["name* alone", EXTENDED, "form-data; name*=UTF-8''a", "name"],
  ["Another disposition", KIND, 'attachment; name="a"', "form-data"],
  ["A disposition that begins like form-data", KIND, 'form-datax; name="a"', "form-data"],
  ["An empty disposition", KIND, "", "type"],
  ["A disposition without a type", KIND, '; name="a"', "type"],
  ["A disposition that is a parameter", KIND, 'name="a"', ""],
  ["Two names", TWICE, 'form-data; name="a"; name="b"', '"name"'],
  ["Two names that are the same", TWICE, 'form-data; name="a"; name="a"', '"name"'],
  ["Two names in different case", TWICE, 'form-data; name="a"; NAME="b"', '"name"'],
  ["Two names of which one is empty", TWICE, 'form-data; name=""; name="b"', '"name"'],
  ["Two file names", TWICE, 'form-data; name="a"; filename="f"; filename="g"', '"filename"'],
  [
    "Two file names of which one is empty",
    TWICE,
    'form-data; name="a"; filename=""; filename="g"',
    '"filename"',
  ],
  [
    "A quote that is escaped with a backslash, as old browsers did",
    BACKSLASH,
    'form-data; name="a\\"b"',
    "name",
  ],
  [
    "A file name whose quotes are escaped with backslashes",
    BACKSLASH,
    'form-data; name="a"; filename="b\\\\c\\"d"',
    "filename",
  ],
  ["Quotes without an end", GRAMMAR, 'form-data; name="a', "quote"],
  ["A file name without its closing quote", GRAMMAR, 'form-data; name="a"; filename="f', "quote"],
  ["Something behind the quotes", GRAMMAR, 'form-data; name="a"b', "name"],
  ["Something behind the quotes and a blank", GRAMMAR, 'form-data; name="a" b', "name"],
  ["A comma between parameters", GRAMMAR, 'form-data; name="a", filename="f"', "name"],
  ["No semicolon behind the type", GRAMMAR, 'form-data name="a"', '";"'],
  ["A comma behind the type", GRAMMAR, 'form-data, name="a"', '";"'],
  ["A blank in a token", GRAMMAR, "form-data; name=a b", "name"],
  ["A token that is not ASCII", GRAMMAR, "form-data; name=\xc3\xa9", "name"],
  ["A token with a slash", GRAMMAR, "form-data; name=a; filename=b/c", "filename"],
  ["Single quotes around blanks", GRAMMAR, "form-data; name='a b'", "name"],
  ["An empty value without quotes", GRAMMAR, "form-data; name=", "name"],
  ["An empty value before a semicolon", GRAMMAR, 'form-data; name=; filename="f"', "name"],
  ["A blank before the equals sign", GRAMMAR, 'form-data; name ="a"', "parameter"],
  ["A blank behind the equals sign", GRAMMAR, 'form-data; name= "a"', "name"],
  ["A parameter without a value", GRAMMAR, 'form-data; name="a"; filename', "parameter"],
  ["A value without a parameter", GRAMMAR, 'form-data; name="a"; ="b"', "parameter"],
  ["A parameter in quotes", GRAMMAR, 'form-data; "name"="a"', "parameter"],
];

const bad: Case[] = refused.map(([name, rfc, value, words]) => ({
  name: `${name}: refused`,
  rfc,
  send: body(value),
  parts: [],
  error: { words },
}));

testCases("dispositions", [...good, ...bad, {
  name: "Two dispositions are refused",
  rfc: TWICE,
  send: lines(
    "--x",
    'Content-Disposition: form-data; name="a"',
    `${HERE}Content-Disposition: form-data; name="b"`,
    "",
    "1",
    "--x--",
    "",
  ),
  parts: [],
  error: { words: "Content-Disposition" },
}, {
  name: "Two dispositions that are the same are refused",
  rfc: TWICE,
  send: lines(
    "--x",
    'Content-Disposition: form-data; name="a"',
    `${HERE}content-disposition: form-data; name="a"`,
    "",
    "1",
    "--x--",
    "",
  ),
  parts: [],
  error: { words: "Content-Disposition" },
}, {
  name: "Two dispositions are refused in multipart/mixed as well",
  rfc: TWICE,
  contentType: MIXED,
  send: lines(
    "--x",
    'Content-Disposition: form-data; name="a"',
    `${HERE}Content-Disposition: inline`,
    "",
    "1",
    "--x--",
    "",
  ),
  parts: [],
  error: { words: "Content-Disposition" },
}]);

for (const { name, rfc, value, expect } of rows) {
  Deno.test(`parseContentDisposition(): ${name} [${rfc.split(":")[0]}]`, () => {
    assertEquals(parseContentDisposition(decode(value)), { type: "form-data", ...expect });
  });
}

for (const [name, rfc, value] of refused) {
  // What is wrong only in a form is told as it is.
  const isForm = /^attachment|^form-datax|^form-data$|^form-data; (?:filename="f"$|name\*)/.test(
    value,
  );
  if (isForm) continue;
  Deno.test(`parseContentDisposition(): ${name}: refused [${rfc.split(":")[0]}]`, () => {
    const error = assertThrows(() => parseContentDisposition(decode(value)));
    assertInstanceOf(error, MultipartError);
    assertEquals([error.status, error.offset], [400, undefined]);
  });
}

Deno.test("parseContentDisposition() tells other types, and what is not there", () => {
  assertEquals(parseContentDisposition("inline"), { type: "inline" });
  assertEquals(parseContentDisposition('Attachment; filename="f"'), {
    type: "attachment",
    filename: "f",
  });
  assertEquals(parseContentDisposition("form-data; name*=UTF-8''a"), { type: "form-data" });
});
