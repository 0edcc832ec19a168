// The fields of a part: lines, names and values (RFC 2046 5.1, RFC 5322 2.2), as the Web Platform Tests have them.

import { type Case, HERE, lines, MIXED, named, type Part, testCases } from "./support.ts";

const LINE =
  'RFC 5322 2.2: "Header fields are lines beginning with a field name, followed by a colon"; each ends with CRLF';
const NAME =
  'RFC 5322 2.2: "A field name MUST be composed of printable US-ASCII characters"; WPT: a header name that is not a token fails';
const CASE =
  'RFC 5322 1.2.2: names of fields are case-insensitive; WPT: "header names are case-insensitive"';
const VALUE =
  'WPT: "Content-Type value is trimmed"; RFC 9110 5.5: values have no blanks around them';
const BARE = 'WPT: "Each header line ends with CRLF, so a bare CR or LF is malformed"';
const FOLD = 'WPT: "Header lines are not folded"';
const NUL = 'WPT: "A header value cannot contain NUL"';
const UNKNOWN = 'WPT: "unknown headers are ignored"; RFC 7578 4.8: others MUST be ignored';
const ENCODING =
  'RFC 7578 4.7: Content-Transfer-Encoding is deprecated; WPT: "no transfer decoding happens"';
const UTF8 = "RFC 7578 5.1: names are UTF-8; WPT: what is not becomes U+FFFD";
const NEEDED = 'RFC 7578 4.2: "Each part MUST contain a Content-Disposition header field"';

function send(...fields: string[]): string {
  return lines("--x", ...fields, "", "1", "--x--", "");
}

/** A part with more fields than its disposition. */
function good(
  name: string,
  rfc: string,
  fields: string[],
  expected: string[],
  part: Partial<Part> = {},
): Case {
  return {
    name,
    rfc,
    send: send(...fields),
    parts: [{ name: "a", fields: expected, body: "1", ...part }],
  };
}

function bad(name: string, rfc: string, words: string, ...fields: string[]): Case {
  return { name: `${name} is refused`, rfc, send: send(...fields), parts: [], error: { words } };
}

const A = named("a");
const a = 'content-disposition: form-data; name="a"';
const TOKEN = "token";
const BREAK = "line break";
const CONTROL = "control character";

