// What stands between parts, before the first and behind the last (RFC 2046 5.1.1), and what only looks like it.

import { type Case, HERE, lines, MIXED, named, type Part, testCases } from "./support.ts";

const DELIMITER =
  'RFC 2046 5.1.1: "delimiter := CRLF dash-boundary"; "The boundary delimiter MUST occur at the beginning of a line"';
const FIRST =
  'RFC 2046 5.1.1: "multipart-body := [preamble CRLF] dash-boundary transport-padding CRLF body-part"';
const PREAMBLE =
  'RFC 2046 5.1.1: "implementations must ignore anything that appears before the first boundary delimiter line or after the last one"';
const PADDING =
  'RFC 2046 5.1.1: "Composers MUST NOT generate non-zero length transport padding, but receivers MUST be able to handle padding"';
const CLOSE = 'RFC 2046 5.1.1: "close-delimiter := delimiter "--"", and it ends the last part';
const EXACT =
  'RFC 2046 5.1.1: "Boundary delimiters must not appear within the encapsulated material"; after one, "the remainder of the line" is padding';
const LINE =
  "RFC 2046 5.1.1: lines of a delimiter end with CRLF; what others would take for one is refused";
const EMPTY =
  'RFC 2046 5.1.1: "body-part := MIME-part-headers [CRLF *OCTET]"; HTML: a form without entries is its close delimiter';

const A: Part = { name: "a", body: "1" };
const B: Part = { name: "b", body: "2" };
const PART_A = lines("--x", named("a"), "", "1");
const PART_B = lines("--x", named("b"), "", "2");
const END = "\r\n--x--\r\n";

/** A form of one field with this content. */
function data(name: string, rfc: string, body: string): Case {
  const send = lines("--x", named("a"), "", body, "--x--", "");
  return { name: `${name} is data`, rfc, send, parts: [{ name: "a", body }] };
}

function good(name: string, rfc: string, send: string, parts: Part[] = [A]): Case {
  return { name, rfc, send, parts };
}

function bad(name: string, rfc: string, send: string, words: string, parts: Part[] = []): Case {
  return { name: `${name} is refused`, rfc, send, parts, error: { words } };
}

const JUNK = "delimiter";
const CUT = "ends";

