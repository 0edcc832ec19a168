// The body of a response of `fetch`: read ahead a little, so that a short one frees its connection though nobody
// reads, and else pulled by whoever does. Pieces that it gives are the caller's.

import { byteStream } from "../../wire/byte_stream.ts";
import { concatBytes } from "../../wire/concat_bytes.ts";
import { LimitError } from "../../wire/errors.ts";
import type { WatchedSource } from "../watched_source.ts";

/** Once so much was read ahead, nothing more is until somebody asks. */
export const AHEAD_BYTES = 65536;

/** A body on its way. */
export class ResponseBody {
  readonly #source: WatchedSource;
  /** Makes of an error what the caller gets. */
  readonly #explain: (error: unknown) => unknown;
  /** What was read and not given yet. */
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes read so far. */
  #received = 0;
  #maxBytes = Infinity;
  #reading: Promise<void> | undefined;
  #isTaken = false;
  #outcome: { readonly error: unknown } | "whole" | undefined;
  #onEnd: (() => void) | undefined;
  #ended: Promise<void> | undefined;

  /** `length`: how long it is, where that is known. */
  constructor(
    source: WatchedSource,
    length: number | undefined,
    explain: (error: unknown) => unknown,
  ) {
    this.#source = source;
    this.#explain = explain;
    // The request may be ended while nobody reads.
    source.race(new Promise<never>(() => {})).catch((error) => {
      this.#pieces.length = 0;
      this.close(explain(source.explain(error)));
    });
    if (length === undefined || length <= AHEAD_BYTES) this.#readAhead();
  }

  /** Resolves when all of it has arrived; rejects when that cannot be any more. */
  get ended(): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = new Promise((resolve, reject) => {
        this.#onEnd = () => {
          if (this.#outcome === "whole") resolve();
          else reject(this.#outcome!.error);
        };
      });
      this.#ended.catch(() => {}); // for whoever asks, if anybody does
      if (this.#outcome !== undefined) this.#onEnd!();
    }
    return this.#ended;
  }

  /** The next bytes; undefined at the end. One call at a time. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#isTaken = true;
    while (true) {
      if (this.#received > this.#maxBytes) this.#refuse();
      const piece = this.#pieces.shift();
      if (piece !== undefined) return piece;
      if (this.#outcome === "whole") return undefined;
      if (this.#outcome !== undefined) throw this.#outcome.error;
      await this.#readOne();
    }
  }

  /** From now on it is collected in memory: beyond so many bytes, also of those read before, it is given up. */
  limitTo(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** All of it. */
  async collect(maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    this.limitTo(maxBytes);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let total = 0;
    for (let piece; (piece = await this.read()) !== undefined;) {
      total += piece.length;
      pieces.push(piece);
    }
    return concatBytes(pieces, total);
  }

  /** The body as a stream of bytes, which is read as it is pulled. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return byteStream({ next: () => this.read(), cancel: () => this.close() });
  }

  /** Gives up what has not arrived. Does nothing after the end. */
  close(reason: unknown = new TypeError("Cannot read body: it was closed")): void {
    if (this.#outcome !== undefined) return;
    this.#end({ error: reason });
    this.#source.close();
  }

  #refuse(): void {
    const error = this.#explain(new LimitError("maxBodyBytes", this.#maxBytes, 413));
    this.#pieces.length = 0;
    this.#received = 0;
    this.close(error);
    // What had arrived whole before it was asked for is too long all the same.
    this.#outcome = { error };
  }

  async #readAhead(): Promise<void> {
    while (!this.#isTaken && this.#outcome === undefined && this.#received < AHEAD_BYTES) {
      await this.#readOne();
    }
  }

  /** Reads a piece, or waits for the one that is being read: never rejects. */
  #readOne(): Promise<void> {
    return this.#reading ??= this.#next();
  }

  async #next(): Promise<void> {
    try {
      const piece = await this.#source.read();
      if (this.#outcome !== undefined) return;
      if (piece === undefined) return this.#end("whole");
      this.#received += piece.length;
      this.#pieces.push(piece.slice() as Uint8Array<ArrayBuffer>);
    } catch (error) {
      this.#end({ error: this.#explain(error) });
    } finally {
      this.#reading = undefined;
    }
  }

  #end(outcome: { readonly error: unknown } | "whole"): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#onEnd?.();
  }
}
