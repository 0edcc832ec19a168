// Decoder of the chunked coding (RFC 9112 7.1), a synchronous state machine: give it a window, it
// says how much it consumed and which part of that is body. The outcome never depends on how the
// bytes were split.
//
//   size ──> data ──> data-end ──> size      a chunk
//     └────> trailer ──> done                the last chunk

import { latin1 } from "./bytes.ts";
import { LimitError, ProtocolError } from "./errors.ts";
import { type FieldSection, parseFieldSection } from "./field_section.ts";
import { TOKEN } from "./headers.ts";

/** Limits on what surrounds the data of a chunked body. */
export interface ChunkLimits {
  /** Longest chunk line (size and extensions), in bytes. Beyond it: LimitError, status 400. */
  maxChunkLineBytes: number;
  /** Longest trailer section, in bytes. Beyond it: LimitError, status 400. */
  maxTrailerBytes: number;
  /** Most trailer fields. Beyond it: LimitError, status 400. */
  maxFields: number;
}

type State = "size" | "data" | "data-end" | "trailer" | "done";

const CR = 13;
const LF = 10;
/** All the extensions of a body together may be this many times as long as one chunk line. */
const EXTENSION_LINES = 4;
const QUOTED =
  '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"';
const CHUNK_LINE = new RegExp(
  `^([0-9A-Fa-f]+)((?:[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?)*)$`,
);
const MAX_SIZE_DIGITS = 13;

/** The decoder of one body. */
export class ChunkDecoder {
  /** Where the data found by the last `decode` begins in the window. */
  dataStart = 0;
  /** Where it ends; equal to `dataStart` when none was found. */
  dataEnd = 0;
  /** The trailer section, once the body is done and if it had one. */
  trailers: FieldSection | undefined;
  #state: State = "size";
  #left = 0;
  #scanned = 0;
  #extensionBytes = 0;
  readonly #limits: ChunkLimits;

  constructor(limits: ChunkLimits) {
    this.#limits = limits;
  }

  /** Whether the last byte of the body, trailers included, was consumed. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** Bytes of the current chunk that are still to come: what a reader may safely ask for. */
  get left(): number {
    return this.#state === "data" ? this.#left : 0;
  }

  /**
   * Decodes from `bytes[start, end)` up to the end of the first run of data, which is then in
   * `dataStart` and `dataEnd` and has at most `maxData` bytes. Returns where to go on; what lies
   * behind must be presented again. Nothing consumed and not `done` means "need more".
   */
  decode(bytes: Uint8Array, start: number, end: number, maxData: number): number {
    this.dataStart = this.dataEnd = start;
    let at = start;
    while (true) {
      switch (this.#state) {
        case "size": {
          const lineEnd = this.#lineEnd(bytes, at, end, "maxChunkLineBytes");
          if (lineEnd < 0) return at;
          this.#startChunk(latin1(bytes, at, lineEnd));
          at = lineEnd + 2;
          break;
        }
        case "data": {
          const take = Math.min(this.#left, end - at, maxData);
          this.dataStart = at;
          this.dataEnd = at + take;
          this.#left -= take;
          if (this.#left === 0) this.#state = "data-end";
          return at + take;
        }
        case "data-end":
          if (at < end && bytes[at] !== CR) badChunk("data is longer than its size");
          if (end - at < 2) return at;
          if (bytes[at + 1] !== LF) badChunk("data is longer than its size");
          at += 2;
          this.#state = "size";
          break;
        case "trailer": {
          const sectionEnd = this.#trailerEnd(bytes, at, end);
          if (sectionEnd < 0) return at;
          if (sectionEnd - at > 2) {
            const text = latin1(bytes, at, sectionEnd);
            this.trailers = parseFieldSection(bytes, at, sectionEnd, text, {
              maxFields: this.#limits.maxFields,
              limitStatus: 400,
            });
          }
          this.#state = "done";
          return sectionEnd;
        }
        case "done":
          return at;
      }
    }
  }

  #startChunk(line: string): void {
    const match = CHUNK_LINE.exec(line);
    if (match === null) badChunk("malformed size or extension");
    const digits = match[1]!.replace(/^0+/, "");
    if (digits.length > MAX_SIZE_DIGITS) badChunk("size is too large");
    this.#extensionBytes += match[2]!.length;
    if (this.#extensionBytes > EXTENSION_LINES * this.#limits.maxChunkLineBytes) {
      throw new LimitError("maxChunkLineBytes", this.#limits.maxChunkLineBytes, 400);
    }
    this.#left = digits === "" ? 0 : parseInt(digits, 16);
    this.#state = this.#left === 0 ? "trailer" : "data";
  }

  /** Index of the CR LF that ends the line at `at`, or -1. */
  #lineEnd(
    bytes: Uint8Array,
    at: number,
    end: number,
    limit: "maxChunkLineBytes" | "maxTrailerBytes",
  ): number {
    // Not a byte beyond the limit is looked at, so that the outcome is the same however they arrive.
    const stop = Math.min(end, at + this.#limits[limit] + 2);
    for (let i = at + this.#scanned; i < stop; i++) {
      if (bytes[i] === LF) {
        if (i === at || bytes[i - 1] !== CR) badChunk("line feed without carriage return");
        this.#scanned = 0;
        return i - 1;
      }
      // A carriage return announces a line feed; anything else is refused without waiting for it.
      if (i > at && bytes[i - 1] === CR) badChunk("carriage return without line feed");
    }
    this.#scanned = stop - at;
    if (stop - at > this.#limits[limit] + 1) this.#tooLong(limit);
    return -1;
  }

  /** Index after the empty line that ends the trailer section at `at`, or -1. */
  #trailerEnd(bytes: Uint8Array, at: number, end: number): number {
    const most = this.#limits.maxTrailerBytes + 2;
    const stop = Math.min(end, at + most);
    for (let i = at + this.#scanned; i < stop; i++) {
      if (bytes[i] !== LF) continue;
      if (i === at || bytes[i - 1] !== CR) badChunk("line feed without carriage return");
      if (i - 1 === at || bytes[i - 2] === LF) {
        this.#scanned = 0;
        return i + 1;
      }
    }
    this.#scanned = stop - at;
    if (stop - at === most) this.#tooLong("maxTrailerBytes");
    return -1;
  }

  #tooLong(limit: "maxChunkLineBytes" | "maxTrailerBytes"): never {
    throw new LimitError(limit, this.#limits[limit], 400);
  }
}

function badChunk(what: string): never {
  throw new ProtocolError("bad_chunk", `Cannot read chunked body: ${what}`);
}
