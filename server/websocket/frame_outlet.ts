// The outgoing side of a connection, in the shape that the library writes to: frames wait in order and leave one
// write at a time, small ones together. Knows how much waits, and tells what has left.

import { concatBytes } from "../../wire/concat_bytes.ts";
import type { FrameSink } from "./library.ts";

/** What is small is joined up to this size: a write costs more than a copy of it. */
const BATCH_BYTES = 65536;
/** Up to this size a piece is copied at once: waiting by itself it would take more memory than its bytes. */
const SMALL_BYTES = 4096;
/** How large a batch begins: most have a single header, and what follows that is large. */
const FIRST_BYTES = 256;

/** What is needed of a connection. */
export interface FrameTarget {
  /** Writes some of the bytes, resolves with their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Who is told of what becomes of them. */
export interface OutletEvents {
  /** The socket has accepted some. */
  moved(): void;
  /** It has refused some; nothing is written any more. */
  failed(error: unknown): void;
}

type Done = (error?: Error) => void;

/** Bytes that wait, of one large piece or of many small ones, and who is told when they were accepted. */
class Batch {
  #bytes: Uint8Array<ArrayBuffer>;
  size: number;
  readonly dones: Done[] = [];

  constructor(bytes: Uint8Array<ArrayBuffer>, size: number) {
    this.#bytes = bytes;
    this.size = size;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.size);
  }

  /** Copies a piece behind the others; false when that makes too much of it. */
  tryAdd(piece: Uint8Array): boolean {
    const size = this.size + piece.length;
    if (size > BATCH_BYTES) return false;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(Math.max(size, this.size * 2), BATCH_BYTES));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.size);
    this.size = size;
    return true;
  }
}

/** One such side. */
export class FrameOutlet implements FrameSink {
  /** Bytes of frames that the socket has not accepted. */
  pending = 0;
  /** Bytes that it has accepted. */
  accepted = 0;
  /** How many of the pieces that somebody is told of it has not accepted. */
  waiting = 0;
  readonly #target: FrameTarget;
  readonly #events: OutletEvents;
  #queue: Batch[] = [];
  /** The last of the queue while it takes more. */
  #open: Batch | undefined;
  #corks = 0;
  #isDraining = false;
  #isDestroyed = false;

  constructor(target: FrameTarget, events: OutletEvents) {
    this.#target = target;
    this.#events = events;
  }

  get destroyed(): boolean {
    return this.#isDestroyed;
  }

  cork(): void {
    this.#corks++;
  }

  uncork(): void {
    this.#corks--;
    this.#start();
  }

  write(bytes: Uint8Array<ArrayBuffer>, done?: Done): void {
    if (this.#isDestroyed) return;
    this.pending += bytes.length;
    const { dones } = bytes.length > SMALL_BYTES ? this.#putLarge(bytes) : this.#putSmall(bytes);
    if (done !== undefined) {
      dones.push(done);
      this.waiting++;
    }
    this.#start();
  }

  #putLarge(bytes: Uint8Array<ArrayBuffer>): Batch {
    // What is cut from something far larger would keep all of that.
    const isPart = bytes.buffer.byteLength > 2 * bytes.length;
    const batch = new Batch(isPart ? bytes.slice() : bytes, bytes.length);
    this.#queue.push(batch);
    this.#open = undefined;
    return batch;
  }

  #putSmall(bytes: Uint8Array): Batch {
    if (this.#open?.tryAdd(bytes)) return this.#open;
    const batch = this.#open = new Batch(new Uint8Array(FIRST_BYTES), 0);
    batch.tryAdd(bytes);
    this.#queue.push(batch);
    return batch;
  }

  /** Drops what waits; nothing is called back for it. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#queue = [];
    this.#open = undefined;
  }

  #start(): void {
    if (this.#isDraining || this.#corks > 0 || this.#queue.length === 0) return;
    this.#isDraining = true;
    this.#drain().catch((error) => {
      if (this.#isDestroyed) return;
      this.destroy();
      this.#events.failed(error);
    });
  }

  async #drain(): Promise<void> {
    // What is sent in one go leaves together.
    await undefined;
    while (this.#queue.length > 0) {
      const batches = this.#take();
      const bytes = batches.length === 1
        ? batches[0]!.bytes
        : concatBytes(batches.map((it) => it.bytes));
      for (let at = 0; at < bytes.length;) {
        const count = await this.#target.write(at === 0 ? bytes : bytes.subarray(at));
        if (this.#isDestroyed) return;
        at += count;
        this.accepted += count;
        this.pending -= count;
        if (at < bytes.length) this.#events.moved();
      }
      for (const { dones } of batches) {
        this.waiting -= dones.length;
        for (const done of dones) done();
      }
      this.#events.moved();
    }
    this.#isDraining = false;
  }

  /** Takes the next of what waits out of the queue, up to the size of one write. */
  #take(): Batch[] {
    let size = this.#queue[0]!.size;
    let count = 1;
    while (count < this.#queue.length && size + this.#queue[count]!.size <= BATCH_BYTES) {
      size += this.#queue[count++]!.size;
    }
    if (count === this.#queue.length) this.#open = undefined;
    return this.#queue.splice(0, count);
  }
}
