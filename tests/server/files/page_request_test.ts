import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isPageRequest } from "../../../server/files/page_request.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";

function check(path: string, accept: string | undefined): boolean {
  return isPageRequest(parseSafePath(path) as SafePath, { accept });
}

Deno.test("isPageRequest() wants a path without an extension", () => {
  for (const path of ["/", "/a", "/a/", "/a.b/c", "/a.b/c/"]) {
    assertEquals(check(path, undefined), true, path);
  }
  for (const path of ["/a.js", "/a/b.c", "/a.b/", "/a."]) {
    assertEquals(check(path, undefined), false, path);
  }
});

Deno.test("isPageRequest() wants a client that takes HTML", () => {
  const cases: [accept: string | undefined, expected: boolean][] = [
    [undefined, true],
    ["", true],
    ["text/html", true],
    ["TEXT/HTML", true],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
    ["*/*", true],
    ["text/*;q=0.1", true],
    ["application/json, text/html;q=0.1", true],
    ["application/json", false],
    ["image/*", false],
    ["text/html;q=0", false],
    ["text/html;q=0, */*", false],
    ["*/*;q=0", false],
    ["nonsense", false],
    ["text/html\u0100", false],
    ["a/b,".repeat(1000) + "text/html", false],
  ];
  for (const [accept, expected] of [...cases, ...cases]) {
    assertEquals(check("/a", accept), expected, accept?.slice(0, 40));
  }
});

Deno.test("isPageRequest() answers to any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (accept) => {
    assertEquals(typeof check("/a", accept), "boolean");
  }));
});
