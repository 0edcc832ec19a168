// New files in one folder: each is created as one that was not there, not even as a link (O_EXCL), and what
// was created can be removed again. The rest of the saving needs no `Deno`.

import { fromFileUrl } from "@std/path";
import type { HttpError } from "../../wire/errors.ts";
import { fileError, systemReason } from "../file_error.ts";
import { numberedName } from "./safe_filename.ts";

/** So many names with a number are tried for a file, and then so many with random digits. */
const MAX_TRIES = 10;

/** Up to this size pieces are written synchronously: a hop to a thread and back takes longer. */
const SYNC_BYTES = 65536;

/** A file that was created. */
interface Created {
  readonly path: string;
  /** What it was then, where others may get its name: a random one is nobody else's. */
  info?: Deno.FileInfo;
}

/** The folder that files are written to. */
export class UploadFolder {
  readonly #path: string;
  #created: Created[] = [];
  /** The number to begin with, by name; Infinity: numbers cost too much. */
  readonly #nextNumbers = new Map<string, number>();
  #removing: Promise<void> | undefined;

  /** Only takes the path: whether there is such a folder shows when a file is created. */
  constructor(folder: string | URL) {
    if (typeof globalThis.Deno === "undefined") {
      throw new TypeError("Cannot save form: only Deno writes files; use toFormData instead");
    }
    const path = folder instanceof URL ? fromFileUrl(folder) : folder;
    if (typeof path !== "string" || path === "") {
      throw new TypeError("Cannot save form: its folder is not a path or URL");
    }
    // Not normalized: ".." behind a linked folder is not the folder before it.
    this.#path = path.endsWith("/") ? path : `${path}/`;
  }

  /**
   * Creates a file, under a random name if none is given. Where there is one of that name, it gets a number,
   * and where many numbers are taken, random digits: so no name is ever used up.
   */
  async create(name?: string): Promise<NewFile> {
    const wanted = name ?? crypto.randomUUID();
    for (const candidate of this.#candidates(wanted)) {
      const path = this.#path + candidate;
      const file = await tryCreate(path);
      if (file === undefined) continue;
      const created: Created = { path };
      this.#created.push(created);
      try {
        // By its path, though the file is open: it shows now whether `remove` will be allowed to do so.
        if (name !== undefined) created.info = await Deno.lstat(path);
      } catch (cause) {
        file.close();
        throw failure("write", path, cause);
      }
      return new NewFile(path, file);
    }
    throw failure("write", this.#path + wanted, "no name like it is free");
  }

  /** Names to try one after the other. What a name has reached is remembered. */
  *#candidates(wanted: string): Iterable<string> {
    const first = this.#nextNumbers.get(wanted) ?? 1;
    if (first < Infinity) {
      for (let number = first; number < first + MAX_TRIES; number++) {
        this.#nextNumbers.set(wanted, number + 1);
        yield number === 1 ? wanted : numberedName(wanted, number);
      }
      this.#nextNumbers.set(wanted, Infinity);
    }
    for (let tries = 0; tries < MAX_TRIES; tries++) yield numberedName(wanted, randomDigits());
  }

  /**
   * Removes all files that were created and are still there. Those that cannot be removed are tried again
   * by the next call. Throws an HttpError, code `file`, about the first of them.
   */
  remove(): Promise<void> {
    return this.#removing ??= this.#removeAll().finally(() => this.#removing = undefined);
  }

  async #removeAll(): Promise<void> {
    const left: Created[] = [];
    let failed: HttpError | undefined;
    for (const created of this.#created) {
      try {
        if (await isStillThere(created)) await Deno.remove(created.path);
      } catch (cause) {
        if (cause instanceof Deno.errors.NotFound) continue;
        left.push(created);
        failed ??= failure("remove", created.path, cause);
      }
    }
    this.#created = left;
    if (failed !== undefined) throw failed;
  }
}

/** A file being written. */
export class NewFile {
  /** The folder as given, and the file's name in it. */
  readonly path: string;
  readonly #file: Deno.FsFile;

  /** For the folder, which opens it. */
  constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /** Writes all of `bytes`. Throws an HttpError, code `file`. */
  async write(bytes: Uint8Array): Promise<void> {
    const sync = bytes.length <= SYNC_BYTES;
    try {
      for (let at = 0; at < bytes.length;) {
        const rest = at === 0 ? bytes : bytes.subarray(at);
        at += sync ? this.#file.writeSync(rest) : await this.#file.write(rest);
      }
    } catch (cause) {
      throw failure("write", this.path, cause);
    }
  }

  /** Closes it. */
  close(): void {
    this.#file.close();
  }
}

/** Undefined where there is something of that name. */
async function tryCreate(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { write: true, createNew: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return undefined;
    throw failure("write", path, cause);
  }
}

/** Whether the path still leads to the file that was created: it may have been moved, and its name taken. */
async function isStillThere({ path, info }: Created): Promise<boolean> {
  if (info === undefined) return true;
  const now = await Deno.lstat(path);
  // The number of a file that is gone is given to another, but not its time.
  return now.dev === info.dev && now.ino === info.ino &&
    now.birthtime?.getTime() === info.birthtime?.getTime();
}

/** Names for what systems say in ways of their own. */
const REASONS: Record<string, string> = {
  ENOENT: "there is no such folder",
  ENOSPC: "no space left on the device",
};

/** An error with what the system said, or with words of ours. */
function failure(action: "write" | "remove", path: string, cause: unknown): HttpError {
  const isOurs = typeof cause === "string";
  const why = isOurs ? cause : reasonOf(cause);
  const message = `Cannot ${action} file "${path}": ${why}`;
  return fileError("write", message, isOurs ? undefined : cause);
}

function reasonOf(cause: unknown): string {
  const text = systemReason(cause);
  const { code = "" } = cause as { code?: string };
  return REASONS[code] ?? text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** Eight hexadecimal digits. */
function randomDigits(): string {
  const [bits] = crypto.getRandomValues(new Uint32Array(1));
  return bits!.toString(16).padStart(8, "0");
}
