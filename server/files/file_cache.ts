/**
 * Small files in memory, so that what is asked for again and again costs one `stat` instead of opening,
 * reading and closing. An entry holds for exactly the file that was read: the caller compares.
 */

import type { FileFacts } from "./locate.ts";

/** A file with its content. */
export interface CachedFile {
  readonly facts: FileFacts;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Larger files are not kept, in bytes. */
export const MAX_FILE_BYTES = 65536;
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;
/** What an entry costs besides its content, roughly, in bytes: many empty files are not free. */
const ENTRY_BYTES = 512;
/** A file changed so recently could change again without a new time of change, in milliseconds. */
const MIN_AGE_MS = 2000;

/** A bounded number of small files by name; the ones not used for longest go first. */
export class FileCache {
  readonly #files = new Map<string, CachedFile>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number = MAX_TOTAL_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a file with these facts may be kept at the time `nowMs`. */
  accepts(facts: FileFacts, nowMs: number): boolean {
    const { size, mtimeMs, ctimeMs, ino } = facts;
    // The time of change cannot be set back, so an edit that restores the time of modification shows.
    return size <= MAX_FILE_BYTES && ino !== null && mtimeMs !== null && ctimeMs !== null &&
      Math.max(mtimeMs, ctimeMs) < nowMs - MIN_AGE_MS;
  }

  /** The file kept under a name. */
  get(name: string): CachedFile | undefined {
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    // Maps iterate in the order of insertion: this makes it the last to go.
    this.#files.delete(name);
    this.#files.set(name, file);
    return file;
  }

  /** Keeps a file, in place of others if need be. */
  put(name: string, file: CachedFile): void {
    this.delete(name);
    this.#files.set(name, file);
    this.#bytes += weight(file);
    for (const oldest of this.#files.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  /** Forgets a file. */
  delete(name: string): void {
    const file = this.#files.get(name);
    if (file === undefined) return;
    this.#files.delete(name);
    this.#bytes -= weight(file);
  }
}

function weight(file: CachedFile): number {
  return file.bytes.length + ENTRY_BYTES;
}
