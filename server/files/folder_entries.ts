// What is in a served folder, by the same rules by which it is served: whatever is listed can be asked for. Large
// folders are looked through in turns, so that other requests are answered meanwhile.

import { oneTurn } from "../../wire/event_loop.ts";
import { HttpError } from "../../wire/errors.ts";
import { type Docroot, type FileRefusal, statusOfFileError } from "./locate.ts";
import { isSpeakable, mayBeAskedFor, type PathPolicy } from "./safe_path.ts";

/** A file or a folder in a served folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
  /** Size of a file in bytes, 0 of a folder. */
  readonly size: number;
  /** Time of the last change; `null` where the file system has none. */
  readonly mtimeMs: number | null;
}

/** Entries that are looked at before others have their turn: about a millisecond. */
const ENTRIES_PER_TURN = 200;

/**
 * The entries of the folder at `relative`, in no order; those that cannot be looked at, or are gone by then, are left
 * out. Throws HttpError with status 403, 404 or 503 when the folder cannot be read. `unlisted` hears of each that would be
 * served, but has a name that nobody can ask for.
 */
export async function* listEntries(
  root: Docroot,
  relative: string,
  policy: PathPolicy,
  hides: (relative: string) => boolean,
  unlisted?: () => void,
): AsyncGenerator<FolderEntry, void, undefined> {
  const folder = root.findFolder(relative);
  if (typeof folder === "number") throw listError(relative, "not a folder that is served", folder);
  const before = relative === "" ? "" : `${relative}/`;
  let untilTurn = ENTRIES_PER_TURN;
  for await (const entry of reading(relative, folder)) {
    const { name } = entry;
    if (hides(before + name)) continue;
    if (!mayBeAskedFor(name, relative === "", policy)) {
      if (!isSpeakable(name) && (policy.dotfiles === true || !name.startsWith("."))) unlisted?.();
      continue;
    }
    if (--untilTurn === 0) {
      untilTurn = ENTRIES_PER_TURN;
      await oneTurn();
    }
    const found = entry.isSymlink ? root.look(before + name) : lookAt(`${folder}/${name}`);
    if (typeof found === "number") {
      // Of a name that is not UTF-8 the runtime gives what nothing is called.
      if (found === 404 && name.includes("\ufffd")) unlisted?.();
      continue;
    }
    const { isFile, isDirectory, size, mtime } = found;
    if (!isFile && !isDirectory) continue;
    const mtimeMs = mtime?.getTime() ?? null;
    yield { name, kind: isFile ? "file" : "folder", size: isFile ? size : 0, mtimeMs };
  }
}

async function* reading(relative: string, folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    for await (const entry of Deno.readDir(folder)) yield entry;
  } catch (cause) {
    const status = statusOfFileError(cause);
    if (status === undefined) throw cause;
    throw listError(
      relative,
      cause instanceof Error ? cause.message : String(cause),
      status,
      cause,
    );
  }
}

function lookAt(path: string): Deno.FileInfo | FileRefusal {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    const status = statusOfFileError(error);
    if (status === undefined) throw error;
    return status;
  }
}

/** What a folder that cannot be listed fails with. */
export function listError(
  relative: string,
  why: string,
  status: number,
  cause?: unknown,
): HttpError {
  return new HttpError(`Cannot list folder "${relative}": ${why}`, { code: "file", status, cause });
}
