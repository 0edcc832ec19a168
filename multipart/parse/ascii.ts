// Short ASCII text, several times faster than through a TextDecoder: most names and values in forms are such.
// Pure.

/** Longest text for which this is worth it. */
const MAX_CHARACTERS = 48;

/** The text of `bytes[start, end)` if it is short and in ASCII; else undefined. */
export function tryAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > MAX_CHARACTERS) return undefined;
  let text = "";
  let all = 0;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    const a = bytes[i]!;
    const b = bytes[i + 1]!;
    const c = bytes[i + 2]!;
    const d = bytes[i + 3]!;
    const e = bytes[i + 4]!;
    const f = bytes[i + 5]!;
    const g = bytes[i + 6]!;
    const h = bytes[i + 7]!;
    all |= a | b | c | d | e | f | g | h;
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  for (; i + 4 <= end; i += 4) {
    const a = bytes[i]!;
    const b = bytes[i + 1]!;
    const c = bytes[i + 2]!;
    const d = bytes[i + 3]!;
    all |= a | b | c | d;
    text += String.fromCharCode(a, b, c, d);
  }
  for (; i < end; i++) {
    const a = bytes[i]!;
    all |= a;
    text += String.fromCharCode(a);
  }
  return all < 0x80 ? text : undefined;
}
