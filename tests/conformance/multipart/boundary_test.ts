// The boundary, as it stands in a Content-Type or alone (RFC 2046 5.1.1, RFC 9110 8.3.1).

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { MultipartError, MultipartParser, parseMultipart } from "../../../multipart/mod.ts";
import { type Case, lines, named, testCases } from "./support.ts";

const CHARACTERS = 'RFC 2046 5.1.1: "boundary := 0*69<bchars> bcharsnospace"';
const QUOTED = "RFC 2046 5.1.1: boundaries with characters that no token has stand in quotes";
const PARAMETERS =
  "RFC 9110 5.6.6: parameter names are case-insensitive, blanks may stand around the semicolon";
const AMBIGUOUS = "RFC 9110 8.3: a Content-Type that two readers would read in two ways is refused";
const PUNCTUATION = "'()+_,-./:=? x";

function accepted(name: string, rfc: string, contentType: string, boundary: string): Case {
  return {
    name,
    rfc,
    contentType,
    send: lines("", `--${boundary}`, named("a"), "", `1\r\n-${boundary}`, `--${boundary}--`, ""),
    parts: [{ name: "a", body: `1\r\n-${boundary}` }],
  };
}

const form = (parameters: string): string => `multipart/form-data${parameters}`;
const LONGEST = "a".repeat(70);

testCases("boundary", [
  accepted("A boundary may be a token", PARAMETERS, form("; boundary=abc"), "abc"),
  accepted("A boundary may stand in quotes", QUOTED, form('; boundary="abc"'), "abc"),
  accepted("A boundary may be given alone", PARAMETERS, "abc", "abc"),
  accepted("A boundary may have one character", CHARACTERS, form("; boundary=a"), "a"),
  accepted("A boundary may be a dash", CHARACTERS, form("; boundary=-"), "-"),
  accepted("A boundary may be all dashes", CHARACTERS, form("; boundary=------"), "------"),
  accepted("A boundary may have 70 characters", CHARACTERS, form(`; boundary=${LONGEST}`), LONGEST),
  accepted(
    "A boundary may have 70 characters in quotes",
    CHARACTERS,
    form(`; boundary="${LONGEST}"`),
    LONGEST,
  ),
  accepted("A boundary may have 70 characters alone", CHARACTERS, LONGEST, LONGEST),
  accepted(
    "A boundary may have punctuation",
    CHARACTERS,
    form(`; boundary="${PUNCTUATION}"`),
    PUNCTUATION,
  ),
  accepted("A boundary with punctuation may be given alone", CHARACTERS, PUNCTUATION, PUNCTUATION),
  accepted(
    "A boundary may have a semicolon's neighbours",
    QUOTED,
    form('; boundary="a=b:c/d"'),
    "a=b:c/d",
  ),
  accepted("A boundary keeps its case", CHARACTERS, form("; boundary=aBc"), "aBc"),
  accepted("The type may be in any case", PARAMETERS, "Multipart/FORM-Data; boundary=abc", "abc"),
  accepted("The parameter may be in any case", PARAMETERS, form("; BOUNDARY=abc"), "abc"),
  accepted("Blanks may stand before the semicolon", PARAMETERS, form(" \t; boundary=abc"), "abc"),
  accepted(
    "No blank needs to stand behind the semicolon",
    PARAMETERS,
    form(";boundary=abc"),
    "abc",
  ),
  accepted("Blanks may stand around the whole", PARAMETERS, ` ${form("; boundary=abc")} \t`, "abc"),
  accepted(
    "Other parameters may come before",
    PARAMETERS,
    form("; charset=utf-8; boundary=abc"),
    "abc",
  ),
  accepted(
    "Other parameters may come after",
    PARAMETERS,
    form("; boundary=abc; charset=utf-8"),
    "abc",
  ),
  accepted(
    "Other parameters may be quoted",
    PARAMETERS,
    form('; a="b;c"; boundary=abc; d="e"'),
    "abc",
  ),
  accepted(
    "A boundary within the quotes of another parameter is none",
    AMBIGUOUS,
    form('; a="; boundary=no"; boundary=abc'),
    "abc",
  ),
  accepted(
    "A parameter whose name ends with boundary is another",
    AMBIGUOUS,
    form("; xboundary=no; boundary=abc"),
    "abc",
  ),
  accepted("A semicolon may stand at the end", PARAMETERS, form("; boundary=abc;"), "abc"),
  accepted(
    "A semicolon and blanks may stand at the end",
    PARAMETERS,
    form("; boundary=abc ; "),
    "abc",
  ),
]);

