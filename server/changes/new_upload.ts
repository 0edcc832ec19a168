// A file that is being uploaded: written under a temporary name in the folder where it is to be, and then put in
// its place. What is not put there leaves nothing behind.

import { LimitError } from "../../wire/errors.ts";
import { type NewFile, UploadFolder } from "../../multipart/save/upload_folder.ts";
import { placeFile, placeOver } from "./place.ts";
import { makeTemporaryName } from "./temporary_name.ts";

/** A file on its way. */
export class NewUpload {
  readonly #folder: UploadFolder;
  readonly #file: NewFile;
  readonly #maxBytes: number;
  #size = 0;
  #isOpen = true;

  /** For {@linkcode NewUpload.create}. */
  constructor(folder: UploadFolder, file: NewFile, maxBytes: number) {
    this.#folder = folder;
    this.#file = file;
    this.#maxBytes = maxBytes;
  }

  /** Begins a file in the folder `parent`, of at most `maxBytes`. */
  static async create(parent: string, maxBytes: number): Promise<NewUpload> {
    const folder = new UploadFolder(parent);
    try {
      return new NewUpload(folder, await folder.create(makeTemporaryName()), maxBytes);
    } catch (error) {
      await folder.remove().catch(() => {}); // what went wrong before is what matters
      throw error;
    }
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** Writes all of `bytes`. Throws a LimitError, status 413, when the file becomes too large. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#size + bytes.length > this.#maxBytes) tooLarge(this.#maxBytes);
    await this.#file.write(bytes);
    this.#size += bytes.length;
  }

  /** Says that it is complete. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }

  /** Gives it its name; throws what has the code `EEXIST` when that is taken, unless it may be replaced. */
  async place(path: string, overwrite: boolean): Promise<void> {
    this.close();
    if (overwrite) await placeOver(this.#file.path, path);
    else await placeFile(this.#file.path, path);
  }

  /** Removes what is still under the temporary name. */
  async discard(): Promise<void> {
    this.close();
    await this.#folder.remove();
  }
}

/** Throws what says that a file is longer than `max` bytes. */
export function tooLarge(max: number): never {
  // By the name under which whoever serves has set it.
  throw new LimitError("--max-upload", max, 413);
}
