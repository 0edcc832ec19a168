// The outgoing messages of one WebSocket: the library's sender on top of the outlet for frames; what waits is counted
// in the bytes of the messages, as `bufferedAmount` has it.

import type { ClosedError } from "../../wire/errors.ts";
import { FrameOutlet, type FrameTarget } from "./frame_outlet.ts";
import type { Extensions, Library, Sender } from "./library.ts";

interface Waiter {
  /** The number of the last message that is waited for. */
  readonly until: number;
  resolve(): void;
  reject(error: ClosedError): void;
}

/** What a message takes beside its bytes while it waits, and while it waits to be made a frame (or compressed). */
const FRAME_BYTES = 64;
const UNFRAMED_BYTES = 256;
/** What any number of messages may take with that. */
const FREE_BYTES = 262144;
/** Numbers are taken out of the front of a list when they are as many, and the half of it. */
const MANY = 4096;
/** The most answers to pings that wait, but for the last one. */
const MOST_PONGS = 16;

/** Who is told of what ends the writing. */
export interface WriterEvents {
  /** The connection is broken. */
  broken(): void;
  /** A message cannot be read. */
  failed(error: unknown): void;
}

/** The outgoing messages. */
export class MessageWriter {
  /** Bytes of messages that the socket has not accepted. */
  bufferedAmount = 0;
  readonly #outlet: FrameOutlet;
  readonly #sender: Sender;
  readonly #compress: boolean;
  /** Answers to pings that wait. */
  #pongs = 0;
  #nextPong: Uint8Array | undefined;
  #begun = 0;
  #sent = 0;
  /** The sizes of the messages that wait, in their order, behind those of some that do not. */
  readonly #sizes: number[] = [];
  #firstSize = 0;
  #waiters: Waiter[] = [];
  #watchers: (() => void)[] = [];

  constructor(
    library: Library,
    target: FrameTarget,
    extensions: Extensions,
    events: WriterEvents,
  ) {
    this.#outlet = new FrameOutlet(target, {
      moved: () => this.#wake(),
      failed: () => events.broken(),
    });
    this.#sender = new library.Sender(this.#outlet, extensions);
    this.#sender.onerror = (error) => events.failed(error);
    this.#compress = Object.keys(extensions).length > 0;
  }

  /** Bytes of frames that the socket has accepted. */
  get accepted(): number {
    return this.#outlet.accepted;
  }

  /** Bytes that wait, of messages and of control frames. */
  get pending(): number {
    return Math.max(this.bufferedAmount, this.#outlet.pending);
  }

  /** How many messages wait. */
  get waiting(): number {
    return this.#begun - this.#sent;
  }

  /** Whether more than so many bytes of messages wait, or so many messages that they take more memory. */
  exceeds(bytes: number): boolean {
    if (this.bufferedAmount > bytes) return true;
    const framed = this.#outlet.waiting;
    const unframed = Math.max(this.waiting - framed, 0);
    const overhead = framed * FRAME_BYTES + unframed * UNFRAMED_BYTES;
    return this.bufferedAmount + overhead > Math.max(bytes, FREE_BYTES);
  }

  /** Sends a message; its bytes must not change any more. */
  send(data: Uint8Array | Blob, isBinary: boolean): void {
    const size = data instanceof Blob ? data.size : data.length;
    this.bufferedAmount += size;
    this.#begun++;
    this.#sizes.push(size);
    const options = { binary: isBinary, compress: this.#compress, fin: true, mask: false } as const;
    this.#sender.send(data, options, this.#onSent);
  }

  /** One for all messages, which are accepted in their order: there may be a crowd of them. */
  readonly #onSent = (error?: Error): void => {
    if (error !== undefined) return;
    this.bufferedAmount -= this.#sizes[this.#firstSize++]!;
    if (this.#firstSize >= MANY && this.#firstSize * 2 >= this.#sizes.length) {
      this.#sizes.splice(0, this.#firstSize);
      this.#firstSize = 0;
    }
    this.#sent++;
    while (this.#waiters.length > 0 && this.#waiters[0]!.until <= this.#sent) {
      this.#waiters.shift()!.resolve();
    }
  };

  /** Asks the other end whether it is there. */
  ping(): void {
    this.#sender.ping(new Uint8Array(0), false);
  }

  /** Answers a ping. Where many answers wait, only the last of the others matters (RFC 6455 5.5.3). */
  pong(data: Uint8Array): void {
    if (this.#pongs === MOST_PONGS) {
      this.#nextPong = data.slice();
      return;
    }
    this.#pongs++;
    this.#sender.pong(data, false, (error) => {
      if (error !== undefined) return;
      this.#pongs--;
      const next = this.#nextPong;
      this.#nextPong = undefined;
      if (next !== undefined) this.pong(next);
    });
  }

  /** Sends the close frame, behind all messages; calls back when it was accepted. */
  close(code: number | undefined, reason: string, onSent: () => void): void {
    this.#sender.close(code, reason, false, (error) => {
      if (error === undefined) onSent();
    });
  }

  /** Resolves when less waits, or nothing will be sent any more. */
  progress(): Promise<void> {
    const isIdle = this.pending === 0 && this.waiting === 0;
    if (isIdle || this.#outlet.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  /** Resolves when all messages up to now were accepted; rejects when they will not be. */
  flush(): Promise<void> {
    if (this.#sent === this.#begun) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until: this.#begun, resolve, reject });
    });
  }

  /** Drops what waits. */
  destroy(error: ClosedError): void {
    this.#outlet.destroy();
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#watchers.splice(0)) wake();
  }
}
