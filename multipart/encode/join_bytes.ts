// Small stretches of bytes made into few larger ones, and large ones cut, so that sending a form of many
// fields takes few writes and little memory. Pure.

import { concatBytes } from "../../wire/concat_bytes.ts";

/** Longest stretch that comes out. */
export const STRETCH_BYTES = 65536;

/**
 * The items in order, with bytes that stand beside each other joined. All bytes are copies, made as they
 * are asked for; once some of an item were given, the rest of it is copied as well.
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
    let rest = item;
    while (size + rest.length >= STRETCH_BYTES) {
      const cut = STRETCH_BYTES - size;
      pieces.push(rest.subarray(0, cut));
      size = STRETCH_BYTES;
      // Before anything is given, since the item may change then; the rest of a copy is one.
      rest = rest === item ? concatBytes([rest.subarray(cut)]) : rest.subarray(cut);
      yield join();
    }
    pieces.push(rest);
    size += rest.length;
  }
  if (size > 0) yield join();
}
