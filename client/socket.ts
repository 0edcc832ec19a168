// A connection that left HTTP: what `client.sock()` gives. The bytes that were read ahead come first.

import { byteStream, readBytes } from "../wire/byte_stream.ts";
import { closeQuietly } from "./dial/aborting.ts";
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
  #closed = false;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  /**
   * Sockets are given by `Client.sock`.
   *
   * @param transport The connection.
   * @param buffered Bytes that were read from it already, or are being read.
   */
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
   * Reads some bytes: those that were read ahead first, then as many as there are.
   *
   * @param into Where they go.
   * @returns Their number; null at the end of the stream.
   * @throws {Error} What the system says, when the connection breaks or was closed here.
   *
   * @example Read what the other end says
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, async (con) => {
   *   con.addHeader("Upgrade", "greeting");
   *   using conn = (await con.upgrade()).conn;
   *   await conn.write(new TextEncoder().encode("hello"));
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client();
   * const headers = { Connection: "upgrade", Upgrade: "greeting" };
   * await client.get(`http://127.0.0.1:${port}/`, { headers });
   * using sock = client.sock();
   * const into = new Uint8Array(1024);
   * let text = "";
   * for (let count; (count = await sock.read(into)) !== null;) {
   *   text += new TextDecoder().decode(into.subarray(0, count));
   * }
   * assertEquals(text, "hello");
   * ```
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
   * Writes some of the bytes: the rest is to be written again. `writable` writes all of them.
   *
   * @param bytes What to write.
   * @returns How many of them the socket took.
   * @throws {Error} What the system says, when the connection breaks or was closed here.
   *
   * @example Write all bytes, and read the answer
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, async (con) => {
   *   con.addHeader("Upgrade", "echo");
   *   const { conn } = await con.upgrade();
   *   await conn.readable.pipeTo(conn.writable);
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client();
   * const headers = { Connection: "upgrade", Upgrade: "echo" };
   * await client.get(`http://127.0.0.1:${port}/`, { headers });
   * using sock = client.sock();
   * const bytes = new TextEncoder().encode("hello");
   * for (let at = 0; at < bytes.length;) at += await sock.write(bytes.subarray(at));
   * const into = new Uint8Array(1);
   * await sock.read(into);
   * assertEquals(into, new TextEncoder().encode("h"));
   * ```
   */
  async write(bytes: Uint8Array): Promise<number> {
    return await this.#transport.write(bytes);
  }

  /**
   * Ends the outgoing stream; reading goes on.
   *
   * @throws {Error} What the system says, when the connection is broken.
   *
   * @example Say that this was all, and read to the end
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, async (con) => {
   *   con.addHeader("Upgrade", "count");
   *   using conn = (await con.upgrade()).conn;
   *   let count = 0;
   *   const into = new Uint8Array(1024);
   *   for (let read; (read = await conn.read(into)) !== null;) count += read;
   *   await conn.write(new TextEncoder().encode(String(count)));
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client();
   * const headers = { Connection: "upgrade", Upgrade: "count" };
   * await client.get(`http://127.0.0.1:${port}/`, { headers });
   * using sock = client.sock();
   * await sock.write(new Uint8Array(5));
   * await sock.closeWrite();
   * assertEquals(await new Response(sock.readable).text(), "5");
   * ```
   */
  async closeWrite(): Promise<void> {
    await this.#transport.closeWrite();
  }

  /** Whether it was closed here. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Ends the connection; a read under way rejects. */
  close(): void {
    this.#closed = true;
    closeQuietly(this.#transport);
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
    return this.#readable ??= byteStream({
      next: () => readBytes((into) => this.read(into)),
      cancel: () => this.close(),
    });
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
