// What goes into the archive of a folder: what a client could ask for below it, folders before what is in them, with
// names that begin with the folder's own, in the order of the names: the same folder gives the same archive.

import { basename, dirname } from "@std/path";
import { isBelow } from "../files/below.ts";
import { HttpError } from "../../wire/errors.ts";
import { oneTurn } from "../../wire/event_loop.ts";
import type { Folder } from "../files/folder.ts";
import type { FolderEntry } from "../files/folder_entries.ts";
import { sortInTurns } from "../listing/sort_in_turns.ts";
import { mayRead } from "./may_read.ts";
import { parseSafePath, rawPathOf, type SafePath } from "../files/safe_path.ts";

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
  const info = folder.open().look(path.relative);
  const mtimeMs = typeof info === "number" ? null : info.mtime?.getTime() ?? null;
  yield { name: `${top}/`, relative: path.relative, kind: "folder", size: 0, mtimeMs };
  yield* new Walk(folder, path.relative, top).within(path, realPath(folder, path.relative));
}

/** Entries that are looked at before others have their turn. */
const ENTRIES_PER_TURN = 200;

class Walk {
  readonly #folder: Folder;
  readonly #top: string;
  readonly #skip: number;
  /** The real paths of the folders that were come to. */
  readonly #seen = new Set<string>();
  #untilTurn = ENTRIES_PER_TURN;

  constructor(folder: Folder, relative: string, top: string) {
    this.#folder = folder;
    this.#top = top;
    this.#skip = relative === "" ? 0 : relative.length + 1;
  }

  /** What is in a folder with this real path. */
  async *within(path: SafePath, parent: string | undefined): AsyncGenerator<ZipEntry, void> {
    if (parent !== undefined) this.#seen.add(parent);
    const before = path.relative === "" ? "" : `${path.relative}/`;
    const entries: FolderEntry[] = [];
    for await (const entry of this.#folder.list(path)) entries.push(entry);
    const sorted = await sortInTurns(entries, byName);
    for (const entry of sorted) {
      if (entry.kind === "folder") continue;
      // Looking at files is quick, but not for those who wait behind many of them.
      if (--this.#untilTurn === 0) {
        this.#untilTurn = ENTRIES_PER_TURN;
        await oneTurn();
      }
      if (parent !== undefined && !mayRead(`${parent}/${entry.name}`)) continue;
      yield this.#entry(before + entry.name, entry);
    }
    for (const entry of sorted) {
      if (entry.kind === "file") continue;
      const found = this.#entry(before + entry.name, entry);
      const below = parseSafePath(
        rawPathOf(found.relative.split("/"), true),
        this.#folder.pathPolicy,
      );
      if (typeof below === "number") continue;
      const real = realPath(this.#folder, below.relative);
      // A link to a folder that it is in would have no end, and links from each to each other almost none: whatever
      // leads there, a folder is in an archive once; under its own name, if it is there by that.
      if (real === undefined || this.#seen.has(real)) continue;
      const isLink = dirname(real) !== parent || basename(real) !== entry.name;
      const [topFolder] = this.#seen;
      if (isLink && topFolder !== undefined && isBelow(real, topFolder)) continue;
      yield found;
      yield* this.#orNothing(this.within(below, real));
    }
  }

  #entry(relative: string, { kind, size, mtimeMs }: FolderEntry): ZipEntry {
    const name = `${this.#top}/${relative.slice(this.#skip)}`;
    return { name: kind === "folder" ? `${name}/` : name, relative, kind, size, mtimeMs };
  }

  /** A folder that is gone by now, or must not be read, is an empty one; one that just cannot be read is none. */
  async *#orNothing(entries: AsyncGenerator<ZipEntry, void>): AsyncGenerator<ZipEntry, void> {
    try {
      yield* entries;
    } catch (error) {
      if (!isFileError(error)) throw error;
    }
  }
}

function byName({ name: one }: FolderEntry, { name: other }: FolderEntry): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function realPath(folder: Folder, relative: string): string | undefined {
  const found = folder.open().findFolder(relative);
  return typeof found === "string" ? found : undefined;
}

function isFileError(error: unknown): boolean {
  return error instanceof HttpError && error.code === "file" && error.status !== 503;
}