testCases("delimiters", [
  good("A part is what stands between two delimiters", DELIMITER, PART_A + END),
  good("Parts follow each other", DELIMITER, lines(PART_A, PART_B) + END, [A, B]),
  good(
    "Names may be repeated",
    'RFC 7578 4.3: "each file in its own part with the same name"',
    lines(PART_A, PART_B, PART_A) + END,
    [A, B, A],
  ),

  good("The first delimiter may have a CRLF before it", FIRST, `\r\n${PART_A}${END}`),
  good(
    "Several empty lines before the first delimiter are a preamble",
    PREAMBLE,
    `\r\n\r\n\r\n${PART_A}${END}`,
  ),
  good("A preamble is skipped", PREAMBLE, `Ignore me\r\n${PART_A}${END}`),
  good(
    "A preamble of several lines is skipped",
    PREAMBLE,
    `This is a message\r\n\r\nX: y\r\n-\r\n--\r\n${PART_A}${END}`,
  ),
  good(
    "A preamble of the bytes of the boundary is skipped",
    PREAMBLE,
    `xxx\r\n-x\r\n--\r\n- -x\r\n${PART_A}${END}`,
  ),
  good("A delimiter within a line of the preamble is none", DELIMITER, `y--x\r\n${PART_A}${END}`),
  good(
    "A delimiter behind a bare LF in the preamble is none",
    DELIMITER,
    `y\n--x\r\n${PART_A}${END}`,
  ),
  good(
    "A delimiter behind a bare CR in the preamble is none",
    DELIMITER,
    `y\r--x\r\n${PART_A}${END}`,
  ),
  good("An epilogue is dropped", PREAMBLE, `${PART_A}${END}Good bye\r\n`),
  good("Delimiters in the epilogue are none", PREAMBLE, `${PART_A}${END}\r\n${PART_B}${END}`),
  good("An epilogue may be of any bytes", PREAMBLE, `${PART_A}${END}\0\xff\r\r\n\n`),
  good("The close delimiter may be without a line break", CLOSE, `${PART_A}\r\n--x--`),

  good("Blanks may stand behind a delimiter", PADDING, `--x \t \r\n${named("a")}\r\n\r\n1${END}`),
  good(
    "Blanks may stand behind a delimiter between parts",
    PADDING,
    `${PART_A}\r\n--x\t \r\n${named("b")}\r\n\r\n2${END}`,
    [A, B],
  ),
  good("Blanks may stand behind the close delimiter", PADDING, `${PART_A}\r\n--x-- \t\r\n`),
  good(
    "Blanks may stand behind the close delimiter at the end of the body",
    PADDING,
    `${PART_A}\r\n--x--  `,
  ),
  good(
    "Blanks may stand behind the close delimiter before an epilogue",
    PADDING,
    `${PART_A}\r\n--x--\t\r\nmore`,
  ),

  good("A form without parts is its close delimiter", EMPTY, "--x--\r\n", []),
  good("A form without parts needs no line break", EMPTY, "--x--", []),
  good("A form without parts may begin with a line break", EMPTY, "\r\n--x--\r\n", []),
  good("A form without parts may have a preamble and an epilogue", EMPTY, "a\r\n--x--\r\nb", []),
  good("A part may be empty", EMPTY, lines("--x", named("a"), "", "") + END, [{
    name: "a",
    body: "",
  }]),
  good("A file may be empty", EMPTY, lines("--x", named("a", "f"), "", "") + END, [{
    name: "a",
    filename: "f",
    body: "",
  }]),
  good(
    "Several parts may be empty",
    EMPTY,
    lines("--x", named("a"), "", "", "--x", named("b"), "", "") + END,
    [
      { name: "a", body: "" },
      { name: "b", body: "" },
    ],
  ),

  // Without CRLF and octets a part is its fields: the line break of the empty line is that of the delimiter.
  good(
    "A delimiter right behind the empty line ends an empty part",
    EMPTY,
    `--x\r\n${named("a")}\r\n\r\n${PART_B}${END}`,
    [
      { name: "a", body: "" },
      B,
    ],
  ),
  good(
    "A close delimiter right behind the empty line ends an empty part",
    EMPTY,
    `--x\r\n${named("a")}\r\n\r\n--x--\r\n`,
    [
      { name: "a", body: "" },
    ],
  ),

  data("A line break", DELIMITER, "\r\n"),
  data("A line break at the end of a part", DELIMITER, "1\r\n"),
  data("A line break at the start of a part", DELIMITER, "\r\n1"),
  data("Line breaks of all kinds", DELIMITER, "\r\n\r\r\n\n\n\r\r"),
  data("CR at the end of a part", DELIMITER, "1\r"),
  data("LF at the end of a part", DELIMITER, "1\n"),
  data("A dash behind a line break", DELIMITER, "1\r\n-"),
  data("Two dashes behind a line break", DELIMITER, "1\r\n--"),
  data("Two dashes and a line break", DELIMITER, "1\r\n--\r\n"),
  data("Another boundary", DELIMITER, "1\r\n--y\r\n\r\n--y--\r\n"),
  data("The boundary with one dash", DELIMITER, "1\r\n-x\r\n"),
  data("The boundary with three dashes", DELIMITER, "1\r\n---x\r\n"),
  data("The boundary in other case", DELIMITER, "1\r\n--X\r\n"),
  data("The boundary behind a blank", DELIMITER, "1\r\n --x\r\n"),
  data("A delimiter within a line", DELIMITER, "1--x\r\n2"),
  data("A close delimiter within a line", DELIMITER, "1--x--\r\n2"),
  data("A delimiter behind LF", DELIMITER, "1\n--x\n2"),
  data("A delimiter behind LF CR", DELIMITER, "1\n\r--x\r\n2"),
  data("A delimiter behind CR", DELIMITER, "1\r--x\r2"),
  data("A delimiter behind CR CR", DELIMITER, "1\r\r--x\r\n2"),
  data("A field", DELIMITER, `${named("c")}\r\n\r\n3`),
  data("NUL", DELIMITER, "\0\r\n\0--x"),

  bad("Text behind a delimiter", EXACT, `--x${HERE}y\r\n${named("a")}\r\n\r\n1${END}`, JUNK),
  bad(
    "A longer boundary that begins like ours",
    EXACT,
    `${PART_A}\r\n--x${HERE}y\r\n${named("b")}\r\n\r\n2${END}`,
    JUNK,
  ),
  bad(
    "A longer boundary that begins like ours, with a dash",
    EXACT,
    `${PART_A}\r\n--x-${HERE}y\r\n${named("b")}\r\n\r\n2${END}`,
    JUNK,
  ),
  bad("Text behind blanks behind a delimiter", PADDING, `${PART_A}\r\n--x \t${HERE}y\r\n`, JUNK),
  bad("One dash behind a delimiter", EXACT, `${PART_A}\r\n--x-${HERE}\r\n`, JUNK),
  bad("Dashes behind blanks behind a delimiter", EXACT, `${PART_A}\r\n--x ${HERE}--\r\n`, JUNK),
  bad(
    "A blank between the dashes behind a delimiter",
    EXACT,
    `${PART_A}\r\n--x-${HERE} -\r\n`,
    JUNK,
  ),
  bad("LF behind a delimiter", LINE, `${PART_A}\r\n--x${HERE}\n${named("b")}\r\n\r\n2${END}`, JUNK),
  bad("LF behind the first delimiter", LINE, `--x${HERE}\n${named("b")}\r\n\r\n2${END}`, JUNK),
  bad(
    "CR alone behind a delimiter",
    LINE,
    `${PART_A}\r\n--x\r${HERE}${named("b")}\r\n\r\n2${END}`,
    JUNK,
  ),
  bad(
    "CR CR LF behind a delimiter",
    LINE,
    `${PART_A}\r\n--x\r${HERE}\r\n${named("b")}\r\n\r\n2${END}`,
    JUNK,
  ),
  bad(
    "A blank behind CR behind a delimiter",
    LINE,
    `${PART_A}\r\n--x\r${HERE} \n${named("b")}\r\n\r\n2${END}`,
    JUNK,
  ),
  bad("NUL behind a delimiter", LINE, `${PART_A}\r\n--x${HERE}\0\r\n`, JUNK),
  bad("A form feed behind a delimiter", LINE, `${PART_A}\r\n--x${HERE}\f\r\n`, JUNK),
  // Whether that was the delimiter is not certain, and so the last part is not complete.
  bad("Text behind the close delimiter", EXACT, `${PART_A}\r\n--x--${HERE}junk\r\n`, JUNK),
  bad("A third dash behind the close delimiter", EXACT, `${PART_A}\r\n--x--${HERE}-\r\n`, JUNK),
  bad(
    "Text behind blanks behind the close delimiter",
    EXACT,
    `${PART_A}\r\n--x-- ${HERE}junk\r\n`,
    JUNK,
  ),
  bad("LF behind the close delimiter", LINE, `${PART_A}\r\n--x--${HERE}\n`, JUNK),
  bad("CR alone behind the close delimiter", LINE, `${PART_A}\r\n--x--\r${HERE}epilogue`, JUNK),
  bad("Text behind the close delimiter of a form without parts", EXACT, `--x--${HERE}junk`, JUNK),

  // A field may be called so, and others look for delimiters before they look for fields.
  bad(
    "A field that begins like a delimiter",
    DELIMITER,
    `--x\r\n${named("a")}\r\n${HERE}--x: y\r\n\r\n1${END}`,
    "",
  ),
  bad(
    "A first field that begins like a delimiter",
    DELIMITER,
    `--x\r\n${HERE}--x-a: y\r\n${named("a")}\r\n\r\n1${END}`,
    "",
  ),
  bad(
    "A field that begins like a close delimiter",
    DELIMITER,
    `--x\r\n${named("a")}\r\n${HERE}--x--b: y\r\n\r\n1${END}`,
    "",
  ),
  good(
    "A field may begin with dashes",
    DELIMITER,
    `--x\r\n${named("a")}\r\n--y: z\r\n-x: --x\r\n\r\n1${END}`,
    [{
      name: "a",
      fields: ['content-disposition: form-data; name="a"', "--y: z", "-x: --x"],
      body: "1",
    }],
  ),

  bad("An empty body", FIRST, `${HERE}`, CUT),
  bad("A body of a line break", FIRST, `\r\n${HERE}`, CUT),
  bad("A body without a delimiter", FIRST, `hello\r\nworld${HERE}`, CUT),
  bad(
    "A body with the delimiter within a line",
    FIRST,
    `y--x\r\n${named("a")}\r\n\r\n1--x--\r\n${HERE}`,
    CUT,
  ),
  bad(
    "A body with LF for every line break",
    LINE,
    PART_A.replaceAll("\r\n", "\n") + "\n--x--\n",
    "",
  ),
  bad(
    "A body of another boundary",
    FIRST,
    `${lines("--y", named("a"), "", "1", "--y--", "")}${HERE}`,
    CUT,
  ),
  bad("Nothing behind the first delimiter", CLOSE, `--x${HERE}`, CUT),
  bad("A part without a close delimiter", CLOSE, `${PART_A}${HERE}`, CUT),
  bad("A part without a CRLF before its close delimiter", CLOSE, `${PART_A}--x--\r\n${HERE}`, CUT),
  bad("A part with a delimiter behind it and no more", CLOSE, `${PART_A}\r\n--x\r\n${HERE}`, CUT, [
    A,
  ]),
  bad("A part that ends with its fields", CLOSE, `--x\r\n${named("a")}\r\n\r\n${HERE}`, CUT),
  bad("A part that ends within its fields", CLOSE, `--x\r\n${named("a")}\r\n${HERE}`, CUT),
  bad(
    "A delimiter in place of the empty line",
    DELIMITER,
    `--x\r\n${named("a")}\r\n${HERE}--x--\r\n\r\n`,
    "header",
  ),
]);

