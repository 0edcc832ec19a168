// Contents of files in memory, bounded in bytes and in number: what was not used for longest goes first.

import type { FileCacheOptions } from "./file_options.ts";

/** What is kept: a content, and whatever has to be known of it. */
export interface Kept {
  /** May be replaced by the same bytes in another place. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** What an entry costs besides its content, roughly, in bytes: many empty files are not free. */
const ENTRY_BYTES = 512;

/** Contents by whatever names them. */
export class ContentMemory<Key, Value extends Kept> {
  readonly #bounds: Readonly<Required<FileCacheOptions>>;
  /** Maps iterate in the order of insertion: the first is the first to go. */
  readonly #kept = new Map<Key, Value>();
  #bytes = 0;

  constructor(bounds: Readonly<Required<FileCacheOptions>>) {
    this.#bounds = bounds;
  }

  /** Whether a content of so many bytes is kept at all. */
  fits(size: number): boolean {
    const { maxFileBytes, maxBytes, maxEntries } = this.#bounds;
    return size <= maxFileBytes && size + ENTRY_BYTES <= maxBytes && maxEntries >= 1;
  }

  /** What is kept under a key, without any use of it. */
  peek(key: Key): Value | undefined {
    return this.#kept.get(key);
  }

  /** What is kept under a key; it is the last to go now. */
  use(key: Key): Value | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  /** Keeps a value in place of the one under the key, and of others if need be. */
  keep(key: Key, value: Value): void {
    this.drop(key);
    this.#kept.set(key, value);
    this.#bytes += value.bytes.length + ENTRY_BYTES;
    const { maxBytes, maxEntries } = this.#bounds;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= maxBytes && this.#kept.size <= maxEntries) break;
      this.drop(oldest);
    }
  }

  /** Forgets what is kept under a key. */
  drop(key: Key): void {
    const value = this.#kept.get(key);
    if (value === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= value.bytes.length + ENTRY_BYTES;
  }
}
