// The file of a resumable upload: opened by one request at a time, whichever process serves it, and appended to. How
// much of it there is, the file system says.

import { codeOf } from "../system_code.ts";
import { NewFile } from "../../multipart/save/upload_folder.ts";
import { lookAt } from "./place.ts";

/** A partial file that is open for writing, and locked. */
export class PartialFile {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #writer: NewFile;
  #size: number;

  /** For {@linkcode PartialFile.open}. */
  constructor(path: string, file: Deno.FsFile, size: number) {
    this.path = path;
    this.#file = file;
    this.#writer = new NewFile(path, file);
    this.#size = size;
  }

  /** Makes an empty one. Throws what `Deno.open` throws. */
  static async create(path: string): Promise<void> {
    (await Deno.open(path, { write: true, createNew: true })).close();
  }

  /** How much of it there is, in bytes; `undefined` when there is no such file. */
  static async sizeOf(path: string): Promise<number | undefined> {
    const info = await lookAt(path);
    return info?.isFile ? info.size : undefined;
  }

  /** Opens it at its end; `undefined` when there is none, `"busy"` while somebody else writes it. */
  static async open(path: string): Promise<PartialFile | "busy" | undefined> {
    // A link that somebody put there is not followed.
    if (await PartialFile.sizeOf(path) === undefined) return undefined;
    const file = await tryOpen(path);
    if (file === undefined) return undefined;
    try {
      if (await file.tryLock(true)) {
        // Only what is seen now stays as it is.
        const { size, nlink } = await file.stat();
        if (nlink === 0) {
          file.close();
          return undefined;
        }
        await file.seek(size, Deno.SeekMode.Start);
        return new PartialFile(path, file, size);
      }
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return "busy";
  }

  /** How much of it there is, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Appends all of `bytes`. When that fails some of them may be there. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
      this.#size += bytes.length;
    } catch (error) {
      this.#size = (await this.#file.stat()).size;
      throw error;
    }
  }

  /** Resolves when all of it is on the disk, not only on its way there. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Closes it, which gives up the lock. */
  close(): void {
    this.#file.close();
  }
}

async function tryOpen(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { write: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