const body = lines("--x", "", "1", "--x", "X: y", "", "2") + END;
testCases("delimiters of multipart/mixed", [
  {
    name: "Parts of multipart/mixed need no fields",
    rfc: 'RFC 2046 5.1: "NO header fields are actually required in body parts"',
    contentType: MIXED,
    send: body,
    parts: [{ name: "", fields: [], body: "1" }, { name: "", fields: ["x: y"], body: "2" }],
  },
  {
    name: "An empty part of multipart/mixed without fields is a part",
    rfc: EMPTY,
    contentType: MIXED,
    send: "--x\r\n\r\n\r\n--x--",
    parts: [{ name: "", fields: [], body: "" }],
  },
  {
    name: "multipart/related is read by the same rules",
    rfc:
      'RFC 2387 3: "multipart/related" has the syntax of multipart/mixed, and parameters of its own',
    contentType: 'multipart/related; type="text/html"; start="<a@b>"; boundary=x',
    send: lines(
      "--x",
      "Content-Type: text/html",
      "Content-ID: <a@b>",
      "",
      "<p>",
      "--x",
      "Content-ID: <c>",
      "",
      "c",
    ) + END,
    parts: [
      {
        name: "",
        contentType: "text/html",
        fields: ["content-type: text/html", "content-id: <a@b>"],
        body: "<p>",
      },
      { name: "", fields: ["content-id: <c>"], body: "c" },
    ],
  },
  {
    name: "multipart/byteranges is read by the same rules",
    rfc:
      'RFC 9110 14.6: "multipart/byteranges" carries ranges as body parts, each with its Content-Range',
    contentType: "multipart/byteranges; boundary=x",
    send: lines(
      "",
      "--x",
      "Content-Range: bytes 0-1/9",
      "",
      "ab",
      "--x",
      "Content-Range: bytes 3-3/9",
      "",
      "\n",
    ) + END,
    parts: [
      { name: "", fields: ["content-range: bytes 0-1/9"], body: "ab" },
      { name: "", fields: ["content-range: bytes 3-3/9"], body: "\n" },
    ],
  },
  {
    name: "A part of multipart/mixed may have another disposition",
    rfc: "RFC 2183 2: attachment and inline; its file name is told",
    contentType: MIXED,
    send: lines("--x", 'Content-Disposition: attachment; filename="f"', "", "1") + END,
    parts: [{
      name: "",
      filename: "f",
      fields: ['content-disposition: attachment; filename="f"'],
      body: "1",
    }],
  },
]);
