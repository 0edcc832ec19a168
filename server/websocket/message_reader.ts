// The incoming side of one WebSocket: reads the connection and gives the bytes to the library's receiver, piece by
// piece, as fast as these are used. An idle connection holds a small buffer.

import { borrowBuffer, returnBuffer } from "../../wire/buffer_pool.ts";
import { FragmentKeeper } from "./fragment_keeper.ts";
import type { Receiver } from "./library.ts";

/** What an idle connection costs, and what one that is busy reads at a time, in bytes. */
const IDLE_BYTES = 4096;
const BUSY_BYTES = 65536;
/** The most that is used before a look at what waits to be sent: it may hold thousands of small messages. */
const PIECE_BYTES = 16384;

const NOTHING = new Uint8Array(0);

/** What is needed of a connection. */
export interface MessageSource {
  /** Reads some bytes, null at the end. */
  read(into: Uint8Array): Promise<number | null>;
}

/** Who decides about what arrives. */
export interface ReaderHost {
  /** Something has arrived. */
  arrived(): void;
  /** Resolves when more may be used. */
  ready(): Promise<void>;
  /** What arrived is against the rules; the rest is dropped. */
  refused(error: unknown): void;
}

/** One such side. */
export class MessageReader {
  /** Whether what arrives is dropped. */
  discards = false;
  readonly #source: MessageSource;
  readonly #receiver: Receiver;
  readonly #host: ReaderHost;
  readonly #fragments = new FragmentKeeper();
  #window = new Uint8Array(IDLE_BYTES);

  constructor(source: MessageSource, receiver: Receiver, host: ReaderHost) {
    this.#source = source;
    this.#receiver = receiver;
    this.#host = host;
    // Its errors are those that `write` calls back with.
    receiver.on("error", () => {});
  }

  /** Reads to the end; `buffered` comes first. Rejects when the connection breaks. */
  async run(buffered: Uint8Array): Promise<void> {
    try {
      if (buffered.length > 0) await this.#use(buffered);
      while (await this.#read());
    } finally {
      // Not given back, as a read that failed may still be under way.
      this.#window = NOTHING;
    }
  }

  async #read(): Promise<boolean> {
    const window = this.#window;
    const count = await this.#source.read(window);
    if (count === null) return false;
    this.#host.arrived();
    await this.#use(window.subarray(0, count));
    // Only what fills the window shows that there is more: who is silent next would hold a large one.
    if ((count === window.length) === (window.length === BUSY_BYTES)) return true;
    this.#window = window.length === BUSY_BYTES
      ? new Uint8Array(IDLE_BYTES)
      : borrowBuffer(BUSY_BYTES);
    if (window.length === BUSY_BYTES) returnBuffer(window);
    return true;
  }

  async #use(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await this.#host.ready();
      if (this.discards) return;
      // A copy, which the receiver may keep parts of.
      const error = await this.#feed(bytes.slice(at, at + PIECE_BYTES));
      this.#fragments.look(this.#receiver._fragments);
      if (error && !this.discards) {
        this.discards = true;
        this.#host.refused(error);
      }
    }
  }

  #feed(piece: Uint8Array): Promise<Error | null | undefined> {
    return new Promise((resolve) => this.#receiver.write(piece, resolve));
  }
}