testCases("fields of parts", [
  good("Names come in lower case", CASE, [
    'CONTENT-DISPOSITION: form-data; name="a"',
    "CoNtEnT-TyPe: text/html",
  ], [
    a,
    "content-type: text/html",
  ], { contentType: "text/html" }),
  good("Any order will do", CASE, ["Content-Type: image/png", A], ["content-type: image/png", a], {
    contentType: "image/png",
  }),
  good("Blanks around a value are no part of it", VALUE, [
    `Content-Disposition:\t  form-data; name="a" \t`,
    "Content-Type: \t x/y \t",
  ], [
    a,
    "content-type: x/y",
  ], { contentType: "x/y" }),
  good("No blank is needed behind the colon", VALUE, [
    'Content-Disposition:form-data; name="a"',
    "X:y",
  ], [a, "x: y"]),
  good("A value may be empty", VALUE, [A, "X:", "Y: \t"], [a, "x: ", "y: "]),
  good(
    "An empty Content-Type is told as it is",
    VALUE,
    [A, "Content-Type:"],
    [a, "content-type: "],
    { contentType: "" },
  ),
  good("A value may have colons", LINE, [A, "X: y: z:"], [a, "x: y: z:"]),
  good("A value may have tabs", LINE, [A, "X: y\tz"], [a, "x: y\tz"]),
  good("A name may be any token", NAME, [A, "!#$%&'*+-.^_`|~09: y"], [a, "!#$%&'*+-.^_`|~09: y"]),
  good("Unknown fields are told", UNKNOWN, ["X-Custom: ignored", A, "__proto__: z"], [
    "x-custom: ignored",
    a,
    "__proto__: z",
  ]),
  good("Names of what every object has are names like others", UNKNOWN, [
    A,
    "constructor: c",
    "toString: d",
  ], [a, "constructor: c", "tostring: d"]),
  good("A Content-Type is told as it was sent", UNKNOWN, [A, 'Content-Type: TEXT/HTML;;x="y"'], [
    a,
    'content-type: TEXT/HTML;;x="y"',
  ], {
    contentType: 'TEXT/HTML;;x="y"',
  }),
  good("Content-Transfer-Encoding changes nothing", ENCODING, [
    A,
    "Content-Transfer-Encoding: base64",
  ], [a, "content-transfer-encoding: base64"]),
  good("A Content-Length says nothing", UNKNOWN, [A, "Content-Length: 99"], [
    a,
    "content-length: 99",
  ]),
  good("UTF-8 in a value is decoded", UTF8, [A, "X: \xe6\x9d\xb1 \xf0\x9f\x98\x80"], [
    a,
    "x: 東 \u{1f600}",
  ]),
  good("A byte order mark in a value stays", UTF8, [A, "X: \xef\xbb\xbfy"], [a, "x: \ufeffy"]),
  good("Invalid UTF-8 in a value is replaced", UTF8, [A, "X: a\xffb\xc3\xe2\x82"], [
    a,
    "x: a\ufffdb\ufffd\ufffd",
  ]),
  {
    name: "Content that looks encoded is told as it is",
    rfc: ENCODING,
    send: lines("--x", A, "Content-Transfer-Encoding: base64", "", "dmFsdWU=", "--x--", ""),
    parts: [{ name: "a", fields: [a, "content-transfer-encoding: base64"], body: "dmFsdWU=" }],
  },

  bad("A line without a colon", LINE, "colon", A, `${HERE}no colon`),
  bad(
    "A disposition without a colon",
    LINE,
    "colon",
    `${HERE}Content-Disposition form-data; name="a"`,
  ),
  bad("An empty name", NAME, TOKEN, A, `${HERE}: y`),
  bad("A blank within a name", NAME, TOKEN, A, `${HERE}Cont ent-Type: text/plain`),
  bad("A name with a separator", NAME, TOKEN, A, `${HERE}X(Y): z`),
  bad("A name with a quote", NAME, TOKEN, A, `${HERE}"X": z`),
  bad("A name that is not ASCII", NAME, TOKEN, A, `${HERE}X\xc3\xa4: z`),
  bad("A name with NUL", NAME, "", A, `${HERE}X\0: z`),
  bad("A folded disposition", FOLD, "", "Content-Disposition: form-data;", ' name="a"'),
  bad("A folded line", FOLD, "blank", A, "X: y", `${HERE} z`),
  bad("A line folded with a tab", FOLD, "blank", A, "X: y", `${HERE}\tz`),
  bad("A line of a blank", FOLD, "blank", A, "X: y", `${HERE} `),
  bad("A line of blanks before the empty line", FOLD, "blank", A, `${HERE} \t`),
  bad("A bare LF in a name", BARE, CONTROL, `${HERE}Content-Disposition: form-data; name="a\nb"`),
  bad("A bare CR in a name", BARE, CONTROL, `${HERE}Content-Disposition: form-data; name="a\rb"`),
  bad(
    "A bare LF in a file name",
    BARE,
    CONTROL,
    `${HERE}Content-Disposition: form-data; name="a"; filename="f\ng"`,
  ),
  bad("A bare LF in a value", BARE, CONTROL, A, `${HERE}Content-Type: text/\nhtml`),
  bad("A bare CR in a value", BARE, CONTROL, A, `${HERE}Content-Type: text/\rhtml`),
  bad("A bare CR at the end of a value", BARE, CONTROL, A, `${HERE}X: y\r`, "Z: z"),
  bad("A bare LF between fields", BARE, CONTROL, `${HERE}${A}\nX: y`),
  bad("A bare LF in a field's name", BARE, BREAK, A, `${HERE}X\nY: z`),
  bad("A bare CR before a field's name", BARE, BREAK, A, `${HERE}\rY: z`),
  bad("A bare LF before a field's name", BARE, BREAK, A, `${HERE}\nY: z`),
  bad("NUL in a name", NUL, CONTROL, `${HERE}Content-Disposition: form-data; name="a\0b"`),
  bad("NUL in an unknown field", NUL, CONTROL, A, `${HERE}X: a\0b`),
  bad("A part without fields", NEEDED, "Content-Disposition"),
  bad("A part without a disposition", NEEDED, "Content-Disposition", "Content-Type: text/plain"),
  {
    name: "The error of a later part leaves the earlier ones whole, and says where it is",
    rfc: LINE,
    send: lines(
      "--x",
      A,
      "",
      "1",
      "--x",
      named("b"),
      "",
      "2\xff",
      "--x",
      named("c"),
      `${HERE}no colon`,
      "",
      "3",
      "--x--",
      "",
    ),
    parts: [{ name: "a", body: "1" }, { name: "b", body: "2\xff" }],
    error: { words: "colon" },
  },
  {
    name: "Offsets count bytes, not characters",
    rfc: UTF8,
    send: lines(
      "\xf0\x9f\x98\x80",
      "--x",
      named("\xc3\xa9"),
      "X: \xff\xff",
      `${HERE}\xc3\xa9`,
      "",
      "3",
      "--x--",
      "",
    ),
    parts: [],
    error: { words: "colon" },
  },
  {
    name: "A broken field is refused in multipart/mixed as well",
    rfc: LINE,
    contentType: MIXED,
    send: lines("--x", "X: y", `${HERE}no colon`, "", "3", "--x--", ""),
    parts: [],
    error: { words: "colon" },
  },
]);
