// The body of one message, pulled from the connection's window: none, of known length, chunked, or
// until the peer closes. It never reads past its end, so what follows stays a message of its own.

import type { BodyKind } from "./framing.ts";
import { ChunkDecoder, type ChunkLimits } from "./chunked.ts";
import type { ConnReader } from "./conn_reader.ts";
import { ClosedError, LimitError } from "./errors.ts";
import type { FieldSection } from "./field_section.ts";

/** Limits on a body. */
export interface BodyLimits extends ChunkLimits {
  /** Longest body, in bytes. Beyond it: LimitError, status 413. */
  maxBodyBytes: number;
  /** How many bytes more are let pass: what arrives is counted again when it was decoded. Default: 0. */
  slackBytes?: number;
}

const EMPTY = new Uint8Array(0);
/** The buffer of a body that is collected starts with this size, or with its length if smaller. */
const FIRST_BYTES = 4096;
const LARGEST_FIRST_BYTES = 65536;

/** Reads one body. */
export class BodyReader {
  /** Bytes of the body read so far, without the chunked coding. */
  received = 0;
  readonly #reader: ConnReader;
  readonly #limits: BodyLimits;
  readonly #kind: BodyKind;
  readonly #length: number;
  readonly #decoder: ChunkDecoder | undefined;
  #done: boolean;
  #failure: unknown;

  constructor(reader: ConnReader, kind: BodyKind, length: number, limits: BodyLimits) {
    this.#reader = reader;
    this.#kind = kind;
    this.#length = length;
    this.#limits = limits;
    this.#done = kind === "none";
    if (kind === "chunked") this.#decoder = new ChunkDecoder(limits);
  }

  /** Whether the whole body was consumed. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * Ends it with its exchange: who still reads, or does so later, gets a TypeError, unless it was read to
   * its end before.
   */
  close(wasRead: boolean): void {
    if (wasRead) return;
    this.#failure ??= new TypeError("Cannot read body: the request is over");
    this.#reader.abandonWait();
  }

  /** Whether the body can never be consumed to its end, so that nothing after it may be trusted. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Bytes that are still to come, where that is known. */
  get remaining(): number | undefined {
    return this.#kind === "length" || this.#kind === "none"
      ? this.#length - this.received
      : undefined;
  }

  /** Throws a LimitError when the announced length is over the limit, before a byte is read. */
  checkLength(): void {
    this.#checkSize(this.#length);
  }

