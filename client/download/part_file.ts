// A partial download that survives: `name.part` beside the target, and `name.part.json` with what is known
// about its source. One download at a time works on it: it is locked.

import { FileSink, keepRights } from "./file_sink.ts";
import { fileError, type FileTarget, locateTarget, toFileError } from "./file_target.ts";
import { formatSource, ifRange, parseSource, type Source } from "./validators.ts";

/** A partial file may vanish between looking and locking, when another download completes it. */
const ATTEMPTS = 5;

const HASH_CHUNK_BYTES = 256 * 1024;

/** An open partial file. */
export class PartFile {
  readonly #target: FileTarget;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #sink: FileSink;
  /** Bytes before those of the sink. */
  #kept: number;
  #source: Source | undefined;

  private constructor(
    target: FileTarget,
    path: string,
    file: Deno.FsFile,
    size: number,
    source: Source | undefined,
  ) {
    this.#target = target;
    this.#path = path;
    this.#file = file;
    this.#sink = new FileSink(target, file, path);
    this.#kept = size;
    this.#source = source;
  }

  /** Opens the partial file of `path`, or begins one. Throws an HttpError, code `file`. */
  static async open(path: string): Promise<PartFile> {
    const target = await locateTarget(path);
    if (target.inPlace) throw fileError(path, "only a regular file can be resumed");
    const partPath = `${target.path}.part`;
    try {
      const file = await openLocked(partPath, target);
      try {
        const size = await file.seek(0, Deno.SeekMode.End);
        return new PartFile(target, partPath, file, size, await readSource(partPath));
      } catch (error) {
        file.close();
        throw error;
      }
    } catch (cause) {
      throw toFileError(path, cause);
    }
  }

  /** Bytes that it has. */
  get size(): number {
    return this.#kept + this.#sink.size;
  }

  /** What is known about where they come from. */
  get source(): Source | undefined {
    return this.#source;
  }

  /** The bytes that were there at first. */
  async *content(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(HASH_CHUNK_BYTES);
    try {
      await this.#file.seek(0, Deno.SeekMode.Start);
      for (let rest = this.#kept; rest > 0;) {
        const count = await this.#file.read(buffer.subarray(0, Math.min(rest, buffer.length)));
        if (count === null) throw new Error("it became shorter");
        yield buffer.subarray(0, count);
        rest -= count;
      }
      await this.#file.seek(this.#kept, Deno.SeekMode.Start);
    } catch (cause) {
      throw toFileError(this.#path, cause);
    }
  }

  /** Begins anew, with bytes of `source`; undefined: nothing that could be gone on with. */
  async restart(source: Source | undefined): Promise<void> {
    try {
      await this.#file.truncate(0);
      await this.#file.seek(0, Deno.SeekMode.Start);
      this.#kept = 0;
      this.#sink = new FileSink(this.#target, this.#file, this.#path);
      this.#source = source;
      // Not written over: what is there may be a link to somewhere else.
      await removeQuietly(`${this.#path}.json`);
      if (source === undefined || ifRange(source) === undefined) return;
      const options = { createNew: true, mode: 0o600 };
      await Deno.writeTextFile(`${this.#path}.json`, formatSource(source), options);
    } catch (cause) {
      throw toFileError(this.#path, cause);
    }
  }

  /** It is a regular file. */
  readonly mayWait = false;

  /** Writes all of `bytes` behind what is there. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#sink.write(bytes);
  }

  /** Puts the file where it belongs. */
  async commit(): Promise<void> {
    await this.#sink.commit();
    await removeQuietly(`${this.#path}.json`);
  }

  /** Closes it and leaves it for the next time, if that could go on with it. */
  async suspend(): Promise<void> {
    if (this.size === 0 || this.#source === undefined || ifRange(this.#source) === undefined) {
      return await this.discard();
    }
    // A file whose last bytes never reached the disk would have zeros there after a power failure.
    await this.#file.sync().catch(() => {});
    this.#sink.close();
  }

  /** Removes it. */
  async discard(): Promise<void> {
    await this.#sink.discard();
    await removeQuietly(`${this.#path}.json`);
  }
}

async function openLocked(path: string, target: FileTarget): Promise<Deno.FsFile> {
  // Opening would make the file at the other end of a link, or wait for the reader of a FIFO.
  if (!await isFileOrNothing(path)) {
    throw fileError(target.given, `"${path}" is not a file of its own`);
  }
  const { existing } = target;
  const mode = existing === undefined ? undefined : 0o600;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const file = await Deno.open(path, { read: true, write: true, create: true, mode });
    let usable = false;
    try {
      // Two downloads into one file would make a file of neither.
      if (!await file.tryLock(true)) {
        throw fileError(target.given, "another download of it is under way");
      }
      usable = await isStillAt(path, file);
      if (usable && existing !== undefined) await keepRights(path, existing);
    } catch (error) {
      usable = false;
      throw error;
    } finally {
      if (!usable) file.close();
    }
    if (usable) return file;
  }
  throw fileError(target.given, `"${path}" is not a file of its own`);
}

async function isFileOrNothing(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** Whether `path` is this very file, and no link to one. */
async function isStillAt(path: string, file: Deno.FsFile): Promise<boolean> {
  try {
    const [there, here] = [await Deno.lstat(path), await file.stat()];
    return there.isFile && there.ino === here.ino && there.dev === here.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function readSource(path: string): Promise<Source | undefined> {
  const about = `${path}.json`;
  try {
    if (!(await Deno.lstat(about)).isFile) return undefined;
    return parseSource(await Deno.readTextFile(about));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function removeQuietly(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {
    // It is not there, as most of the time.
  });
}
