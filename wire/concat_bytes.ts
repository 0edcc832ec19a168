// Pieces of bytes joined into one. A file of its own because it runs anywhere, which bytes.ts does not.
// Pure.

/** The pieces one behind the other, copied; `length` is that of all together. */
export function concatBytes(
  pieces: readonly Uint8Array[],
  length: number = pieces.reduce((sum, piece) => sum + piece.length, 0),
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