  #checkSize(bytes: number): void {
    const { maxBodyBytes, slackBytes = 0 } = this.#limits;
    if (bytes > maxBodyBytes + slackBytes) throw new LimitError("maxBodyBytes", maxBodyBytes, 413);
  }

  /** The trailer section of a chunked body that is done. */
  get trailers(): FieldSection | undefined {
    return this.#decoder?.trailers;
  }

  /**
   * Bytes that arrived, as a view of the window that is valid until the next call: at most `max`
   * (at least 1); empty when none is there or the body is done.
   */
  tryTake(max: number): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#done) return EMPTY;
    try {
      return this.#take(max);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #take(max: number): Uint8Array {
    const reader = this.#reader;
    let from = reader.start;
    let to: number;
    if (this.#decoder !== undefined) {
      const decoder = this.#decoder;
      reader.start = decoder.decode(reader.bytes, reader.start, reader.end, max);
      this.#done = decoder.done;
      from = decoder.dataStart;
      to = decoder.dataEnd;
    } else {
      const left = this.#kind === "length" ? this.#length - this.received : Infinity;
      to = from + Math.min(reader.end - from, left, max);
      reader.start = to;
    }
    this.received += to - from;
    if (this.#kind === "length" && this.received === this.#length) this.#done = true;
    this.#checkSize(this.received);
    return reader.bytes.subarray(from, to);
  }

  /**
   * Like `tryTake`, but waits up to `timeoutMs` for each arrival; empty only when done. Only for those who alone read
   * the connection: before they see the view, somebody else might fill the window anew.
   */
  async take(max: number, timeoutMs: number): Promise<Uint8Array> {
    while (true) {
      const taken = this.tryTake(max);
      if (taken.length > 0 || this.#done) return taken;
      await this.#more(timeoutMs);
    }
  }

  /** Waits for an arrival, or the end. */
  async #more(timeoutMs: number): Promise<void> {
    if (this.#kind !== "length" || this.#length - this.received > 4096) this.#reader.widen();
    if (!await this.#fill(timeoutMs)) this.#end();
  }

  async #fill(timeoutMs: number): Promise<boolean> {
    try {
      return await this.#reader.fillWithin(timeoutMs, "body");
    } catch (error) {
      // A body that was late may still arrive; one whose connection broke will not.
      if (error instanceof ClosedError) {
        this.#failure = this.#cutShort(error);
        throw this.#failure;
      }
      throw error;
    }
  }

  /** The peer has closed: the proper end of a body until close, a failure for all others. */
  #end(): void {
    if (this.#kind === "close") {
      this.#done = true;
      return;
    }
    this.#failure = this.#cutShort();
    throw this.#failure;
  }

  #cutShort(cause?: unknown): ClosedError {
    const expected = this.#kind === "length" ? this.#length : undefined;
    const of = expected === undefined ? "" : ` of ${expected}`;
    return new ClosedError(`Cannot read body: received ${this.received}${of} bytes`, {
      cause,
      received: this.received,
      expected,
    });
  }

  /** Copies the next bytes of the body, up to `max` of them; empty when the body is consumed. */
  async read(max: number, timeoutMs: number): Promise<Uint8Array<ArrayBuffer>> {
    while (true) {
      const taken = this.tryTake(max);
      if (taken.length > 0 || this.#done) return taken.slice() as Uint8Array<ArrayBuffer>;
      await this.#more(timeoutMs);
    }
  }

  /** Collects the rest of the body; over `maxBytes`: LimitError named `maxBufferedBody`, 413. */
  async readAll(maxBytes: number, timeoutMs: number): Promise<Uint8Array<ArrayBuffer>> {
    const tooLarge = (): never => {
      throw new LimitError("maxBufferedBody", maxBytes, 413);
    };
    const remaining = this.remaining ?? 0;
    if (remaining > maxBytes) tooLarge();
    // One buffer that grows: a body in tiny chunks must not become a crowd of objects, and a length
    // that was only announced costs nothing yet.
    let whole = new Uint8Array(Math.min(remaining || FIRST_BYTES, LARGEST_FIRST_BYTES));
    let total = 0;
    while (true) {
      const piece = this.tryTake(maxBytes + 1);
      if (piece.length === 0) {
        if (this.#done) return total === whole.length ? whole : whole.slice(0, total);
        await this.#more(timeoutMs);
        continue;
      }
      if (total + piece.length > maxBytes) tooLarge();
      if (total + piece.length > whole.length) {
        const larger = new Uint8Array(growTo(total + piece.length, whole.length, remaining));
        larger.set(whole.subarray(0, total));
        whole = larger;
      }
      whole.set(piece, total);
      total += piece.length;
    }
  }

  /**
   * Consumes up to `maxBytes` of what is left, waiting up to `timeoutMs` (0: for ever) for each
   * arrival and `totalMs` in all; whether that was the whole rest.
   */
  async discard(maxBytes: number, timeoutMs: number, totalMs: number = Infinity): Promise<boolean> {
    const remaining = this.remaining;
    if (remaining !== undefined && remaining > maxBytes) return false;
    const until = performance.now() + totalMs;
    let left = maxBytes;
    while (!this.#done) {
      const waitMs = Math.min(timeoutMs || Infinity, until - performance.now());
      if (waitMs <= 0) return false;
      const piece = await this.take(left + 1, waitMs);
      left -= piece.length;
      if (left < 0) return false;
    }
    return true;
  }
}

/** The size of the next buffer: double, or four times where the length is announced, but not beyond that. */
function growTo(needed: number, length: number, announced: number): number {
  return Math.max(needed, announced > 0 ? Math.min(length * 4, announced) : length * 2);
}

/** The body of all messages that have none: it has no state, so one is enough. */
export const NO_BODY: BodyReader = new BodyReader(
  // Never read from: a body of this kind is done from the start.
  undefined as unknown as ConnReader,
  "none",
  0,
  { maxBodyBytes: Infinity, maxChunkLineBytes: 0, maxTrailerBytes: 0, maxFields: 0 },
);
