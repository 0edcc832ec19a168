import { assertEquals, assertThrows } from "@std/assert";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";
import { type HeadRules, parsePartHead } from "../../../multipart/parse/part_head.ts";
import { LimitError } from "../../../wire/errors.ts";
import { bytesOf } from "../../wire/fakes.ts";

const FORM: HeadRules = { isForm: true, maxHeaders: 32, dashBoundary: "--b" };
const OTHER: HeadRules = { isForm: false, maxHeaders: 32, dashBoundary: "--b" };
const NAME = 'Content-Disposition: form-data; name="a"';

function block(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode([...lines, "", ""].join("\r\n"));
}

Deno.test("parsePartHead() gives all fields in order, name, file name and media type", () => {
  const lines = [
    "X-First: 1",
    'content-disposition: Form-Data; filename="b.txt"; name="a"',
    "CONTENT-TYPE: Text/Plain; charset=x",
    "X-First:2",
  ];
  assertEquals(parsePartHead(block(lines), 0, FORM), {
    fields: [
      { type: "header", name: "x-first", value: "1" },
      {
        type: "header",
        name: "content-disposition",
        value: 'Form-Data; filename="b.txt"; name="a"',
      },
      { type: "header", name: "content-type", value: "Text/Plain; charset=x" },
      { type: "header", name: "x-first", value: "2" },
    ],
    name: "a",
    filename: "b.txt",
    contentType: "Text/Plain; charset=x",
  });
});

Deno.test("parsePartHead() tells an empty name, file name or type from none", () => {
  const cases: readonly (readonly [
    lines: readonly string[],
    rules: HeadRules,
    says: readonly [string, string | undefined, string | undefined],
  ])[] = [
    [[NAME], FORM, ["a", undefined, undefined]],
    [['Content-Disposition: form-data; name=""'], FORM, ["", undefined, undefined]],
    [[`${NAME}; filename=""`, "Content-Type:"], FORM, ["a", "", ""]],
    [[], OTHER, ["", undefined, undefined]],
    [["Content-Type: text/xml"], OTHER, ["", undefined, "text/xml"]],
    [["Content-Disposition: attachment; filename=b"], OTHER, ["", "b", undefined]],
    [["Content-Disposition: inline; name=b"], OTHER, ["b", undefined, undefined]],
  ];
  for (const [lines, rules, says] of cases) {
    const { name, filename, contentType, fields } = parsePartHead(block(lines), 0, rules);
    assertEquals([name, filename, contentType], [...says], lines.join());
    assertEquals(fields.length, lines.length, lines.join());
  }
});

Deno.test("parsePartHead() reads UTF-8, and U+FFFD where it is none", () => {
  const valid = parsePartHead(block(['Content-Disposition: form-data; name="ü日😀"']), 0, FORM);
  assertEquals(valid.name, "ü日😀");
  const invalid = bytesOf('Content-Disposition: form-data; name="\xfc\xe6\x97b"\r\n\r\n');
  assertEquals(parsePartHead(invalid, 0, FORM).name, "\ufffd\ufffdb");
  // A sequence that is cut by a line break takes nothing of it along.
  const cut = bytesOf(`X: \xe6\x97\r\n${NAME}\r\n\r\n`);
  const { fields, name } = parsePartHead(cut, 0, FORM);
  assertEquals([fields[0].value, name], ["\ufffd", "a"]);
});

Deno.test("parsePartHead() takes a byte order mark for what it is: no part of a name", () => {
  const error = assertThrows(
    () => parsePartHead(block([`\ufeff${NAME}`]), 0, FORM),
    MultipartError,
    "a field name that is not a token",
  );
  assertEquals(error.offset, 0);
  assertEquals(parsePartHead(block(["X: \ufeffa"]), 0, OTHER).fields[0].value, "\ufeffa");
});

Deno.test("parsePartHead() says in which line of the body a mistake is", () => {
  const cases: readonly (readonly [
    before: readonly string[],
    line: string,
    words: string,
    rules: HeadRules,
  ])[] = [
    [[], "abc", "a header line without a colon", OTHER],
    [[], "--b", "a delimiter in the header of a part", FORM],
    [[NAME], "--b--", "a delimiter in the header of a part", FORM],
    [["X: äöü", NAME], "--bc: d", "a delimiter in the header of a part", OTHER],
    [[NAME], "abc", "a header line without a colon", FORM],
    [["X: äöü", NAME], " b", "a header line that begins with a blank", FORM],
    [["X: \ufffd"], "B : c", "a blank between the name", OTHER],
    [[NAME], "X: a\nb", 'a control character in field "x"', FORM],
    [[NAME], NAME, "a second Content-Disposition", FORM],
    [["Content-Disposition: inline"], "content-disposition: x", "a second Content-D", OTHER],
    [["Content-Type: a/b"], "Content-type: a/b", "a second Content-Type", OTHER],
    [["Content-Type:"], "Content-Type:", "a second Content-Type", OTHER],
    [["X: y"], "Content-Disposition: form-data", "a part without a name", FORM],
    [[], 'Content-Disposition: form-data; filename="a"', "a part without a name", FORM],
    [["X: y"], "Content-Disposition: file; name=a", 'the disposition "file", not', FORM],
    [["X: y"], "Content-Disposition:", "a Content-Disposition without a type", OTHER],
    [[], `${NAME}; name=a`, 'a Content-Disposition with two of "name"', OTHER],
  ];
  for (const [before, line, words, rules] of cases) {
    const lines = [...before, line, "broken as well"];
    const error = assertThrows(
      () => parsePartHead(block(lines), 1000, rules),
      MultipartError,
      words,
      line,
    );
    const length = block(before).length - 2;
    assertEquals(error.offset, 1000 + length, line);
    assertEquals(error.status, 400);
  }
});

Deno.test("parsePartHead() says where the line with a mistake begins when bytes before it are no UTF-8", () => {
  const broken = bytesOf("X: \xff\xff\r\nY: \xe6\r\nbroken\r\n\r\n");
  const error = assertThrows(() => parsePartHead(broken, 10, OTHER), MultipartError);
  assertEquals(error.offset, 10 + 7 + 6);
});

Deno.test("parsePartHead() takes a field that only looks like a delimiter", () => {
  for (const [line, name] of [["--c: d", "--c"], ["-b: d", "-b"], ["X: --b", "x"]]) {
    const { fields } = parsePartHead(block([line]), 0, OTHER);
    assertEquals(fields.map((field) => field.name), [name], line);
  }
});

Deno.test("parsePartHead() wants a Content-Disposition in forms alone", () => {
  for (const lines of [[], ["Content-Type: text/plain"], ["X: y", "Content-Type: a/b"]]) {
    const error = assertThrows(
      () => parsePartHead(block(lines), 7, FORM),
      MultipartError,
      "a part without Content-Disposition",
    );
    assertEquals(error.offset, 7);
    assertEquals(parsePartHead(block(lines), 7, OTHER).fields.length, lines.length);
  }
});

Deno.test("parsePartHead() takes as many fields as the limit, and not one more", () => {
  for (const max of [0, 1, 2, 32]) {
    const lines = Array.from({ length: max }, (_, i) => `X-${i}: y`);
    const rules = { ...OTHER, maxHeaders: max };
    assertEquals(parsePartHead(block(lines), 0, rules).fields.length, max);
    const error = assertThrows(
      () => parsePartHead(block([...lines, "One: more"]), 0, rules),
      LimitError,
    );
    assertEquals([error.limit, error.max, error.status], ["maxHeaders", max, 413]);
  }
});
