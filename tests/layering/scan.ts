/**
 * Reads a source file for the layering test, with Deno's own parser by way of its lint plugins:
 * what it imports and re-exports, and whether it uses `Deno` beyond its types.
 */

/** What one file depends on. Paths are relative to the repository, with forward slashes. */
export interface SourceFile {
  path: string;
  /** The files of ours that it imports, types included. */
  imports: string[];
  /** The specifiers of everything else that it imports: `node:fs`, `@std/path`. */
  packages: string[];
  /** It exports what another module exports. */
  reExports: boolean;
  /** It uses the `Deno` namespace as a value; types run nothing and do not count. */
  usesDeno: boolean;
}

/** Stands for a specifier that is not a literal. */
const COMPUTED = "";

/** The module specifier of an import or export; computed ones have no constant value. */
type Source = { type: string; value?: unknown };

/** Reads `path` below `root`. */
export async function scanFile(root: URL, path: string): Promise<SourceFile> {
  return scanSource(root, path, await Deno.readTextFile(new URL(path, root)));
}

/** Reads `text` as the content of `path` below `root`. */
export function scanSource(root: URL, path: string, text: string): SourceFile {
  const specifiers: string[] = [];
  let reExports = false;
  let usesDeno = false;

  const take = (source: Source): void => {
    specifiers.push(typeof source.value === "string" ? source.value : COMPUTED);
  };
  const plugin: Deno.lint.Plugin = {
    name: "layering",
    rules: {
      scan: {
        create: () => ({
          ImportDeclaration: (node) => take(node.source),
          ImportExpression: (node) => take(node.source),
          ExportAllDeclaration: (node) => {
            reExports = true;
            take(node.source);
          },
          ExportNamedDeclaration: (node) => {
            if (!node.source) return;
            reExports = true;
            take(node.source);
          },
          Identifier: (node) => {
            if (node.name !== "Deno" || node.parent?.type === "TSQualifiedName") return;
            usesDeno = true;
          },
        }),
      },
    },
  };
  Deno.lint.runPlugin(plugin, new URL(path, root).pathname, text);

  if (specifiers.includes(COMPUTED)) {
    throw new Error(`Cannot scan "${path}": it imports a computed specifier`);
  }
  const local = specifiers.filter((it) => /^\.{1,2}\//.test(it));
  return {
    path,
    imports: local.map((it) => new URL(it, new URL(path, root)).href.slice(root.href.length)),
    packages: specifiers.filter((it) => !local.includes(it)),
    reExports,
    usesDeno,
  };
}

/** How many lines `text` has; what follows its last line break is one if there is anything. */
export function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") || text === "" ? 1 : 0);
}

/** The TypeScript files below `folder`, sorted, as paths relative to `root`. */
export async function listSources(root: URL, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) paths.push(...await listSources(root, `${path}/`));
    else if (path.endsWith(".ts")) paths.push(path);
  }
  return paths.sort();
}

/** The first cycle of imports found, from a file back to itself, or undefined. */
export function findCycle(files: SourceFile[]): string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();

  const visit = (path: string, trail: string[]): string[] | undefined => {
    const start = trail.indexOf(path);
    if (start >= 0) return [...trail.slice(start), path];
    if (done.has(path)) return undefined;
    for (const next of byPath.get(path)?.imports ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
