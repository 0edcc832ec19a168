// Small stretches of bytes made into few larger ones, and large ones cut, so that sending a form of many
// fields takes few writes and little memory. Pure.

import { concatBytes } from "../../wire/concat_bytes.ts";

/** Longest stretch that comes out. */
export const STRETCH_BYTES = 65536;

/**
 * The items in order, with bytes that stand beside each other joined. All bytes are copies, made as they
 * are asked for.
 */
export function* joinBytes<T extends object>(
  items: Iterable<Uint8Array | T>,
): Iterable<Uint8Array<ArrayBuffer> | T> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const join = (): Uint8Array<ArrayBuffer> => {
    const bytes = concatBytes(pieces, size);
    pieces = [];
    size = 0;
    return bytes;
  };
  for (const item of items) {
    if (!(item instanceof Uint8Array)) {
      if (size > 0) yield join();
      yield item;
      continue;
    }
    for (let at = 0; at < item.length;) {
      const piece = item.subarray(at, at + STRETCH_BYTES - size);
      pieces.push(piece);
      size += piece.length;
      at += piece.length;
      if (size === STRETCH_BYTES) yield join();
    }
  }
  if (size > 0) yield join();
}
