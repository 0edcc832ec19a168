// The outgoing side of a connection, in the shape that the library writes to: frames wait in order and leave one
// write at a time, small ones together. Knows how much waits, and tells what has left.

import { concatBytes } from "../../wire/concat_bytes.ts";
import type { FrameSink } from "./library.ts";

/** Pieces are joined up to this size: a write costs more than a copy of it. */
const BATCH_BYTES = 65536;

/** What a piece costs while it waits, beside its bytes: there may be a crowd of empty ones. */
const PIECE_BYTES = 256;

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

interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly done: ((error?: Error) => void) | undefined;
}

/** One such side. */
export class FrameOutlet implements FrameSink {
  /** Bytes of frames that the socket has not accepted. */
  pending = 0;
  /** Bytes that it has accepted. */
  accepted = 0;
  readonly #target: FrameTarget;
  readonly #events: OutletEvents;
  #queue: Piece[] = [];
  #corks = 0;
  #isDraining = false;
  #isDestroyed = false;

  constructor(target: FrameTarget, events: OutletEvents) {
    this.#target = target;
    this.#events = events;
  }

  /** Bytes of memory that what waits takes beside its own, roughly. */
  get overhead(): number {
    return this.#queue.length * PIECE_BYTES;
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

  write(bytes: Uint8Array<ArrayBuffer>, done?: (error?: Error) => void): void {
    if (this.#isDestroyed) return;
    this.pending += bytes.length;
    this.#queue.push({ bytes, done });
    this.#start();
  }

  /** Drops what waits; nothing is called back for it. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#queue = [];
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
      const pieces = this.#takeBatch();
      const bytes = pieces.length === 1
        ? pieces[0]!.bytes
        : concatBytes(pieces.map((it) => it.bytes));
      for (let at = 0; at < bytes.length;) {
        const count = await this.#target.write(at === 0 ? bytes : bytes.subarray(at));
        if (this.#isDestroyed) return;
        at += count;
        this.accepted += count;
        this.pending -= count;
        if (at < bytes.length) this.#events.moved();
      }
      for (const { done } of pieces) done?.();
      this.#events.moved();
    }
    this.#isDraining = false;
  }

  #takeBatch(): Piece[] {
    let size = this.#queue[0]!.bytes.length;
    let count = 1;
    while (count < this.#queue.length && size + this.#queue[count]!.bytes.length <= BATCH_BYTES) {
      size += this.#queue[count++]!.bytes.length;
    }
    return this.#queue.splice(0, count);
  }
}