/** What is refused before there is a body. */
const REFUSED: [name: string, contentType: string | null | undefined, status: number][] = [
  ["No Content-Type", undefined, 415],
  ["No Content-Type, told by null", null, 415],
  ["A Content-Type of another kind", "text/plain; boundary=x", 415],
  ["A Content-Type of the other kind of forms", "application/x-www-form-urlencoded", 415],
  ["A Content-Type that ends with multipart", "x/multipart; boundary=x", 415],
  ["A Content-Type that begins like multipart", "multiparty/form-data; boundary=x", 415],
  ["A Content-Type without a boundary", "multipart/form-data", 400],
  ["A Content-Type with parameters and no boundary", "multipart/form-data; charset=utf-8", 400],
  ["A Content-Type with only the like of a boundary", "multipart/form-data; xboundary=x", 400],
  ["An empty boundary", "multipart/form-data; boundary=", 400],
  ["An empty boundary in quotes", 'multipart/form-data; boundary=""', 400],
  ["An empty boundary before another parameter", "multipart/form-data; boundary=; a=b", 400],
  ["An empty boundary alone", "", 400],
  ["A boundary of 71 characters", `multipart/form-data; boundary=${LONGEST}a`, 400],
  ["A boundary of 71 characters in quotes", `multipart/form-data; boundary="${LONGEST}a"`, 400],
  ["A boundary of 71 characters alone", `${LONGEST}a`, 400],
  ["A boundary with a blank at the end", 'multipart/form-data; boundary="x "', 400],
  ["A boundary of a blank", 'multipart/form-data; boundary=" "', 400],
  ["A boundary with a tab", 'multipart/form-data; boundary="a\tb"', 400],
  ["A boundary with a line break", 'multipart/form-data; boundary="a\r\nb"', 400],
  ["A boundary with a star", 'multipart/form-data; boundary="a*b"', 400],
  ["A boundary with an at sign", "multipart/form-data; boundary=a@b", 400],
  ["A boundary that is not ASCII", 'multipart/form-data; boundary="b\xe9"', 400],
  ["A boundary that is not ASCII alone", "b\xe9", 400],
  ["A boundary with a backslash", 'multipart/form-data; boundary="a\\b"', 400],
  ["A boundary without its closing quote", 'multipart/form-data; boundary="x', 400],
  ["A boundary with something behind its quotes", 'multipart/form-data; boundary="x"y', 400],
  ["Two boundaries", "multipart/form-data; boundary=x; boundary=y", 400],
  ["Two boundaries that are the same", "multipart/form-data; boundary=x; boundary=x", 400],
  ["Two boundaries in different case", "multipart/form-data; boundary=x; Boundary=y", 400],
  ["A blank before the equals sign", "multipart/form-data; boundary =x", 400],
  ["A blank behind the equals sign", "multipart/form-data; boundary= x", 400],
  ["A parameter without a value", "multipart/form-data; a; boundary=x", 400],
  ["A type without a semicolon", "multipart/form-data boundary=x", 400],
  ["Two types in one", "multipart/form-data, multipart/form-data; boundary=x", 400],
];

for (const [name, contentType, status] of REFUSED) {
  Deno.test(`${name} is refused with ${status}`, async () => {
    const check = (error: unknown): void => {
      assertInstanceOf(error, MultipartError);
      assertEquals([error.status, error.code, error.offset], [status, "bad_multipart", undefined]);
    };
    if (typeof contentType === "string") {
      check(assertThrows(() => new MultipartParser(contentType)));
    }
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
    try {
      for await (const part of parseMultipart(body, contentType)) throw new Error(part.name);
      throw new Error("it passed");
    } catch (error) {
      check(error);
    }
    // It may be refused at once, with the body left to the caller, or as any other error that ends the stream.
    assertEquals(cancelled || !body.locked, true);
    if (!body.locked) await body.cancel();
  });
}
