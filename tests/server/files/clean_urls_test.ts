import { assertEquals } from "@std/assert";
import { cleanName, type CleanPath } from "../../../server/files/clean_urls.ts";

Deno.test("cleanName() takes the extension from pages, and the name from index files", () => {
  const cases: [relative: string, expected: CleanPath | undefined][] = [
    ["about.html", { path: "about", isFolder: false }],
    ["a/b.c.html", { path: "a/b.c", isFolder: false }],
    ["index.html", { path: "", isFolder: true }],
    ["a/b/index.html", { path: "a/b", isFolder: true }],
    ["a/index.htm", undefined],
    ["a.css", undefined],
    ["a.HTML", undefined],
    [".html", undefined],
    ["a/.html", undefined],
    ["a.html/b", undefined],
  ];
  for (const [relative, expected] of cases) {
    assertEquals(cleanName(relative, "index.html"), expected, relative);
  }
  assertEquals(cleanName("a/home.htm", "home.htm"), { path: "a", isFolder: true });
  assertEquals(cleanName("a/index.html", "home.htm"), { path: "a/index", isFolder: false });
});
