// The search for a delimiter, CRLF "--" boundary (RFC 2046 5.1.1), in linear time for every boundary and
// every body: of its bytes only the first is a CR, so what was compared is never compared again. Pure.

const CR = 13;
/** After so many steps that are so short, the search goes on at the next CR. */
const MAX_SHORT_STEPS = 16;
const SHORT_STEP = 8;
/** How far the next CR is looked for byte by byte, before the search is left to the engine's own. */
const NEAR_BYTES = 32;

/** The delimiter of one boundary. */
export class Delimiter {
  /** CRLF, two dashes and the boundary. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * By the byte under the last one of the delimiter: how far the delimiter may be moved at least; 0 where
   * it may be right.
   */
  readonly #skip: Uint8Array;

  constructor(boundary: string) {
    this.bytes = new TextEncoder().encode(`\r\n--${boundary}`);
    const last = this.bytes.length - 1;
    this.#skip = new Uint8Array(256).fill(this.bytes.length);
    for (let i = 0; i <= last; i++) this.#skip[this.bytes[i]!] = last - i;
  }

  /** Index of the first whole delimiter in `chunk` from `from` on, or -1. */
  find(chunk: Uint8Array, from: number): number {
    const { bytes } = this;
    const end = chunk.length;
    const skip = this.#skip;
    const length = bytes.length;
    const last = length - 1;
    let at = from + last;
    while (true) {
      let step = 0;
      let shortSteps = 0;
      while (at < end) {
        step = skip[chunk[at]!]!;
        // A branch of its own, which the processor foresees: it looks ahead instead of waiting for `step`.
        if (step === length) {
          at += length;
          continue;
        }
        at += step;
        if (step === 0 || (step < SHORT_STEP && ++shortSteps > MAX_SHORT_STEPS)) break;
      }
      if (at >= end) return -1;
      let start = at - last;
      if (chunk[start] !== CR) {
        // The end looks right and the beginning does not, or the content makes this slow: no delimiter
        // begins before the next CR.
        start = nextCr(chunk, start);
        if (start < 0) return -1;
      }
      let same = 1;
      while (same < length && start + same < end && chunk[start + same] === bytes[same]) same++;
      if (same === length) return start;
      at = start + same + last;
    }
  }

  /**
   * How many bytes at the end of `chunk`, which from `from` on holds no whole delimiter, may be the
   * beginning of one.
   */
  suffix(chunk: Uint8Array, from: number): number {
    const { bytes } = this;
    const end = chunk.length;
    const first = Math.max(from, end - bytes.length + 1);
    for (let start = end - 1; start >= first; start--) {
      if (chunk[start] !== CR) continue;
      for (let i = start + 1; i < end; i++) if (chunk[i] !== bytes[i - start]) return 0;
      return end - start;
    }
    return 0;
  }
}

function nextCr(chunk: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR_BYTES, chunk.length);
  for (let i = from; i < near; i++) if (chunk[i] === CR) return i;
  return chunk.indexOf(CR, near);
}
