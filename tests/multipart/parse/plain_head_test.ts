import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { findBlockEnd } from "../../../multipart/parse/header_block.ts";
import { parsePartHead, type PartHead } from "../../../multipart/parse/part_head.ts";
import { tryPlainHead } from "../../../multipart/parse/plain_head.ts";
import { bytesOf } from "../../wire/fakes.ts";

const BEGIN = 'Content-Disposition: form-data; name="';
const END = '"\r\n\r\n';

/** What a header says, as a plain object. */
function said({ fields, name, filename, contentType }: PartHead): PartHead {
  return { fields, name, filename, contentType };
}

Deno.test("tryPlainHead() recognises what browsers send for a text field", () => {
  for (const name of ["a", "", "user[name]", "a b;c=d\\", "%22", "x".repeat(48), "__proto__"]) {
    const before = "before";
    const text = `${before}${BEGIN}${name}${END}`;
    const plain = tryPlainHead(bytesOf(`${text}content`), before.length);
    assertEquals(plain && { head: said(plain.head), end: plain.end }, {
      head: {
        fields: [
          { type: "header", name: "content-disposition", value: `form-data; name="${name}"` },
        ],
        name,
        filename: undefined,
        contentType: undefined,
      },
      end: text.length,
    });
  }
});

Deno.test("tryPlainHead() leaves every other header to others", () => {
  const others = [
    "",
    "\r\n",
    `${BEGIN}a"; filename="b"\r\n\r\n`,
    `${BEGIN}a"\r\nContent-Type: text/plain\r\n\r\n`,
    `${BEGIN}a"\r\n\r`,
    `${BEGIN}a"\n\n`,
    `${BEGIN}a"\r\n \r\n`,
    `${BEGIN}a" \r\n\r\n`,
    `${BEGIN}a${END.slice(1)}`,
    `${BEGIN}ä${END}`,
    `${BEGIN}a\tb${END}`,
    `${BEGIN}a\0b${END}`,
    `${BEGIN}a\x7fb${END}`,
    `${BEGIN}a\nb${END}`,
    `${BEGIN}${"x".repeat(49)}${END}`,
    `${BEGIN.replace("C", "c")}a${END}`,
    `${BEGIN.replace(": ", ":")}a${END}`,
    `${BEGIN.replace('"', "")}a${END.slice(1)}`,
    ` ${BEGIN}a${END}`,
  ];
  for (const text of others) {
    assertEquals(tryPlainHead(bytesOf(text), 0), undefined, JSON.stringify(text));
  }
});

Deno.test("tryPlainHead() recognises nothing that is not all there", () => {
  const text = `${BEGIN}abc${END}`;
  for (let length = 0; length < text.length; length++) {
    assertEquals(tryPlainHead(bytesOf(text.slice(0, length)), 0), undefined, `${length} bytes`);
  }
  assertEquals(tryPlainHead(bytesOf(text), 0)?.end, text.length);
});

Deno.test("tryPlainHead() gives what parsePartHead() gives, and the same end", () => {
  const letter = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
  const plain = fc.string({ unit: letter, maxLength: 50 })
    .map((name) => BEGIN + name.replaceAll('"', "'") + END);
  const change = fc.tuple(
    fc.nat(80),
    fc.nat(2),
    fc.constantFrom(...'"\\\r\n\t\0;= aü\x7f', "\r\n", ""),
  );
  const input = fc.tuple(
    fc.string({ unit: "binary-ascii", maxLength: 4 }),
    plain,
    fc.option(change),
  );
  let recognised = 0;
  fc.assert(
    fc.property(input, ([after, text, changed]) => {
      if (changed !== null) {
        const [at, lost, more] = changed;
        text = text.slice(0, at) + more + text.slice(at + lost);
      }
      const bytes = new TextEncoder().encode(`xy${text}${after}`);
      const found = tryPlainHead(bytes, 2);
      if (found === undefined) return;
      recognised++;
      assertEquals(found.end, findBlockEnd(bytes, 2, 2, bytes.length));
      for (const isForm of [true, false]) {
        const rules = { isForm, maxHeaders: 1, dashBoundary: "--" };
        const head = parsePartHead(bytes.subarray(2, found.end), 2, rules);
        assertEquals(said(found.head), head);
      }
    }),
    { numRuns: 1000 },
  );
  assert(recognised > 200, `only ${recognised} were recognised`);
});
