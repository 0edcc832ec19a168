/**
 * This package as a registry would offer it once published: the very files that `deno publish`
 * lists, with the bare specifiers that deno.json maps written out, as publishing does.
 */
import type { RegistryPackage } from "./registry.ts";

/** The part of deno.json that says what the package is. */
interface Config {
  name: string;
  version: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

/** Reads the package below `root`; `jsrUrl` is the registry with its dependencies. */
export async function readOwnPackage(root: URL, jsrUrl: string): Promise<RegistryPackage> {
  const config: Config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const url of await listPublished(root, jsrUrl)) {
    const path = `/${url.href.slice(root.href.length)}`;
    const content = await Deno.readFile(url);
    files.set(path, path.endsWith(".ts") ? rewrite(content, config.imports) : content);
  }
  return { name: config.name, version: config.version, exports: config.exports, files };
}

/** The files that `deno publish` would upload. */
export async function listPublished(root: URL, jsrUrl: string): Promise<URL[]> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    // Types are checked elsewhere; here only the list matters.
    args: ["publish", "--dry-run", "--allow-dirty", "--allow-slow-types", "--no-check"],
    cwd: root,
    env: { JSR_URL: jsrUrl, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const report = new TextDecoder().decode(stderr);
  const files = [...report.matchAll(/^\s+(file:\/\/\S+) \([\d.]+ ?\w+\)$/gm)].map(([, url]) => url);
  if (!success || files.length === 0) {
    throw new Error(`Cannot list the files to publish: ${report.trim()}`);
  }
  return files.map((url) => new URL(url));
}

/** Writes out the bare specifiers of `imports` wherever `source` imports or exports from them. */
export function expandSpecifiers(source: string, imports: Record<string, string>): string {
  return source.replaceAll(
    /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'\s]+)\2/g,
    (whole, before: string, quote: string, specifier: string) => {
      const expanded = expandSpecifier(specifier, imports);
      return expanded === undefined ? whole : before + quote + expanded + quote;
    },
  );
}

function expandSpecifier(
  specifier: string,
  imports: Record<string, string>,
): string | undefined {
  for (const [key, target] of Object.entries(imports)) {
    if (specifier === key) return target;
    if (specifier.startsWith(`${key}/`)) return target + specifier.slice(key.length);
  }
  return undefined;
}

function rewrite(
  content: Uint8Array<ArrayBuffer>,
  imports: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  const source = new TextDecoder().decode(content);
  return new TextEncoder().encode(expandSpecifiers(source, imports));
}
