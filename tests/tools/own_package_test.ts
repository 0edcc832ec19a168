import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path";
import { expandSpecifiers, readOwnPackage } from "../../tools/jsr/own_package.ts";
import { serveRegistry } from "../../tools/jsr/registry.ts";
import { readStdPackages } from "../../tools/jsr/std.ts";

const IMPORTS = { "@std/path": "jsr:@std/path@^1.1.0", "lib": "npm:lib@^4.0.0" };

Deno.test("expandSpecifiers() writes out mapped names wherever they are imported from", () => {
  const cases: [string, string][] = [
    [`import { join } from "@std/path";`, `import { join } from "jsr:@std/path@^1.1.0";`],
    [
      `import type { P } from '@std/path/posix';`,
      `import type { P } from 'jsr:@std/path@^1.1.0/posix';`,
    ],
    [`export * from "lib";`, `export * from "npm:lib@^4.0.0";`],
    [`import "lib/side.js";`, `import "npm:lib@^4.0.0/side.js";`],
    [`await import("lib");`, `await import("npm:lib@^4.0.0");`],
    [`import {\n  a,\n} from "lib";`, `import {\n  a,\n} from "npm:lib@^4.0.0";`],
  ];
  for (const [source, expanded] of cases) assertEquals(expandSpecifiers(source, IMPORTS), expanded);
});

Deno.test("expandSpecifiers() leaves every other specifier and string alone", () => {
  const sources = [
    `import { a } from "./lib";`,
    `import { a } from "library";`,
    `import { a } from "node:path";`,
    `const a = "lib";`,
    `import { a } from "jsr:@std/path@1";`,
  ];
  for (const source of sources) assertEquals(expandSpecifiers(source, IMPORTS), source);
});

Deno.test("readOwnPackage() offers what publishing would, and nothing else", async () => {
  const registry = await serveRegistry(await readStdPackages());
  const folder = await Deno.makeTempDir();
  try {
    const files: Record<string, string> = {
      "deno.json": JSON.stringify({
        name: "@scope/name",
        version: "1.0.0",
        license: "MIT",
        exports: { ".": "./mod.ts" },
        imports: IMPORTS,
        publish: { include: ["deno.json", "mod.ts"] },
      }),
      "mod.ts": `export { join } from "@std/path";\n`,
      "secret.ts": `export const secret = 1;\n`,
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const own = await readOwnPackage(toFileUrl(`${folder}/`), registry.url);
    assertEquals([own.name, own.version, own.exports], ["@scope/name", "1.0.0", {
      ".": "./mod.ts",
    }]);
    assertEquals([...own.files.keys()].sort(), ["/deno.json", "/mod.ts"]);
    assertEquals(
      new TextDecoder().decode(own.files.get("/mod.ts")),
      `export { join } from "jsr:@std/path@^1.1.0";\n`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
    await registry.close();
  }
});

Deno.test("readOwnPackage() says why a package cannot be published", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const config = { name: "@scope/name", version: "1.0.0", exports: { ".": "./missing.ts" } };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
    const error = await assertRejects(
      () => readOwnPackage(toFileUrl(`${folder}/`), "http://127.0.0.1:1/"),
      Error,
      "Cannot list the files to publish",
    );
    assertStringIncludes(error.message, "missing.ts");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
