/**
 * The other end of the client's conformance tests: a server on a free port that does on each connection what
 * its script says, sends raw bytes in the pieces it is told to, reads requests strictly, and records all that
 * it received. What the script is wrong about fails the test when the peer ends.
 */

import { isGone, latin1Decode, latin1Encode } from "../raw_client.ts";
import { Event, within } from "../waiting.ts";
import { parseRequest, type PeerRequest } from "./request_parser.ts";

export { fieldOf, fieldsOf, type PeerRequest } from "./request_parser.ts";

/** What a peer does on one connection. */
export type Script = (conn: PeerConn) => Promise<void> | void;

/** How a peer listens. */
export interface PeerOptions {
  /** Certificate and key, for TLS. */
  tls?: { cert: string; key: string };
}

/** A server whose every byte is scripted. */
export class Peer implements AsyncDisposable {
  /** The connections, in the order in which they came. */
  readonly conns: PeerConn[] = [];
  /** The requests that were read whole, in order: what a server would have executed. */
  readonly executed: PeerRequest[] = [];
  readonly port: number;
  readonly #listener: Deno.Listener;
  readonly #failures: unknown[] = [];
  readonly #accepting: Promise<void>;
  readonly #scripts: Promise<void>[] = [];
  #closed = false;

  constructor(script: Script, { tls }: PeerOptions = {}) {
    const where = { hostname: "127.0.0.1", port: 0 };
    this.#listener = tls === undefined ? Deno.listen(where) : Deno.listenTls({ ...where, ...tls });
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#accepting = this.#accept(script);
  }

  async #accept(script: Script): Promise<void> {
    try {
      for await (const socket of this.#listener) {
        if ("setNoDelay" in socket) (socket as Deno.TcpConn).setNoDelay(true);
        const conn = new PeerConn(socket, this, this.conns.length);
        this.conns.push(conn);
        this.#scripts.push(this.#play(script, conn));
      }
    } catch (error) {
      if (!this.#closed) this.#failures.push(error);
    }
  }

  async #play(script: Script, conn: PeerConn): Promise<void> {
    try {
      await script(conn);
    } catch (error) {
      if (!this.#closed) this.#failures.push(error);
    }
  }

  /** A URL here. */
  url(path: string = "/", scheme: string = "http", host: string = "127.0.0.1"): string {
    return `${scheme}://${host}:${this.port}${path}`;
  }

  /** How often a request with this method and path was executed. */
  count(method: string, path: string): number {
    return this.executed.filter((it) => it.method === method && it.target === path).length;
  }

  /** All bytes that arrived on any connection. */
  get received(): string {
    return this.conns.map(({ received }) => received).join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#listener.close();
    for (const conn of this.conns) conn.close();
    await within("the peer stops listening", this.#accepting);
    await within("the peer's scripts end", Promise.allSettled(this.#scripts));
    if (this.#failures.length > 0) {
      throw new AggregateError(this.#failures, `The peer failed: ${this.#failures[0]}`);
    }
  }
}

/** One connection of a peer. */
export class PeerConn {
  /** Its number among those of the peer, from 0. */
  readonly index: number;
  /** All that arrived, a character per byte. */
  received = "";
  /** Whether the client has ended its side. */
  ended = false;
  /** What its script may wait for, and the test says when. */
  readonly released: Event = new Event("the test lets the peer go on");
  readonly #socket: Deno.Conn;
  readonly #peer: Peer;
  readonly #buffer = new Uint8Array(65536);
  /** How much of `received` was taken. */
  #taken = 0;
  #closed = false;

  constructor(socket: Deno.Conn, peer: Peer, index: number) {
    this.#socket = socket;
    this.#peer = peer;
    this.index = index;
  }

  /** The next request with its whole body, which counts as executed; undefined when the client leaves. */
  async readRequest(): Promise<PeerRequest | undefined> {
    while (true) {
      const parsed = parseRequest(this.received.slice(this.#taken));
      if (parsed !== undefined) {
        this.#taken += parsed.used;
        this.#peer.executed.push(parsed.request);
        return parsed.request;
      }
      if (!await this.#fill("a request", this.#buffer)) return undefined;
    }
  }

  /** Reads up to the blank line of a head, and nothing behind it; what was read does not count as executed. */
  async readHead(): Promise<string> {
    return await this.readPast("\r\n\r\n");
  }

  /** Reads a byte at a time until `text` has arrived; returns all up to its end. */
  async readPast(text: string): Promise<string> {
    const one = new Uint8Array(1);
    while (true) {
      const at = this.received.indexOf(text, this.#taken);
      if (at >= 0) return this.#take(at + text.length);
      if (!await this.#fill(JSON.stringify(text), one)) throw new Error(`Ended before "${text}"`);
    }
  }

  /** Reads so many bytes and not one more: the rest stays with the kernel, and `close` will be a reset. */
  async readBytes(count: number): Promise<string> {
    while (this.received.length < this.#taken + count) {
      const left = this.#taken + count - this.received.length;
      const into = this.#buffer.subarray(0, Math.min(left, this.#buffer.length));
      if (!await this.#fill(`${count} bytes`, into)) throw new Error(`Ended before ${count} bytes`);
    }
    return this.#take(this.#taken + count);
  }

  /** Waits until the client has ended its side; returns what came before that and was not taken yet. */
  async readToEnd(): Promise<string> {
    while (await this.#fill("the end of the connection", this.#buffer));
    return this.#take(this.received.length);
  }

  #take(end: number): string {
    const text = this.received.slice(this.#taken, end);
    this.#taken = end;
    return text;
  }

  async #fill(what: string, into: Uint8Array): Promise<boolean> {
    if (this.ended || this.#closed) return false;
    try {
      const count = await within(`${what} on connection ${this.index}`, this.#socket.read(into));
      if (count === null) this.ended = true;
      else this.received += latin1Decode(into.subarray(0, count));
    } catch (error) {
      if (!this.#closed && !isGone(error)) throw error;
      this.ended = true;
    }
    return !this.ended;
  }

  /** Sends text, a byte per character; a client that is gone is not an error. */
  async send(text: string): Promise<void> {
    try {
      const bytes = latin1Encode(text);
      for (let at = 0; at < bytes.length && !this.#closed;) {
        at += await within("the client takes bytes", this.#socket.write(bytes.subarray(at)));
      }
    } catch (error) {
      if (!this.#closed && !isGone(error)) throw error;
    }
  }

  /** Sends in pieces that arrive one by one. */
  async sendPieces(pieces: Iterable<string>): Promise<void> {
    for (const piece of pieces) {
      await this.send(piece);
      // The client reads in this same loop: let it see the piece alone.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Ends this side only: the client sees the end of the stream and may go on sending. */
  async endWriting(): Promise<void> {
    try {
      await this.#socket.closeWrite();
    } catch (error) {
      if (!this.#closed && !isGone(error)) throw error;
    }
  }

  /** Ends the connection; with bytes unread that is a reset. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#socket.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  /** Answers requests until the client leaves. */
  async serve(answer: (request: PeerRequest) => string | Promise<string>): Promise<void> {
    for (let request; (request = await this.readRequest()) !== undefined;) {
      await this.send(await answer(request));
    }
  }
}

/** The bytes of a plain response with Content-Length; `fields` are whole lines. */
export function answer(
  body: string = "ok",
  fields: string = "",
  status: string = "200 OK",
): string {
  return `HTTP/1.1 ${status}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}
