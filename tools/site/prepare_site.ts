/**
 * Prepares a folder for being compiled into a program: the content of each file under its hash, the
 * manifest, and the program that serves it. The names in it say nothing, on purpose: `deno compile`
 * takes included files that are called like modules for some, and fetches what they import.
 */

import {
  basename,
  dirname,
  fromFileUrl,
  isAbsolute,
  join,
  relative,
  resolve,
  SEPARATOR,
  toFileUrl,
} from "@std/path";
import { buildManifest } from "../../server/embedded/build_manifest.ts";
import { formatManifest, type SiteFile } from "../../server/embedded/manifest.ts";
import { digestOf } from "../../server/embedded/stored_coding.ts";
import { isBelow } from "../../server/files/below.ts";
import { SUFFIXES } from "../../server/files/encodings.ts";
import { isWorthCompressing, MIN_BYTES } from "../../server/files/compressible.ts";
import { precompress } from "./precompress.ts";

/** What the program runs. */
const COMMAND = fromFileUrl(new URL("../../server/command/embedded.ts", import.meta.url));

/** A site to prepare. */
export interface PrepareSiteOptions {
  /** The folder with the site. */
  readonly site: string;
  /** The folder to make; an earlier one that was made here is replaced. */
  readonly build: string;
  /** Whether compressed forms are made of what becomes smaller by it. */
  readonly precompress: boolean;
}

/** What is in a folder that was made here. */
const MADE = ["files", "main.ts", "manifest.json"];

/** What was prepared. */
export interface PreparedSite {
  /** The main module. */
  readonly main: string;
  /** The folder to include, which is also all that the program reads. */
  readonly files: string;
  /** How many files the site has. */
  readonly count: number;
}

/** Prepares a site. The same files give the same folder, byte by byte. */
export async function prepareSite(options: PrepareSiteOptions): Promise<PreparedSite> {
  const site = await realFolder(options.site);
  const build = resolve(options.build);
  const real = await realPlace(build);
  if (isIn(real, site)) {
    throw new Error(`Cannot prepare site "${options.site}": "${options.build}" lies in it`);
  }
  // What was made before is removed.
  if (isIn(site, real)) {
    throw new Error(`Cannot prepare site "${options.site}": it lies in "${options.build}"`);
  }
  await removeEarlier(build);
  const files = join(build, "files");
  await Deno.mkdir(files, { recursive: true });

  const manifest = await buildManifest(site);
  const store = new Store(files);
  for (const [name, file] of Object.entries(manifest.files)) {
    file.file = await store.copy(join(site, name), file);
    const codings = file.codings ?? {};
    for (const [coding] of SUFFIXES) {
      const stored = codings[coding];
      if (stored !== undefined) stored.file = await store.copy(join(site, stored.file), stored);
    }
    // By its type: how much it is, is no question where it is compressed once.
    const isWorth = options.precompress && isWorthCompressing(file.type, MIN_BYTES);
    if (isWorth) await store.compress(file, codings);
    if (Object.keys(codings).length > 0) file.codings = codings;
  }
  await Deno.writeTextFile(join(build, "manifest.json"), formatManifest(manifest));
  const main = join(build, "main.ts");
  await Deno.writeTextFile(main, mainModule(build));
  return { main, files, count: Object.keys(manifest.files).length };
}

async function realFolder(path: string): Promise<string> {
  try {
    if ((await Deno.stat(path)).isDirectory) return await Deno.realPath(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`Cannot prepare site "${path}": no such folder`, { cause });
  }
  throw new Error(`Cannot prepare site "${path}": it is not a folder`);
}

/** The path without links of what may not be there yet. */
async function realPlace(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    const above = dirname(path);
    if (!(error instanceof Deno.errors.NotFound) || above === path) throw error;
    return join(await realPlace(above), basename(path));
  }
}

function isIn(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder);
}

/** Contents by their hashes. */
class Store {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Adds a copy of a file with that tag; returns its path in the site. */
  async copy(from: string, { etag }: { etag: string }): Promise<string> {
    const name = nameOf(etag);
    const to = join(this.#folder, name);
    await Deno.copyFile(from, to);
    // As new: the copy has the file's mode, which another copy could not write over.
    if (Deno.build.os !== "windows") await Deno.chmod(to, 0o644);
    if ((await digest(to)).etag !== etag) {
      throw new Error(`Cannot prepare site: "${from}" changed meanwhile`);
    }
    return name;
  }

  /** Adds the compressed forms of a stored file that are not there yet. */
  async compress(file: SiteFile, codings: NonNullable<SiteFile["codings"]>): Promise<void> {
    for (const [coding] of SUFFIXES) {
      if (codings[coding] !== undefined) continue;
      const made = join(this.#folder, "new");
      if (!await precompress(join(this.#folder, file.file!), made, coding)) continue;
      const { size, etag } = await digest(made);
      const name = nameOf(etag);
      await Deno.rename(made, join(this.#folder, name));
      codings[coding] = { file: name, size, etag };
    }
  }
}

/** The hash in a tag, in digits that differ where case does not count, too. */
function nameOf(etag: string): string {
  return Uint8Array.fromBase64(etag.slice(1, -1), { alphabet: "base64url" }).toHex();
}

async function digest(path: string): Promise<{ size: number; etag: string }> {
  using file = await Deno.open(path);
  return (await digestOf(file.readable))!;
}

async function removeEarlier(build: string): Promise<void> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(build)) found.push(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (found.some((name) => !MADE.includes(name))) {
    throw new Error(`Cannot prepare site in "${build}": it holds something else`);
  }
  await Deno.remove(build, { recursive: true });
}

/** The program; it names the command by the way there, so that it is the same in every checkout. */
function mainModule(folder: string): string {
  const command = relative(folder, COMMAND);
  const url = isAbsolute(command)
    ? toFileUrl(command).href
    : encodeURI(command.replaceAll(SEPARATOR, "/"));
  return `// Made by "deno task compile --site": serves the files beside it.

import { runEmbedded } from "${url}";
import manifest from "./manifest.json" with { type: "json" };

const base = new URL("files/", import.meta.url);
if (import.meta.main) Deno.exit(await runEmbedded(Deno.args, { manifest, base }));
`;
}
