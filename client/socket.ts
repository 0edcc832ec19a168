// A connection that left HTTP: what `client.sock()` gives. The bytes that were read ahead come first.

import type { Transport } from "./dial/transport.ts";

/**
 * A connected socket, taken from a client; it is the caller's to close.
 *
 * @example Talk after a WebSocket handshake
 * ```ts no-assert
 * import { Client } from "@eco/http/client";
 *
 * async function hello(url: string): Promise<Uint8Array> {
 *   using client = new Client();
 *   const { code } = await client.request("GET", url);
 *   if (code !== 101) throw new Error(`No WebSocket: ${code}`);
 *   using sock = client.sock();
 *   const frame = new Uint8Array(1024);
 *   return frame.subarray(0, await sock.read(frame) ?? 0);
 * }
 * ```
 */
export class ClientSocket implements Disposable {
  /** Our address. */
  readonly localAddr: Deno.Addr;
  /** The address of the other end. */
  readonly remoteAddr: Deno.Addr;
  readonly #transport: Transport;
  #buffered: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** A read that was under way when the socket was given; what it brings comes first. */
  #parked: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  /** Sockets are given by `Client.sock`. */
  constructor(
    transport: Transport,
    buffered: Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>,
  ) {
    this.#transport = transport;
    if (buffered instanceof Promise) this.#parked = buffered;
    else this.#buffered = buffered;
    this.localAddr = transport.localAddr;
    this.remoteAddr = transport.remoteAddr;
  }

  /**
   * Reads some bytes.
   *
   * @param into Where they go.
   * @returns Their number; null at the end of the stream.
   */
  async read(into: Uint8Array): Promise<number | null> {
    if (this.#parked !== undefined) await this.#takeParked(this.#parked);
    const { length } = this.#buffered;
    if (length === 0) return await this.#transport.read(into);
    const count = Math.min(length, into.length);
    into.set(this.#buffered.subarray(0, count));
    this.#buffered = this.#buffered.subarray(count);
    return count;
  }

  async #takeParked(parked: Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      const bytes = await parked;
      if (this.#parked === parked) this.#buffered = bytes;
    } finally {
      this.#parked = undefined;
    }
  }

  /**
   * Writes some of the bytes.
   *
   * @param bytes What to write.
   * @returns How many of them the socket took.
   */
  async write(bytes: Uint8Array): Promise<number> {
    return await this.#transport.write(bytes);
  }

  /** Ends the outgoing stream; reading goes on. */
  async closeWrite(): Promise<void> {
    await this.#transport.closeWrite();
  }

  /** Ends the connection; a read under way rejects. */
  close(): void {
    try {
      this.#transport.close();
    } catch {
      // Closed already.
    }
  }

  /** Lets it keep the process alive, as it does at first. */
  ref(): void {
    this.#transport.ref();
  }

  /** Lets the process end while a read waits. */
  unref(): void {
    this.#transport.unref();
  }

  /** What is read, as a stream; cancelling it closes the socket. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= new ReadableStream({
      pull: async (controller) => {
        const bytes = new Uint8Array(65536);
        const count = await this.read(bytes);
        if (count === null) controller.close();
        else controller.enqueue(bytes.subarray(0, count));
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /** What is written, as a stream; closing it ends the outgoing stream. */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= new WritableStream({
      write: async (bytes) => {
        for (let at = 0; at < bytes.length;) at += await this.write(bytes.subarray(at));
      },
      close: () => this.closeWrite(),
      abort: () => this.close(),
    });
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
