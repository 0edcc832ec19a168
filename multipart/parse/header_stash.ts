// A header block that arrives in several chunks, put together. It takes memory as the block grows, up to
// the limit, and every byte is looked at a bounded number of times however it was cut.

import { LimitError } from "../../wire/errors.ts";
import { findBlockEnd } from "./header_block.ts";

const FIRST_BYTES = 256;

/** Collects one header block after the other. */
export class HeaderStash {
  readonly #max: number;
  #bytes = new Uint8Array(0);
  /** How many bytes of a block there are. */
  length = 0;

  constructor(maxHeaderBytes: number) {
    this.#max = maxHeaderBytes;
  }

  /** What there is of a block. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /**
   * Adds what `chunk` has of the block, from `at` on. Returns how many bytes of it belong to the block
   * when that is complete, else -1. Throws a LimitError when the block is too long.
   */
  add(chunk: Uint8Array, at: number): number {
    const before = this.length;
    const piece = chunk.subarray(at, at + this.#max - before);
    this.#reserve(before + piece.length);
    this.#bytes.set(piece, before);
    this.length += piece.length;
    const end = findBlockEnd(this.#bytes, 0, before, this.length);
    if (end >= 0) {
      this.length = end;
      return end - before;
    }
    if (this.length === this.#max) throw new LimitError("maxHeaderBytes", this.#max, 413);
    return -1;
  }

  /** Forgets the block. */
  clear(): void {
    this.length = 0;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2, FIRST_BYTES));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
