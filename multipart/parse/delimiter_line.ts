// What follows a delimiter on its line (RFC 2046 5.1.1): two dashes if it is the last one, blanks, a line
// break. Anything else would be content to one parser and nothing to another, so it is an error.

import { MultipartError } from "./multipart_error.ts";

const CR = 13;
const LF = 10;
const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 9;
/** Most blanks after a delimiter. No sender is known that writes more than a few. */
const MAX_BLANKS = 1024;

/** Reads the rest of one line after the other. */
export class DelimiterLine {
  /** start → dash → closing → (blanks) → cr → complete, or without the dashes. */
  #state: "start" | "dash" | "blanks" | "cr" | "complete" = "start";
  #blanks = 0;
  /** Whether two dashes followed the delimiter. */
  isClosing = false;

  /** Whether the line break was there. */
  get isComplete(): boolean {
    return this.#state === "complete";
  }

  /** Whether the body may end here: a close delimiter needs no line break. */
  get mayEnd(): boolean {
    return this.isClosing && this.#state === "blanks";
  }

  /** Prepares for the next line. */
  reset(): void {
    this.#state = "start";
    this.#blanks = 0;
    this.isClosing = false;
  }

  /**
   * Reads from `chunk`, which begins at byte `base` of the body, from `at` on. Returns the index after
   * what it read: after the line break, or the end of the chunk.
   */
  read(chunk: Uint8Array, at: number, base: number): number {
    while (at < chunk.length && this.#state !== "complete") {
      if (!this.#take(chunk[at]!)) {
        throw new MultipartError(
          this.#blanks > MAX_BLANKS
            ? `a delimiter that is followed by more than ${MAX_BLANKS} blanks`
            : "a delimiter that is not followed by CRLF",
          base + at,
        );
      }
      at++;
    }
    return at;
  }

  /** Whether a byte is legal here. */
  #take(byte: number): boolean {
    const state = this.#state;
    if (state === "cr") {
      this.#state = "complete";
      return byte === LF;
    }
    if (state === "dash" || (state === "start" && byte === DASH)) {
      this.isClosing = state === "dash";
      this.#state = state === "dash" ? "blanks" : "dash";
      return byte === DASH;
    }
    this.#state = byte === CR ? "cr" : "blanks";
    return byte === CR || ((byte === SPACE || byte === TAB) && ++this.#blanks <= MAX_BLANKS);
  }
}
