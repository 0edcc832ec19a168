import { assertEquals } from "@std/assert";
import { checkGlob, compileGlob, isAboutPaths } from "../../../server/files/globs.ts";

Deno.test("compileGlob() compiles what shells and tools understand", () => {
  const cases: [glob: string, fits: string[], others: string[]][] = [
    ["*.js", ["a.js", ".js", ".a.js"], ["a.jsx", "a/b.js", "A.JS"]],
    ["**", ["a", "a/b", ".a/.b"], []],
    ["a/**", ["a/b", "a/b/c"], ["b/a", "ab/c"]],
    ["**/*.map", ["a.map", "a/b.map", "a/b/c.map"], ["a.map/b"]],
    ["/top.txt", ["top.txt"], ["a/top.txt"]],
    ["a/", ["a"], ["b"]],
    ["a/*/c", ["a/b/c"], ["a/c", "a/b/b/c"]],
    ["{a,b}?", ["ax", "by"], ["a", "cx"]],
    ["[a-c]1", ["a1", "c1"], ["d1"]],
    ["!(a|b)", ["c"], ["a", "b"]],
    ["a b", ["a b"], ["a"]],
    ["\\*", ["*"], ["a"]],
    ["ü*", ["ü", "üb"], ["u"]],
  ];
  for (const [glob, fits, others] of cases) {
    const matcher = compileGlob(glob, false);
    for (const text of fits) assertEquals(matcher(text), true, `${glob} ${text}`);
    for (const text of others) assertEquals(matcher(text), false, `${glob} ${text}`);
  }
});

Deno.test("compileGlob() lets case and the spelling of letters go where they do not count", () => {
  for (
    const [glob, text] of [["*.JS", "a.js"], ["secret", "Secret"], ["\u00fc", "u\u0308"], [
      "u\u0308*",
      "\u00dcx",
    ]]
  ) {
    assertEquals(compileGlob(glob, true)(text), true, `${glob} ${text}`);
    assertEquals(compileGlob(glob, false)(text), false, `${glob} ${text}`);
  }
});

Deno.test("isAboutPaths() tells globs on paths from globs on names", () => {
  const cases: [string, boolean][] = [["*.js", false], ["a/", false], ["/a", true], ["a/b", true], [
    "**/a",
    true,
  ]];
  for (const [glob, expected] of cases) assertEquals(isAboutPaths(glob), expected, glob);
});

Deno.test("checkGlob() says what is wrong with a glob", () => {
  const cases: [glob: string, why: string | undefined][] = [
    ["*.js", undefined],
    ["/a/**/b.*", undefined],
    ["a/", undefined],
    ["!(a)", undefined],
    [".git", undefined],
    ["..a", undefined],
    ["{a,b}", undefined],
    ["!a", "which begins with an exclamation mark"],
    ["a\0", "not a glob"],
    ["/", "which fits no path below the folder"],
    ["//a", "which fits no path below the folder"],
    ["a//b", "which fits no path below the folder"],
    ["./a", "which fits no path below the folder"],
    ["../a", "which fits no path below the folder"],
    ["a/../b", "which fits no path below the folder"],
    ["x".repeat(4097), "longer than 4096 characters"],
  ];
  for (const [glob, why] of cases) assertEquals(checkGlob(glob), why, glob.slice(0, 20));
});
