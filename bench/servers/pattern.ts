/**
 * The body that is downloaded: one block of noise, over and over, so that its server needs neither a
 * file nor 100 MB of memory for it, and is as fast as a server can be.
 */

import { createHash } from "node:crypto";

const BLOCK_BYTES = 1024 * 1024;

/** The block, the same in every process. */
export function patternBlock(): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(BLOCK_BYTES / 4);
  let state = 0x9e3779b9;
  for (let i = 0; i < words.length; i++) {
    // xorshift32: no two places of the block look alike.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer);
}

/** The pieces of a body of `bytes`. */
export function* patternPieces(
  block: Uint8Array<ArrayBuffer>,
  bytes: number,
): Generator<Uint8Array<ArrayBuffer>> {
  for (let left = bytes; left > 0; left -= block.length) {
    yield left < block.length ? block.subarray(0, left) : block;
  }
}

/** SHA-256 of a body of `bytes`, in hex. */
export function patternDigest(bytes: number): string {
  const hash = createHash("sha256");
  for (const piece of patternPieces(patternBlock(), bytes)) hash.update(piece);
  return hash.digest("hex");
}
