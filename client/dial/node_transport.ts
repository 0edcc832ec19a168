// A socket of node:net or node:tls as a transport. The stream is drained with `read()` and announces itself
// with "readable", so that even without a read under way it notices the end; whoever waits in a parked read
// hears of bytes, the end and failures at once.

import type { Duplex } from "node:stream";
import type { Transport } from "./transport.ts";

/** Where a transport begins and ends. */
type TransportAddrs = Pick<Transport, "localAddr" | "remoteAddr">;

/** What holds the process: the socket at the bottom. */
type Hold = Pick<Transport, "ref" | "unref">;

/** A stream of node: modules as a transport. The stream must be connected, and allow to be half open. */
export class NodeTransport implements Transport {
  readonly localAddr: Deno.Addr;
  readonly remoteAddr: Deno.Addr;
  readonly #stream: Duplex;
  readonly #hold: Hold;
  #rest: Uint8Array | undefined;
  #ended = false;
  #failure: unknown;
  #writeFailure: unknown;
  readonly #undone = new Set<(reason: unknown) => void>();
  #changed: PromiseWithResolvers<void> | undefined;

  /** `flawOfEnd`: asked at the end of the incoming stream, and says why it is none, if it is none. */
  constructor(
    stream: Duplex,
    addrs: TransportAddrs,
    hold: Hold,
    flawOfEnd: () => unknown = () => undefined,
  ) {
    this.#stream = stream;
    this.localAddr = addrs.localAddr;
    this.remoteAddr = addrs.remoteAddr;
    this.#hold = hold;
    stream.on("readable", () => this.#wake());
    stream.on("end", () => {
      const flaw = flawOfEnd();
      if (flaw !== undefined) return this.#fail(flaw);
      this.#ended = true;
      this.#wake();
    });
    stream.on("error", (error) => this.#fail(error));
    stream.on("close", () => this.#fail(new Error("The connection is closed")));
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (true) {
      const chunk = this.#rest ?? this.#stream.read() as Uint8Array | null;
      if (chunk !== null) {
        const count = Math.min(chunk.length, into.length);
        into.set(count === chunk.length ? chunk : chunk.subarray(0, count));
        this.#rest = count === chunk.length ? undefined : chunk.subarray(count);
        return count;
      }
      if (this.#ended) return null;
      if (this.#failure !== undefined) throw this.#failure;
      this.#changed ??= Promise.withResolvers();
      await this.#changed.promise;
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#untilFailure((done) => this.#stream.write(bytes, done), bytes.length);
  }

  closeWrite(): Promise<void> {
    return this.#untilFailure((done) => this.#stream.end(done), undefined);
  }

  /** What is left undone when the stream fails is never heard of otherwise. */
  #untilFailure<T>(work: (done: (error?: Error | null) => void) => void, result: T): Promise<T> {
    return new Promise((resolve, reject) => {
      const failure = this.#failure ?? this.#writeFailure;
      if (failure !== undefined) return reject(failure);
      this.#undone.add(reject);
      work((error) => {
        this.#undone.delete(reject);
        if (error) reject(error);
        else resolve(result);
      });
    });
  }

  close(): void {
    this.#rest = undefined;
    this.#ended = false;
    this.#fail(new Error("The connection is closed"));
    this.#stream.destroy();
  }

  ref(): void {
    this.#hold.ref();
  }

  unref(): void {
    this.#hold.unref();
  }

  /** Nothing can be written any more; reading goes on. */
  failWrites(error: unknown): void {
    this.#writeFailure ??= error;
    for (const reject of this.#undone) reject(this.#writeFailure);
    this.#undone.clear();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
    this.failWrites(this.#failure);
  }

  #wake(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
