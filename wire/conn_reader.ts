// The only code that reads a socket: one window of bytes per connection, filled by at most one
// read at a time. A read whose waiter gave up stays parked and is picked up by the next fill.
// The window starts small, grows on demand and goes back when the connection idles.

import { findHeadEnd, indexOfByte, latin1 } from "./bytes.ts";
import { borrowBuffer, returnBuffer } from "./buffer_pool.ts";
import { Deadline } from "./deadline.ts";
import { ClosedError, LimitError, TimeoutError, type TimeoutPhase } from "./errors.ts";

/** What a reader needs of a connection. */
export interface ByteSource {
  /** Reads some bytes, null at the end. */
  read(into: Uint8Array): Promise<number | null>;
}

/** The window of an idle connection, in bytes: what each costs while nothing happens. */
const IDLE_WINDOW_BYTES = 4096;
/** The window for bodies at first, and for good unless a larger one is asked for, in bytes. */
const BODY_WINDOW_BYTES = 65536;

const NOTHING = new Uint8Array(0);
const LF = 10;
const NO_MORE = Promise.resolve(false);
/** How far `headText` decodes beyond the head that is asked for, in bytes. */
const AHEAD_BYTES = 4096;

interface Waiter {
  reject(reason: unknown): void;
  phase: TimeoutPhase;
  ms: number;
}

/** Reads one connection. */
export class ConnReader {
  /** The window; the bytes in `[start, end)` were read and not consumed. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(IDLE_WINDOW_BYTES);
  /** First byte not consumed. */
  start = 0;
  /** After the last byte read. */
  end = 0;
  /** Bytes read from the socket so far. */
  bytesRead = 0;
  /** Whether the peer has sent its last byte. */
  ended = false;
  /** The deadline of the wait under way; armed by whoever waits. */
  readonly deadline: Deadline;
  readonly #source: ByteSource;
  readonly #onPassed: () => void;
  readonly #bodyWindowBytes: number;
  /** The read under way: the window must stay where it is until it has ended. */
  #parked: Promise<boolean> | undefined;
  #waiter: Waiter | undefined;
  /** Whether the last read filled the window: more is there, most likely. */
  #filled = false;
  #released = false;
  #headScanned = 0;
  /** Text of the window's bytes from `#textStart`, as far as they were decoded; for `headText`. */
  #text = "";
  #textStart = 0;

  readonly #onRead = (count: number | null): boolean => this.#arrived(count);
  readonly #onBroken = (cause: unknown): never => this.#failed(cause);

  /** `onPassed` hears of a deadline that passes outside `fillWithin`. */
  constructor(
    source: ByteSource,
    onPassed: () => void,
    bodyWindowBytes: number = BODY_WINDOW_BYTES,
  ) {
    this.#source = source;
    this.#onPassed = onPassed;
    this.#bodyWindowBytes = bodyWindowBytes;
    this.deadline = new Deadline(() => this.#passed());
  }

  /** Marks bytes of the window as used. */
  consume(count: number): void {
    this.start += count;
  }

  /**
   * End of the head that begins at `start`, or -1 when it is not all there. The scan goes on where
   * the last one stopped. Throws a LimitError when it is longer than `maxHeadBytes`: 431, or 414
   * when not even the request line is complete.
   */
  tryHeadEnd(maxHeadBytes: number): number {
    const { bytes, start } = this;
    // Not a byte beyond the limit is looked at, so that the outcome is the same however they arrive.
    const stop = Math.min(this.end, start + maxHeadBytes);
    const headEnd = findHeadEnd(bytes, start, start + this.#headScanned, stop);
    if (headEnd < 0 && stop - start === maxHeadBytes) {
      const hasLine = indexOfByte(bytes, LF, start, stop) >= 0;
      throw new LimitError("maxHeadBytes", maxHeadBytes, hasLine ? 431 : 414);
    }
    this.#headScanned = headEnd < 0 ? stop - start : 0;
    return headEnd;
  }

  /**
   * The latin1 text of the window up to `end`. Pipelined heads are decoded together: a call into the
   * runtime costs more than the bytes.
   */
  headText(end: number): string {
    const { start } = this;
    const from = start - this.#textStart;
    if (from < 0 || end - this.#textStart > this.#text.length) {
      this.#textStart = start;
      this.#text = latin1(
        this.bytes,
        start,
        Math.max(end, Math.min(this.end, start + AHEAD_BYTES)),
      );
      return this.#text.length === end - start ? this.#text : this.#text.slice(0, end - start);
    }
    return this.#text.slice(from, end - this.#textStart);
  }

  /** Marks the head that ends at `end` as used; the scan for the next one starts anew. */
  endHead(end: number): void {
    this.start = end;
    this.#headScanned = 0;
  }

  /** Whether a read of the socket is under way. */
  get reading(): boolean {
    return this.#parked !== undefined;
  }

  /** Waits for more bytes; false at the end. The caller arms `deadline` when there is one. */
  fill(): Promise<boolean> {
    if (this.#parked !== undefined) return this.#parked;
    if (this.ended) return NO_MORE;
    return this.#parked = this.#read();
  }

  /**
   * Like `fill`, but rejects with a TimeoutError after `ms` milliseconds without a byte. Only one may
   * wait at a time: a second one throws a TypeError.
   */
  fillWithin(ms: number, phase: TimeoutPhase): Promise<boolean> {
    if (this.#waiter !== undefined) throw new TypeError("Cannot read: another read is under way");
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { reject, phase, ms };
      this.#waiter = waiter;
      this.deadline.arm(ms);
      this.fill().then((more) => {
        this.#endWait(waiter);
        resolve(more);
      }, (error) => {
        this.#endWait(waiter);
        reject(error);
      });
    });
  }

  /** Sends whoever waits in `fillWithin` away; the read itself goes on. */
  abandonWait(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    this.#endWait(waiter);
    waiter.reject(new TypeError("Cannot read: the request is over"));
  }

  #endWait(waiter: Waiter): void {
    if (this.#waiter !== waiter) return;
    this.#waiter = undefined;
    this.deadline.disarm();
  }

  #passed(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return this.#onPassed();
    this.#waiter = undefined;
    waiter.reject(new TimeoutError(waiter.phase, waiter.ms));
  }

