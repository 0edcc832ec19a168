import { assert, assertEquals, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import { dispositionLine, escapeName, toCrlf } from "../../../multipart/encode/disposition.ts";

/** Text with everything that escaping is about. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '"',
      "\r",
      "\n",
      "\r\n",
      "%",
      "\\",
      "\0",
      "\ud800",
      "\udc00",
      ";",
      "=",
      "é",
      "😀",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});

Deno.test("dispositionLine() escapes as the HTML standard says, and nothing else", () => {
  const cases: [string, string | undefined, string][] = [
    ["a", undefined, 'name="a"'],
    ["", undefined, 'name=""'],
    ["a", "b.txt", 'name="a"; filename="b.txt"'],
    ["a", "", 'name="a"; filename=""'],
    ['say "hi"', 'x"y', 'name="say %22hi%22"; filename="x%22y"'],
    ["a\rb", "a\rb", 'name="a%0D%0Ab"; filename="a%0Db"'],
    ["a\nb", "a\nb", 'name="a%0D%0Ab"; filename="a%0Ab"'],
    ["a\r\nb", "a\r\nb", 'name="a%0D%0Ab"; filename="a%0D%0Ab"'],
    ["a\n\rb", "a\n\rb", 'name="a%0D%0A%0D%0Ab"; filename="a%0A%0Db"'],
    ["100%", "%22\\'", 'name="100%"; filename="%22\\\'"'],
    ["naïve 😀", "日本.txt", 'name="naïve 😀"; filename="日本.txt"'],
    ["\ud800x", "x\udc00", 'name="\ufffdx"; filename="x\ufffd"'],
  ];
  for (const [name, filename, expected] of cases) {
    assertEquals(
      dispositionLine(name, filename),
      `Content-Disposition: form-data; ${expected}\r\n`,
    );
  }
});

Deno.test("dispositionLine() stays one line with two quoted values, whatever the names are", () => {
  fc.assert(fc.property(nasty, nasty, (name, filename) => {
    const line = dispositionLine(name, filename);
    assert(line.endsWith('"\r\n'));
    assertNotMatch(line.slice(0, -2), /[\r\n]/);
    assertEquals(line.split('"').length, 5);
    assert(line.isWellFormed());
  }));
});

Deno.test("escapeName() is undone by unescaping, where the name has no escapes itself", () => {
  fc.assert(fc.property(nasty, (name) => {
    fc.pre(!/%(22|0D|0A)/.test(name));
    const undone = escapeName(name)
      .replace(/%22|%0D|%0A/g, (it) => String.fromCharCode(parseInt(it.slice(1), 16)));
    assertEquals(undone, name.toWellFormed());
  }));
});

Deno.test("toCrlf() leaves no lone CR or LF and changes nothing else", () => {
  fc.assert(fc.property(nasty, (text) => {
    const normal = toCrlf(text);
    assertNotMatch(normal, /\r(?!\n)|(?<!\r)\n/);
    assertEquals(normal.split("\r\n"), text.split(/\r\n|\r|\n/));
    assertEquals(toCrlf(normal), normal);
  }));
});
