import { assertEquals, assertStrictEquals } from "@std/assert";
import { bytesOf } from "../../wire/fakes.ts";
import { Part } from "../../../multipart/parse/part.ts";
import { type ContentReader, PartContent } from "../../../multipart/parse/part_content.ts";
import { parsePartHead } from "../../../multipart/parse/part_head.ts";

const READER: ContentReader = {
  readPiece: (_content, made) => Promise.resolve(made(undefined)),
  readBytes: () => Promise.resolve(bytesOf("bytes")),
  readText: () => Promise.resolve("text"),
};

function partOf(header: string): Part {
  const rules = { isForm: true, maxHeaders: 32, dashBoundary: "--b" };
  return new Part(new PartContent(READER, parsePartHead(bytesOf(`${header}\r\n\r\n`), 0, rules)));
}

Deno.test("a part says what its header does", () => {
  const part = partOf(
    'Content-Disposition: form-data; name="a"; filename="f"\r\nCONTENT-TYPE: x/y; z=1\r\n' +
      "X-Twice: 1\r\nx-twice: 2\r\n__proto__: p",
  );
  assertEquals([part.name, part.filename, part.contentType], ["a", "f", "x/y; z=1"]);
  assertEquals([...part.headers], [
    ["content-disposition", 'form-data; name="a"; filename="f"'],
    ["content-type", "x/y; z=1"],
    ["x-twice", "1, 2"],
    ["__proto__", "p"],
  ]);
  assertStrictEquals(part.headers, part.headers);
  const field = partOf('Content-Disposition: form-data; name="a"');
  assertEquals([field.filename, field.contentType], [undefined, undefined]);
});

Deno.test("a part gives its content in each of the ways", async () => {
  const header = 'Content-Disposition: form-data; name="a"';
  assertEquals(await partOf(header).bytes(), bytesOf("bytes"));
  assertEquals(await partOf(header).text(), "text");
  const part = partOf(header);
  assertStrictEquals(part.body, part.body);
  assertEquals(await part.body.getReader().read(), { done: true, value: undefined });
});

Deno.test("a part has no members but the documented ones", () => {
  const part = partOf('Content-Disposition: form-data; name="a"');
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(part)).sort();
  assertEquals(Object.keys(part), []);
  assertEquals(names, [
    "body",
    "bytes",
    "constructor",
    "contentType",
    "filename",
    "headers",
    "name",
    "text",
  ]);
});
