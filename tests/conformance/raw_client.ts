/**
 * A client that sends raw bytes in the pieces it is told to and reads responses strictly; text stands
 * for bytes, a character each.
 */

import { parseResponse, type RawResponse } from "./response_parser.ts";
import { within } from "./waiting.ts";

/** Bytes of text, one per character. */
export function latin1Encode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new RangeError(`Not a byte: "${text[i]}"`);
    bytes[i] = code;
  }
  return bytes;
}

/** Text of bytes, a character each. */
export function latin1Decode(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return text;
}

/** One raw connection. */
export class RawClient implements Disposable {
  readonly conn: Deno.TcpConn;
  /** Whether the server has ended its side. */
  ended = false;
  /** Whether it ended with a reset, not with a FIN. */
  reset = false;
  #text = "";
  #closed = false;
  readonly #buffer = new Uint8Array(65536);

  constructor(conn: Deno.TcpConn) {
    this.conn = conn;
  }

  /** Sends text, a byte per character. Fails when the server is gone. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? latin1Encode(data) : data;
    for (let at = 0; at < bytes.length;) {
      at += await within("the server takes bytes", this.conn.write(bytes.subarray(at)));
    }
  }

  /** Sends in pieces that end at the given positions; a server that is gone is not an error. */
  async sendSplit(text: string, positions: Iterable<number>): Promise<void> {
    let at = 0;
    try {
      for (const position of positions) {
        if (this.#closed) return;
        await this.send(text.slice(at, position));
        at = position;
        // The server reads in this same loop: let it see the piece alone.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      await this.send(text.slice(at));
    } catch (error) {
      if (!isGone(error) && !this.#closed) throw error;
    }
  }

  /** Sends byte by byte. */
  sendBytewise(text: string): Promise<void> {
    return this.sendSplit(text, Array.from({ length: text.length }, (_, i) => i + 1));
  }

  /** The next response, informational ones too; fails when the connection ends before it is whole. */
  async read(method = "GET"): Promise<RawResponse> {
    const response = await this.tryRead(method);
    if (response === undefined) {
      throw new Error(`The connection ended after ${JSON.stringify(this.#text.slice(0, 500))}`);
    }
    return response;
  }

  /** The next response, undefined when the connection ended before it was whole. */
  async tryRead(method = "GET"): Promise<RawResponse | undefined> {
    while (true) {
      const parsed = parseResponse(this.#text, method, this.ended);
      if (parsed !== undefined) {
        this.#text = this.#text.slice(parsed.used);
        return parsed.response;
      }
      if (this.ended) return undefined;
      await this.fill("a response");
    }
  }

  /** Reads until `text` has arrived; returns all up to its end. */
  async readPast(text: string): Promise<string> {
    while (true) {
      const at = this.#text.indexOf(text);
      if (at >= 0) {
        const past = this.#text.slice(0, at + text.length);
        this.#text = this.#text.slice(at + text.length);
        return past;
      }
      if (this.ended) throw new Error(`Ended before ${JSON.stringify(text)}: "${this.#text}"`);
      await this.fill(JSON.stringify(text));
    }
  }

  /** All that is still to come until the server ends its side. */
  async readToEnd(): Promise<string> {
    while (!this.ended) await this.fill("the end of the connection");
    const rest = this.#text;
    this.#text = "";
    return rest;
  }

  /** Reads once. */
  async fill(what: string): Promise<void> {
    let count: number | null;
    try {
      count = await within(
        `${what}, after ${JSON.stringify(this.#text.slice(-300))}`,
        this.conn.read(this.#buffer),
      );
    } catch (error) {
      if (!isGone(error)) throw error;
      count = null;
      this.reset = true;
    }
    if (count === null) this.ended = true;
    else this.#text += latin1Decode(this.#buffer.subarray(0, count));
  }

  /** Ends the client's side only. */
  async endWriting(): Promise<void> {
    await this.conn.closeWrite();
  }

  /** Ends the connection; may be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Whether an error says that the other end has left. */
export function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.UnexpectedEof;
}
