import { assert, assertEquals } from "@std/assert";
import { exportName, readStdPackages, STD_ON_NPM } from "../../tools/jsr/std.ts";

const CONFIG = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
const PACKAGES = await readStdPackages();

Deno.test("exportName() spells file names as the packages spell their exports", () => {
  assertEquals(
    ["mod", "posix/mod", "parse_args", "posix/from_file_url"].map(exportName),
    [".", "./posix", "./parse-args", "./posix/from-file-url"],
  );
});

Deno.test("the stand-in offers every package that deno.json takes from @std", () => {
  const offered = PACKAGES.map(({ name }) => name);
  const wanted = Object.keys(CONFIG.imports).filter((name) => name.startsWith("@std/"));
  assertEquals(wanted.filter((name) => !offered.includes(name)), []);
});

Deno.test("the stand-in's versions are within the ranges of deno.json", () => {
  for (const { name, version } of PACKAGES) {
    const minimum: string = CONFIG.imports[name].split("^")[1];
    const [major, minor, patch] = version.split(".").map(Number);
    const [minMajor, minMinor, minPatch] = minimum.split(".").map(Number);
    assertEquals(major, minMajor, name);
    assert(minor > minMinor || (minor === minMinor && patch >= minPatch), name);
  }
});

for (const { name, exports, files } of PACKAGES) {
  for (const [entry, file] of Object.entries(exports)) {
    Deno.test(`what the stand-in declares of "${name}${entry.slice(1)}" exists`, async () => {
      const declared = declaredValues(text(files, file.slice(1).replace(/\.js$/, ".d.ts")));
      assert(declared.length > 0);
      const specifier = /from "([^"]+)"/.exec(text(files, file.slice(1)))?.[1] ?? "";
      assert(specifier.startsWith(`${STD_ON_NPM}/`), specifier);
      const module = await import(specifier);
      assertEquals(declared.filter((it) => !(it in module)), []);
    });
  }
}

/** The names of the functions, classes and constants that a declaration file exports. */
function declaredValues(source: string): string[] {
  return [...source.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
}

function text(files: Map<string, Uint8Array>, path: string): string {
  const content = files.get(path);
  assert(content !== undefined, path);
  return new TextDecoder().decode(content);
}
