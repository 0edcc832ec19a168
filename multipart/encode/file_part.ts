// A file as a part of a form: looked at when it is added, opened when it is sent, read piece by piece. The
// only file of the encoder that needs `Deno`, and only when it is called: the rest runs in browsers.

import { HttpError } from "../../wire/errors.ts";
import { fileError, systemReason } from "../file_error.ts";
import type { ByteSupply } from "./concat_stream.ts";

const PIECE_BYTES = 65536;

/** What is known of a file before it is opened. */
export interface FileFacts {
  /** Its path. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was changed, in milliseconds since 1970; null where the system does not tell. */
  readonly mtimeMs: number | null;
}

/** Looks at a file. Throws HttpError `file` when it is not a readable regular file. */
export function lookAtFile(path: string): FileFacts {
  if (typeof globalThis.Deno === "undefined") {
    throw new TypeError(`Cannot add file "${path}": only Deno opens files; use addBlob instead`);
  }
  try {
    // Looked at before it is opened, since opening a FIFO would wait for its writer.
    if (Deno.statSync(path).isFile) {
      // Not with `using`, which older engines cannot even read.
      const file = Deno.openSync(path);
      try {
        const { size, mtime } = file.statSync();
        return { path, size, mtimeMs: mtime?.getTime() ?? null };
      } finally {
        file.close();
      }
    }
  } catch (cause) {
    throw fileError("read", `Cannot add file "${path}": ${systemReason(cause)}`, cause);
  }
  throw fileError("read", `Cannot add file "${path}": it is not a regular file`);
}

/** Reads a file that was looked at before; one whose size is another by now is an error. */
export class FileSupply implements ByteSupply {
  readonly #facts: FileFacts;
  #file: Deno.FsFile | undefined;
  #left: number;
  #done = false;

  constructor(facts: FileFacts) {
    this.#facts = facts;
    this.#left = facts.size;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#done) return undefined;
    const { path } = this.#facts;
    try {
      this.#file ??= this.#open();
      if (this.#left > 0) return await this.#readPiece(this.#file);
      // It may have grown since it was opened: what was sent is then not the whole of it.
      this.#checkSize(this.#file);
    } catch (cause) {
      if (cause instanceof HttpError) throw cause;
      throw fileError("read", `Cannot read file "${path}": ${systemReason(cause)}`, cause);
    }
    this.close();
    return undefined;
  }

  close(): void {
    this.#done = true;
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): Deno.FsFile {
    const file = Deno.openSync(this.#facts.path);
    try {
      this.#checkSize(file);
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }

  async #readPiece(file: Deno.FsFile): Promise<Uint8Array<ArrayBuffer>> {
    const piece = new Uint8Array(Math.min(this.#left, PIECE_BYTES));
    const count = await file.read(piece);
    if (count === null) throw this.#changed(this.#facts.size - this.#left);
    this.#left -= count;
    return piece.subarray(0, count);
  }

  #checkSize(file: Deno.FsFile): void {
    const { size } = file.statSync();
    if (size !== this.#facts.size) throw this.#changed(size);
  }

  #changed(size: number): HttpError {
    const { path, size: before } = this.#facts;
    return fileError(
      "read",
      `Cannot send file "${path}": it had ${before} bytes and now has ${size}`,
    );
  }
}
