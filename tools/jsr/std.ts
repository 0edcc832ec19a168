/**
 * The `@std/*` packages as the stand-in registry offers them: the real code comes from npm, the
 * types from `std/` beside this file. `std/http/status.d.ts` makes `@std/http/status` out of
 * `http/status.js`; a `mod.d.ts` is the export of its folder. So to offer one more module, write
 * its declarations where they belong, and give a new package its version in `std/versions.json`.
 */
import type { RegistryPackage } from "./registry.ts";

/** The npm package with the code of the standard library. */
export const STD_ON_NPM = "npm:deno-std@1.4.0";

const STD_FOLDER = new URL("./std/", import.meta.url);

/** Reads every declared package of `@std`. */
export async function readStdPackages(): Promise<RegistryPackage[]> {
  const versions = await Deno.readTextFile(new URL("versions.json", STD_FOLDER));
  const packages: RegistryPackage[] = [];
  for (const [folder, version] of Object.entries<string>(JSON.parse(versions))) {
    packages.push(await readStdPackage(folder, version));
  }
  return packages;
}

async function readStdPackage(folder: string, version: string): Promise<RegistryPackage> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const exports: Record<string, string> = {};
  const root = new URL(`${folder}/`, STD_FOLDER);
  for await (const path of declarations(root)) {
    const module = path.slice(0, -".d.ts".length);
    files.set(`/${path}`, await Deno.readFile(new URL(path, root)));
    files.set(`/${module}.js`, encode(moduleSource(folder, module)));
    exports[exportName(module)] = `./${module}.js`;
  }
  return { name: `@std/${kebab(folder)}`, version, exports, files };
}

/** `mod` is `.`, `posix/mod` is `./posix`, `parse_args` is `./parse-args`. */
export function exportName(module: string): string {
  const path = module === "mod" ? "" : `/${module.replace(/\/mod$/, "")}`;
  return `.${kebab(path)}`;
}

function moduleSource(folder: string, module: string): string {
  const types = `./${module.slice(module.lastIndexOf("/") + 1)}.d.ts`;
  return `/* @ts-self-types="${types}" */\nexport * from "${STD_ON_NPM}/${folder}/${module}.js";\n`;
}

/** The declaration files below `folder`, as relative paths. */
async function* declarations(folder: URL, prefix = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(prefix, folder))) {
    const path = prefix + entry.name;
    if (entry.isDirectory) yield* declarations(folder, `${path}/`);
    else if (path.endsWith(".d.ts")) yield path;
  }
}

function kebab(name: string): string {
  return name.replaceAll("_", "-");
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