  // Not an asynchronous function: that would make more for each read, of which there is one a request.
  #read(): Promise<boolean> {
    this.#text = "";
    if (this.start === this.end) this.start = this.end = 0;
    else if (this.end === this.bytes.length) this.#makeRoom();
    const { bytes, end } = this;
    return this.#source.read(end === 0 ? bytes : bytes.subarray(end))
      .then(this.#onRead, this.#onBroken);
  }

  #failed(cause: unknown): never {
    this.#parked = undefined;
    this.ended = true;
    if (this.#released) this.#letGo();
    throw new ClosedError("Cannot read: the connection is closed", { cause });
  }

  #arrived(count: number | null): boolean {
    this.#parked = undefined;
    if (count === null) {
      this.ended = true;
      return false;
    }
    this.#filled = this.end + count === this.bytes.length;
    this.end += count;
    this.bytesRead += count;
    return true;
  }

  /** Moves what is in the window to its beginning, into a larger one if it is full. */
  #makeRoom(): void {
    const { bytes, start, end } = this;
    if (start > 0) {
      bytes.copyWithin(0, start, end);
    } else {
      this.bytes = borrowBuffer(
        bytes.length >= BODY_WINDOW_BYTES ? bytes.length * 2 : bytes.length * 4,
      );
      this.bytes.set(bytes.subarray(start, end));
      if (bytes.length > IDLE_WINDOW_BYTES) returnBuffer(bytes);
    }
    this.start = 0;
    this.end = end - start;
  }

  /** Prepares for bulk: the next read may fill the window for bodies, and a larger one once it did. */
  widen(): void {
    const isFull = this.#filled && this.bytes.length >= BODY_WINDOW_BYTES;
    const wanted = isFull
      ? this.#bodyWindowBytes
      : Math.min(BODY_WINDOW_BYTES, this.#bodyWindowBytes);
    if (this.start !== this.end || this.#parked || this.bytes.length >= wanted) return;
    this.#replace(borrowBuffer(wanted));
  }

  /** Gives a grown window back; for a connection that goes idle. */
  narrow(): void {
    if (this.start !== this.end || this.#parked || this.bytes.length === IDLE_WINDOW_BYTES) return;
    this.#replace(new Uint8Array(IDLE_WINDOW_BYTES));
  }

  #replace(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.bytes.length > IDLE_WINDOW_BYTES) returnBuffer(this.bytes);
    this.bytes = bytes;
    this.start = this.end = 0;
  }

  /** The bytes read ahead, for whoever takes the connection over. Ends this reader. */
  takeRest(): Uint8Array<ArrayBuffer> {
    const rest = this.bytes.slice(this.start, this.end);
    this.start = this.end;
    this.release();
    return rest;
  }

  /** Ends it: stops the deadline, and lets go of the window, once no read owns it any more. */
  release(): void {
    this.deadline.remove();
    this.#released = true;
    if (this.#parked === undefined) this.#letGo();
  }

  #letGo(): void {
    if (this.start < this.end) return;
    this.ended = true;
    this.bytes = NOTHING;
    this.start = this.end = 0;
  }
}
