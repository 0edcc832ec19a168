// A memory for the last head of a connection: peers that keep one tend to repeat themselves to the byte, and
// equal bytes mean the same. Pure.

/** A window of bytes, as far as the memory needs it. */
interface Window {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Marks a head as used. */
  endHead(end: number): void;
}

/** Longer heads are not remembered, in bytes. */
export const REMEMBERED_BYTES = 1024;

/** The last head of a connection. Its bytes are only kept once it came twice. */
export class HeadMemory<Parsed> {
  #text: string | undefined;
  #bytes: Uint8Array | undefined;
  #parsed: Parsed | undefined;

  /** What was parsed last, if the window begins with the very same head, which is then consumed. */
  recall(window: Window): Parsed | undefined {
    const known = this.#bytes;
    if (known === undefined) return undefined;
    const { bytes, start, end } = window;
    const { length } = known;
    if (end - start < length) return undefined;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== known[i]) return undefined;
    window.endHead(start + length);
    return this.#parsed;
  }

  /** Takes note of a head that was parsed. */
  learn(window: Window, end: number, text: string, parsed: Parsed): void {
    if (text.length > REMEMBERED_BYTES) {
      this.#text = this.#bytes = this.#parsed = undefined;
    } else if (text === this.#text) {
      this.#bytes = window.bytes.slice(window.start, end);
      this.#parsed = parsed;
    } else {
      this.#text = text;
      this.#bytes = this.#parsed = undefined;
    }
  }
}
