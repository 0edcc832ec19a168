// What goes into the archive of a folder: what a client could ask for below it, folders before what is in them, with
// names that begin with the folder's own.

import { HttpError } from "../../wire/errors.ts";
import type { Folder } from "../files/folder.ts";
import type { FolderEntry } from "../files/folder_entries.ts";
import { mayRead } from "./may_read.ts";
import { parseSafePath, type SafePath } from "../files/safe_path.ts";

/** A file or folder of the archive. */
export interface ZipEntry {
  /** Its name in the archive; that of a folder ends in a slash. */
  readonly name: string;
  /** Its path below the folder that is served. */
  readonly relative: string;
  readonly kind: "file" | "folder";
  /** Size of a file in bytes, 0 of a folder. */
  readonly size: number;
  readonly mtimeMs: number | null;
}

/**
 * Walks through the folder at `path`, which is called `top` in the archive. Throws HttpError when that folder cannot be
 * read; folders below it that cannot be are left empty, and files left out.
 */
export async function* walkFolder(
  folder: Folder,
  path: SafePath,
  top: string,
): AsyncGenerator<ZipEntry, void, undefined> {
  yield { name: `${top}/`, relative: path.relative, kind: "folder", size: 0, mtimeMs: null };
  const around = new Set([realPath(folder, path.relative)]);
  yield* new Walk(folder, path.relative, top).within(path, around);
}

class Walk {
  readonly #folder: Folder;
  readonly #top: string;
  readonly #skip: number;

  constructor(folder: Folder, relative: string, top: string) {
    this.#folder = folder;
    this.#top = top;
    this.#skip = relative === "" ? 0 : relative.length + 1;
  }

  /** What is in a folder; `around` are the real paths of it and of those that it is in. */
  async *within(
    path: SafePath,
    around: ReadonlySet<string | undefined>,
  ): AsyncGenerator<ZipEntry, void> {
    const real = realPath(this.#folder, path.relative);
    const before = path.relative === "" ? "" : `${path.relative}/`;
    const folders: ZipEntry[] = [];
    for await (const entry of this.#folder.list(path)) {
      const found = this.#entry(before + entry.name, entry);
      if (found.kind === "folder") folders.push(found);
      else if (real === undefined || mayRead(`${real}/${entry.name}`)) yield found;
    }
    for (const found of folders) {
      const below = parseSafePath(rawPath(found.relative), this.#folder.pathPolicy);
      if (typeof below === "number") continue;
      const real = realPath(this.#folder, below.relative);
      // A link to a folder that it is in would have no end.
      if (real === undefined || around.has(real)) continue;
      yield found;
      yield* this.#orNothing(this.within(below, new Set([...around, real])));
    }
  }

  #entry(relative: string, { kind, size, mtimeMs }: FolderEntry): ZipEntry {
    const name = `${this.#top}/${relative.slice(this.#skip)}`;
    return { name: kind === "folder" ? `${name}/` : name, relative, kind, size, mtimeMs };
  }

  /** A folder that is gone by now, or must not be read, is an empty one. */
  async *#orNothing(entries: AsyncGenerator<ZipEntry, void>): AsyncGenerator<ZipEntry, void> {
    try {
      yield* entries;
    } catch (error) {
      if (!isFileError(error)) throw error;
    }
  }
}

function realPath(folder: Folder, relative: string): string | undefined {
  const found = folder.open().findFolder(relative);
  return typeof found === "string" ? found : undefined;
}

function rawPath(relative: string): string {
  return `/${relative.split("/").map((it) => encodeURIComponent(it)).join("/")}/`;
}

function isFileError(error: unknown): boolean {
  return error instanceof HttpError && error.code === "file";
}
