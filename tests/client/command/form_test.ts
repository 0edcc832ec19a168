import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../../client/command/errors.ts";
import { formOf } from "../../../client/command/form.ts";
import type { Input } from "../../../client/command/input.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const STDIN: Input = {
  readAll: () => Promise.resolve(new TextEncoder().encode("typed\n")),
  stream: () => new Blob([]).stream(),
};

/** A form as it is sent, a character per byte. */
async function form(...values: string[]): Promise<string> {
  const entries = values.map((value) => ({ value, isPlain: false }));
  const body = await formOf(entries, STDIN);
  const bytes = await new Response(body.stream()).bytes();
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

Deno.test("formOf() makes a form of values, files and the standard input", async () => {
  using tree = new TempTree();
  const file = tree.write("notes.txt", "from a file");
  const text = await form("a=b=c", `f=@${file}`, `g=<${file}`, "h=@-;filename=typed", "i=@-");
  assertStringIncludes(text, 'name="a"\r\n\r\nb=c\r\n');
  assertStringIncludes(text, 'name="f"; filename="notes.txt"\r\nContent-Type: text/plain');
  assertStringIncludes(text, "\r\n\r\nfrom a file\r\n");
  assertStringIncludes(text, 'name="g"\r\n\r\nfrom a file\r\n');
  assertStringIncludes(text, 'name="h"; filename="typed"\r\n');
  assertStringIncludes(text, 'name="i"; filename="-"\r\n');
  assertStringIncludes(text, "typed\n\r\n");
});

Deno.test("formOf() sends the bytes of values and files as they are, with the type that is given", async () => {
  using tree = new TempTree();
  const file = tree.write("raw", Uint8Array.of(0xff, 10, 13, 0));
  const text = await form("a=one\ntwo", `b=<${file};type=x/y`, "c=é;type=text/plain");
  assertStringIncludes(text, 'name="a"\r\n\r\none\ntwo\r\n');
  assertStringIncludes(text, 'name="b"\r\nContent-Type: x/y\r\n\r\n\xff\n\r\0\r\n');
  assertStringIncludes(text, 'name="c"\r\nContent-Type: text/plain\r\n\r\n\xc3\xa9\r\n');
});

Deno.test("formOf() names files, and their types, as it is told", async () => {
  using tree = new TempTree();
  const odd = tree.write("odd;name.txt", "odd");
  const text = await form(`f=@"${odd}"; type=text/plain;charset=utf-8;filename="a;\\"b\\".txt"`);
  assertStringIncludes(text, 'filename="a;%22b%22.txt"\r\n');
  assertStringIncludes(text, "Content-Type: text/plain;charset=utf-8\r\n");
});

Deno.test("formOf() refuses what is misspelled before it reads anything, and what is not there", async () => {
  await assertRejects(() => form("a=@/no/such", "b=c;typ=d"), UsageError, "typ=d");
  for (const part of ["a=@/no/such", "a=</no/such"]) {
    const error = await assertRejects(() => form(part), HttpError, "there is no such file");
    assertEquals([error.code, error.operation], ["file", "read"]);
  }
});
