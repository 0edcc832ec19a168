import { assertEquals, assertThrows } from "@std/assert";
import { countLines, findCycle, scanSource, type SourceFile } from "./scan.ts";

const ROOT = new URL("file:///project/");

function scan(text: string): SourceFile {
  return scanSource(ROOT, "server/files/a.ts", text);
}

Deno.test("a scan finds static, type-only, dynamic and re-exporting imports", () => {
  const file = scan(`
    import { a } from "../listen.ts";
    import type { B } from "./b.ts";
    const c = await import("../../wire/c.ts");
    export * from "./d.ts";
    import { join } from "@std/path";
  `);
  assertEquals(file.imports, [
    "server/listen.ts",
    "server/files/b.ts",
    "wire/c.ts",
    "server/files/d.ts",
  ]);
  assertEquals(file.packages, ["@std/path"]);
  assertEquals(file.reExports, true);
});

Deno.test("a scan tells Deno used as a value from its types, comments and strings", () => {
  assertEquals(scan(`/** Deno.open */ const s = "Deno.open"; let f: Deno.FsFile;`).usesDeno, false);
  assertEquals(scan(`Deno.openSync("x");`).usesDeno, true);
  assertEquals(scan("const s = `${Deno.pid}`;").usesDeno, true);
  assertEquals(scan(`globalThis.Deno.exit(1);`).usesDeno, true);
});

Deno.test("a scan does not take an export for a re-export", () => {
  assertEquals(scan(`const a = 1;\nexport { a };\n`).reExports, false);
});

Deno.test("countLines() counts a last line with and without its line break", () => {
  assertEquals(["", "\n", "a", "a\n", "a\nb", "a\nb\n"].map(countLines), [0, 1, 1, 1, 2, 2]);
});

Deno.test("a scan refuses a computed import, which it could not follow", () => {
  assertThrows(() => scan(`await import(name);`), Error, "computed specifier");
});

Deno.test("findCycle() names the files of a cycle, and nothing else", () => {
  const file = (path: string, ...imports: string[]): SourceFile => {
    return { path, imports, packages: [], reExports: false, usesDeno: false };
  };
  const tree = [file("a", "b", "c"), file("b", "c"), file("c")];
  assertEquals(findCycle(tree), undefined);
  assertEquals(findCycle([...tree.slice(0, 2), file("c", "b")]), ["b", "c", "b"]);
  assertEquals(findCycle([file("a", "a")]), ["a", "a"]);
});
