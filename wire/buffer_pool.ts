// Buffers for output, lent for the length of one write, and for large windows of readers, so that idle
// connections hold none. A borrower returns a buffer only when no operation uses it any more: after a failed
// or abandoned write it is left to the garbage collector instead.

const SIZES = [4096, 16384, 65536, 131072];
/** Most free buffers kept of each size; 14 MiB in all. A fresh large one costs more than its write. */
const KEEP = 64;
const free: Uint8Array<ArrayBuffer>[][] = SIZES.map(() => []);

/** The size of the largest pooled buffer, for bulk copies: larger ones fall out of the processor's cache. */
export const BULK_BYTES = 131072;

/** A buffer of at least `minBytes` with arbitrary content. */
export function borrowBuffer(minBytes: number): Uint8Array<ArrayBuffer> {
  for (let i = 0; i < SIZES.length; i++) {
    if (minBytes <= SIZES[i]!) return free[i]!.pop() ?? new Uint8Array(SIZES[i]!);
  }
  return new Uint8Array(minBytes);
}

/** Gives a borrowed buffer back; the caller must not touch it afterwards. */
export function returnBuffer(buffer: Uint8Array<ArrayBuffer>): void {
  const i = SIZES.indexOf(buffer.length);
  if (i >= 0 && free[i]!.length < KEEP) free[i]!.push(buffer);
}
