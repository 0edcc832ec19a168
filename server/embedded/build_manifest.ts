// Lists the files of a folder for a site that is to be embedded: those that a served folder would send, under the
// same names. What comes out depends on names and contents alone.

import { fromFileUrl } from "@std/path";
import type { Coding } from "../files/file_source.ts";
import type { FileOptions } from "../files/file_options.ts";
import { Folder } from "../files/folder.ts";
import { SUFFIXES } from "../files/encodings.ts";
import { hasHash } from "../files/cache_control.ts";
import { mediaType } from "../files/media_type.ts";
import { parseSafePath, rawPathOf, type SafePath } from "../files/safe_path.ts";
import { MANIFEST_VERSION, type SiteFile, type SiteManifest } from "./manifest.ts";
import { type Digest, digestOf, isCodingOf } from "./stored_coding.ts";

/** Which files of a folder belong to a site, as for a folder that is served. */
export type BuildManifestOptions = Pick<FileOptions, "dotfiles" | "hidden" | "links">;

/** A file of the folder. */
interface Listed extends Digest {
  /** Where it is. */
  readonly path: string;
}

/**
 * Lists the files of a folder with their SHA-256, for {@linkcode serveEmbedded}. They are those that a served
 * folder with the same options has: regular files, no names that begin with a dot. `name.br`, `name.zst` and
 * `name.gz` are taken for forms of `name`, too, if that is what they decode to and they are smaller.
 *
 * The same files give the same manifest, byte by byte, wherever and whenever it is made.
 *
 * @example The manifest of a site
 * ```ts
 * import { buildManifest } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * const site = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${site}/index.html`, "<h1>hello</h1>");
 * const { files } = await buildManifest(site);
 * assertEquals(files["index.html"]?.size, 14);
 * await Deno.remove(site, { recursive: true });
 * ```
 *
 * @param folder The folder, as a path or a `file:` URL.
 * @param options Which of its files belong to the site.
 * @returns The manifest; JSON keeps all of it.
 * @throws {Deno.errors.NotFound} if there is no such folder; other errors of the file system likewise.
 * @throws {TypeError} if an option is not valid.
 */
export async function buildManifest(
  folder: string | URL,
  options: BuildManifestOptions = {},
): Promise<SiteManifest> {
  const docroot = typeof folder === "string" ? folder : fromFileUrl(folder);
  const { dotfiles, hidden, links } = options;
  const site = new Folder({ docroot, dotfiles, hidden, links }, "build manifest");
  site.open();

  const paths: [name: string, path: string][] = [];
  for await (const found of walk(site, "", [])) paths.push(found);
  const listed = new Map<string, Listed>();
  for (const [name, path] of paths.sort(byName)) {
    using file = await Deno.open(path);
    listed.set(name, { path, ...(await digestOf(file.readable))! });
  }
  const files: [string, SiteFile][] = [];
  for (const [name, file] of listed) files.push([name, await describe(name, file, listed)]);
  // A file may be called __proto__: this makes entries of all names.
  return { version: MANIFEST_VERSION, files: Object.fromEntries(files) };
}

/** The files below a folder of the site, by their names there, with their paths. */
async function* walk(
  site: Folder,
  folder: string,
  above: readonly string[],
): AsyncGenerator<[name: string, path: string]> {
  const real = await Deno.realPath(`${site.settings.docroot}/${folder}`);
  // A link to a folder that it is in would never end.
  if (above.includes(real)) return;
  for await (const entry of site.list(safePathOf(folder, site))) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.kind === "folder") {
      yield* walk(site, name, [...above, real]);
      continue;
    }
    const found = site.find(safePathOf(name, site), {});
    if (typeof found === "object" && found.kind === "file") yield [name, found.facts.path];
  }
}

/** A name that may be asked for, as a request has it. */
function safePathOf(name: string, { pathPolicy }: Folder): SafePath {
  const path = parseSafePath(rawPathOf(name.split("/")), pathPolicy);
  if (typeof path === "object") return path;
  throw new Error(`Cannot build manifest: "${name}" cannot be asked for`);
}

async function describe(
  name: string,
  { size, etag }: Listed,
  all: ReadonlyMap<string, Listed>,
): Promise<SiteFile> {
  const described = { etag, size, type: mediaType(name), immutable: hasHash(name) };
  const codings: NonNullable<SiteFile["codings"]> = {};
  for (const [coding, suffix] of SUFFIXES) {
    const stored = all.get(name + suffix);
    if (stored === undefined || stored.size >= size) continue;
    if (!await isCodingOf(stored.path, coding, { size, etag })) continue;
    codings[coding satisfies Coding] = {
      file: name + suffix,
      size: stored.size,
      etag: stored.etag,
    };
  }
  return Object.keys(codings).length === 0 ? described : { ...described, codings };
}

/** By code units, which no language of the machine changes. */
function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
