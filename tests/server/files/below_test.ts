import { assertEquals } from "@std/assert";
import { SEPARATOR } from "@std/path";
import { isBelow, withSeparator } from "../../../server/files/below.ts";

Deno.test("isBelow() tells what is in a folder from the folder, and from others that begin as it does", () => {
  const cases: [path: string, folder: string, expected: boolean][] = [
    ["/a/b", "/a", true],
    ["/a/b/c", "/a", true],
    [`/a${SEPARATOR}b`, "/a", true],
    ["/a", "/a", false],
    ["/ab", "/a", false],
    ["/ab/c", "/a", false],
    ["/", "/a", false],
    ["/b/a/c", "/a", false],
    // A backslash is a letter like others, but where it separates.
    ["/a\\b", "/a", SEPARATOR === "\\"],
  ];
  for (const [path, folder, expected] of cases) {
    assertEquals(isBelow(path, folder), expected, `${path} in ${folder}`);
  }
  assertEquals([isBelow(`${SEPARATOR}a`, SEPARATOR), isBelow(SEPARATOR, SEPARATOR)], [true, false]);
});

Deno.test("withSeparator() adds one where there is none", () => {
  assertEquals(withSeparator("/a"), `/a${SEPARATOR}`);
  assertEquals(withSeparator(`/a${SEPARATOR}`), `/a${SEPARATOR}`);
});
