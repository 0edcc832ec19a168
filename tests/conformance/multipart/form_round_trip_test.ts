// Whatever MultipartForm writes, the parser reads back: names and file names as the form escapes them, contents
// byte by byte, in order.

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MultipartForm, MultipartParser, parseMultipart } from "../../../multipart/mod.ts";
import { textOf } from "../../wire/fakes.ts";

interface Field {
  kind: "text" | "bytes" | "blob" | "stream";
  name: string;
  filename: string;
  text: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const BOUNDARY = "aaab";

/** Text with what has a meaning in forms. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.array(
    fc.constantFrom(
      '"',
      "\r",
      "\n",
      "\r\n",
      "\\",
      "%",
      "%22",
      ";",
      "=",
      "filename=",
      "--",
      BOUNDARY,
      "\ufeff",
      "\ud800",
      "ü",
      "'",
    ),
    { maxLength: 12 },
  ).map((pieces) => pieces.join("")),
);

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(fc.constantFrom("\r\n", "\r", "\n", "-", "--", "a", "aa", "b", "\0", "\xff"), {
    maxLength: 40,
  })
    .map((pieces) => Uint8Array.from(pieces.join(""), (character) => character.charCodeAt(0))),
).map((bytes) => new Uint8Array(bytes));

// A form with a boundary of its own must not have it in its parts.
const isFree = (bytes: Uint8Array): boolean =>
  !`\r\n${textOf(bytes)}`.includes(`\r\n--${BOUNDARY}`);
const encoder = new TextEncoder();

const field: fc.Arbitrary<Field> = fc.record({
  kind: fc.constantFrom("text", "bytes", "blob", "stream"),
  name: text,
  filename: text,
  text: text.filter((value) => isFree(encoder.encode(value.replace(/\r\n|\r|\n/g, "\r\n")))),
  bytes: content.filter(isFree),
});

/** NUL has no place in fields, and the form refuses it. */
const isReadable = ({ name, filename, kind }: Field): boolean =>
  !name.includes("\0") && (kind === "text" || kind === "bytes" || !filename.includes("\0"));

function formOf(fields: readonly Field[], boundary?: string): MultipartForm {
  const form = new MultipartForm({ boundary });
  for (const { kind, name, filename, text, bytes } of fields) {
    if (kind === "text") form.add(name, text);
    else if (kind === "bytes") form.add(name, bytes);
    else if (kind === "blob") form.addBlob(name, new Blob([bytes]), { filename });
    else {
      const stream = ReadableStream.from([bytes.subarray(0, 2), bytes.subarray(2)]);
      form.addStream(name, stream, { filename, contentType: 'a/b; c="d"', size: bytes.length });
    }
  }
  return form;
}

/** Names as HTML has them escaped, written apart from the form. */
function escape(name: string): string {
  return name.toWellFormed().replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}

const toCrlf = (value: string): string => value.split(/\r\n|\r|\n/).join("\r\n");

/** What must come out of a form of these fields. */
function expected({ kind, name, filename, text, bytes }: Field): unknown[] {
  const escaped = escape(toCrlf(name));
  if (kind === "text") return [escaped, null, null, toCrlf(text).toWellFormed()];
  if (kind === "bytes") return [escaped, null, null, textOf(bytes)];
  const type = kind === "blob" ? "application/octet-stream" : 'a/b; c="d"';
  return [escaped, escape(filename), type, textOf(bytes)];
}

Deno.test("The parts of a form are read back as they were added", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(field.filter(isReadable), { maxLength: 6 }),
      fc.constantFrom(undefined, BOUNDARY, "a?b c"),
      async (fields, boundary) => {
        const form = formOf(fields, boundary);
        const read: unknown[] = [];
        for await (const part of parseMultipart(form.stream(), form.contentType)) {
          const { name, filename, contentType } = part;
          const isText = fields[read.length]?.kind === "text";
          const value = isText ? await part.text() : textOf(await part.bytes());
          read.push([name, filename ?? null, contentType ?? null, value]);
        }
        assertEquals(read, fields.map(expected));
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("The bytes of a form give the same, however they are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(field.filter(isReadable), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
      async (fields, lengths) => {
        const form = formOf(fields, BOUNDARY);
        const bytes = await new Response(form.stream()).bytes();
        assertEquals(bytes.length, form.contentLength);
        const parser = new MultipartParser(form.contentType);
        const bodies: string[] = [""];
        let hasEnded = false;
        let pieces = 0;
        for (let at = 0; at < bytes.length;) {
          const end = at + lengths[pieces++ % lengths.length]!;
          parser.push(bytes.slice(at, end));
          at = end;
          for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
            if (event.type === "end") hasEnded = true;
            if (event.type !== "body") continue;
            bodies[bodies.length - 1] += textOf(event.data);
            if (event.done) bodies.push("");
          }
        }
        assertEquals(hasEnded, true);
        const contents = fields.map(({ kind, text, bytes }) =>
          textOf(kind === "text" ? encoder.encode(toCrlf(text)) : bytes)
        );
        assertEquals(bodies, [...contents, ""]);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("A form without parts is read back as one", async () => {
  const form = new MultipartForm();
  for await (const part of parseMultipart(form.stream(), form.contentType)) {
    throw new Error(part.name);
  }
});

Deno.test("A name with NUL, which no parser reads, is not written", () => {
  const message = "NUL has no place in a name";
  assertThrows(() => new MultipartForm().add("a\0b", "1"), TypeError, message);
  const blob = new Blob(["1"]);
  assertThrows(
    () => new MultipartForm().addBlob("a", blob, { filename: "\0" }),
    TypeError,
    message,
  );
});
