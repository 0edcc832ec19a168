// A file that appears under its name when it is whole, and not before: bytes go to a hidden file beside
// it, which takes its place at `commit` and vanishes at `discard`. Devices and FIFOs are written in place.

import { fileError, type FileTarget, locateTarget, toFileError } from "./file_target.ts";

/** Where the bytes of a file go; a `Deno.FsFile` is one. */
export interface OutputFile {
  write(bytes: Uint8Array): Promise<number>;
  writeSync(bytes: Uint8Array): number;
  sync(): Promise<void>;
  close(): void;
}

/**
 * Up to this size pieces are written synchronously: into the page cache that takes 0.5 to 0.7 of the time
 * of a hop to a thread and back for 64 KiB and more, a tenth of it for 4 KiB.
 */
const SYNC_BYTES = 256 * 1024;

const NULL_DEVICE = "/dev/null";

/** Characters of a name that its temporary file repeats: names have 255 bytes at most. */
const KEPT_CHARACTERS = 40;

/** A file being written. */
export class FileSink {
  readonly #target: FileTarget;
  readonly #file: OutputFile;
  /** The file that will take the target's place; undefined: the target is written in place. */
  readonly #temporary: string | undefined;
  #size = 0;
  #open = true;

  /** For those who open the temporary file themselves. */
  constructor(target: FileTarget, file: OutputFile, temporary: string | undefined) {
    this.#target = target;
    this.#file = file;
    this.#temporary = temporary;
  }

  /**
   * Prepares to write to `path`. Throws an HttpError, code `file`, when that is a folder, has no folder, or
   * may not be written.
   */
  static async create(path: string): Promise<FileSink> {
    const standard = standardStream(path);
    if (standard !== undefined) return standard;
    const target = await locateTarget(path);
    const { existing, folder, name, inPlace } = target;
    let sink: FileSink | undefined;
    try {
      if (inPlace) {
        const file = await Deno.open(target.path, { write: true, append: true });
        return new FileSink(target, file, undefined);
      }
      const kept = [...name].slice(0, KEPT_CHARACTERS).join("");
      const temporary = `${folder}/.${kept}.${crypto.randomUUID().slice(0, 13)}.tmp`;
      // Nobody may read what is to replace a private file, not even for a moment.
      const mode = existing === undefined ? undefined : 0o600;
      const file = await Deno.open(temporary, { write: true, createNew: true, mode });
      sink = new FileSink(target, file, temporary);
      if (existing !== undefined) await keepRights(temporary, existing);
      return sink;
    } catch (cause) {
      await sink?.discard();
      throw toFileError(path, cause);
    }
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** Whether what was written cannot be taken back: it went to its place at once. */
  get isFinal(): boolean {
    return this.#temporary === undefined && this.#size > 0;
  }

  /** Whether writing may take any time: a FIFO or terminal makes its writer wait, the null device does not. */
  get mayWait(): boolean {
    return this.#temporary === undefined && this.#target.path !== NULL_DEVICE;
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) throw fileError(this.#target.given, "it was closed");
    const sync = !this.mayWait && bytes.length <= SYNC_BYTES;
    try {
      for (let at = 0; at < bytes.length;) {
        const rest = at === 0 ? bytes : bytes.subarray(at);
        at += sync ? this.#file.writeSync(rest) : await this.#file.write(rest);
      }
    } catch (cause) {
      throw toFileError(this.#target.given, cause);
    }
    this.#size += bytes.length;
  }

  /**
   * Puts the file where it belongs, once it is on the disk. What fails leaves the target as it was, and
   * `discard` is still due.
   */
  async commit(): Promise<void> {
    if (!this.#open) throw fileError(this.#target.given, "it was closed");
    try {
      if (this.#temporary !== undefined) {
        await this.#file.sync();
        // Before it is closed, which gives up a lock that somebody may have on it.
        await Deno.rename(this.#temporary, this.#target.path);
      }
    } catch (cause) {
      throw toFileError(this.#target.given, cause);
    }
    this.close();
  }

  /** Drops what was written; the target stays as it was. Does nothing after `commit`. */
  async discard(): Promise<void> {
    if (!this.#open) return;
    this.close();
    if (this.#temporary === undefined) return;
    try {
      await Deno.remove(this.#temporary);
    } catch {
      // It is gone, or the folder is no longer ours to write: the first error is the one to be told.
    }
  }

  /** Closes the temporary file and leaves it where it is. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#file.close();
  }
}

/** What is written through the descriptor that is open already, so that redirections hold. */
function standardStream(path: string): FileSink | undefined {
  const stream = path === "/dev/stdout"
    ? Deno.stdout
    : path === "/dev/stderr"
    ? Deno.stderr
    : undefined;
  if (stream === undefined) return undefined;
  const target = { given: path, path, folder: "", name: "", inPlace: true, existing: undefined };
  const file: OutputFile = {
    write: (bytes) => stream.write(bytes),
    writeSync: (bytes) => stream.writeSync(bytes),
    sync: () => Promise.resolve(),
    close: () => {}, // it is the process's
  };
  return new FileSink(target, file, undefined);
}

/** Gives a new file the rights of the one that it will replace, and its owner as far as we may. */
export async function keepRights(path: string, { mode, uid, gid }: Deno.FileInfo): Promise<void> {
  if (mode === null) return; // a system without such rights
  const own = await Deno.stat(path);
  if (own.uid !== uid || own.gid !== gid) {
    await Deno.chown(path, uid, gid).catch(() => {
      // Only root may give files away: the file is then ours, as any new one would be.
    });
  }
  // Without the bits that let a program run as its owner: the new content is not what was trusted.
  await Deno.chmod(path, mode & 0o777);
}
