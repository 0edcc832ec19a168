import { assert, assertEquals } from "@std/assert";
import { BOUNDARY, planForm } from "../../../bench/multipart/bodies.ts";
import { SCENARIOS } from "../../../bench/scenarios.ts";

const KINDS = SCENARIOS.flatMap((one) =>
  one.group === "multipart" && one.work === "parse" ? one.body : []
);
const SCALE = 1 / 256;

Deno.test("no form has its delimiter in a content", () => {
  for (const kind of KINDS) {
    const { boundary, parts } = planForm(kind, SCALE);
    assert(boundary.length <= 70);
    for (const { content } of parts) assert(!read(content).includes(`\r\n--${boundary}`), kind);
  }
});

Deno.test("planForm() has one file, many files, or fields", () => {
  const shape = (kind: typeof KINDS[number]) =>
    [...planForm(kind, 1 / 50).parts].map((part) => [part.name, part.filename]);
  assertEquals(shape("file"), [["file", "file.bin"]]);
  assertEquals(shape("files"), [["file0", "file0.bin"], ["file1", "file1.bin"]]);
  assertEquals(shape("fields").length, 100);
  assertEquals(shape("fields")[99], ["field99", undefined]);
});

Deno.test("a near miss is a delimiter but for one character, again and again", () => {
  const delimiter = `\r\n--${BOUNDARY}`;
  const near = content("near");
  assertEquals(near.indexOf(`${delimiter.slice(0, -1)}!${delimiter.slice(0, -1)}!`), 0);
  const inside = content("near-inside");
  assertEquals(inside.indexOf(`${delimiter.slice(0, -2)}!${delimiter.slice(-1)}\r\n--`), 0);
  assertEquals([near.length, inside.length], [64 * 1024, 64 * 1024]);
});

Deno.test("the contents that are one thing over and over are nothing else", () => {
  assert(/^(\r\n)+$/.test(content("crlf")));
  assert(/^-+$/.test(content("dashes")));
  assert(/^a+$/.test(content("hostile")));
  assertEquals(planForm("hostile", SCALE).boundary, "a".repeat(70));
  assertEquals(new Set(content("crawl")), new Set(BOUNDARY.at(-2)!));
});

function content(kind: typeof KINDS[number]): string {
  const [part] = planForm(kind, SCALE).parts;
  return read(part.content);
}

function read(pieces: Iterable<Uint8Array>): string {
  const decoder = new TextDecoder("latin1");
  return [...pieces].map((piece) => decoder.decode(piece)).join("");
}
