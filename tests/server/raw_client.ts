// A client that sends exactly the bytes it is given and reads responses by their framing, without
// any opinion of its own: `using client = await RawClient.connect(server)`.

import { Buffer } from "node:buffer";
import type { Server } from "../../server/mod.ts";

/** A response as it came. */
export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** By lowercase name; repeats joined by `, `. */
  readonly headers: Record<string, string>;
  /** The body, a character per byte, without its chunked coding. */
  readonly body: string;
  /** The fields behind a chunked body. */
  readonly trailers: Record<string, string>;
}

type Head = Pick<RawResponse, "status" | "reason" | "headers">;

/** The port that a server listens on. */
export function portOf(server: Server): number {
  return (server.addr as Deno.NetAddr).port;
}

/** One connection to a server. */
export class RawClient {
  readonly conn: Deno.Conn;
  /** What was read and not yet consumed. */
  buffered = "";
  #ended = false;
  #closed = false;

  constructor(conn: Deno.Conn) {
    this.conn = conn;
  }

  static async connect(server: Server): Promise<RawClient> {
    const { addr } = server;
    if (addr.transport === "unix") {
      return new RawClient(await Deno.connect({ transport: "unix", path: addr.path }));
    }
    return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port: portOf(server) }));
  }

  /** Sends text, a byte per character, or bytes. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string"
      ? Uint8Array.from(data, (character) => character.charCodeAt(0))
      : data;
    for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
  }

  /** Sends a request with a Host, and with a Content-Length where there is a body. */
  async request(line: string, fields: string[] = [], body = ""): Promise<void> {
    const length = body === "" ? [] : [`Content-Length: ${body.length}`];
    const head = [`${line} HTTP/1.1`, "Host: localhost", ...fields, ...length];
    await this.send(`${head.join("\r\n")}\r\n\r\n${body}`);
  }

  /** Sends a request and reads the response. */
  async ask(line: string, fields: string[] = [], body = ""): Promise<RawResponse> {
    await this.request(line, fields, body);
    return await this.readResponse(line.split(" ")[0]);
  }

  /** Reads the head of a response. */
  async readHead(): Promise<Head> {
    const [line = "", ...lines] = (await this.#takeUntil("\r\n\r\n")).split("\r\n");
    const match = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(line);
    if (match === null) throw new Error(`Cannot read response: "${line}" is no status line`);
    return { status: Number(match[1]), reason: match[2]!, headers: toRecord(lines) };
  }

  /** Reads a whole response to a request with `method`. */
  async readResponse(method = "GET"): Promise<RawResponse> {
    const head = await this.readHead();
    const { status, headers } = head;
    const whole = (body: string, trailers = {}): RawResponse => ({ ...head, body, trailers });
    if (method === "HEAD" || status < 200 || status === 204 || status === 304) return whole("");
    if (headers["transfer-encoding"] === "chunked") {
      let body = "";
      while (true) {
        const size = parseInt(await this.#takeUntil("\r\n"), 16);
        if (size === 0) break;
        body += await this.take(size);
        if (await this.take(2) !== "\r\n") throw new Error("Cannot read chunk: it has no end");
      }
      let section = "";
      for (let line; (line = await this.#takeUntil("\r\n")) !== "";) section += `${line}\r\n`;
      return whole(body, toRecord(section.split("\r\n").slice(0, -1)));
    }
    const length = headers["content-length"];
    return whole(length === undefined ? await this.readAll() : await this.take(Number(length)));
  }

  /** Reads exactly `count` bytes. */
  async take(count: number): Promise<string> {
    while (this.buffered.length < count) await this.#more();
    const taken = this.buffered.slice(0, count);
    this.buffered = this.buffered.slice(count);
    return taken;
  }

  /** Reads everything up to the server's end of the connection. */
  async readAll(): Promise<string> {
    while (await this.#fill());
    const all = this.buffered;
    this.buffered = "";
    return all;
  }

  /** Counts the bytes up to the server's end of the connection, without keeping them. */
  async countRest(): Promise<number> {
    let count = this.buffered.length;
    this.buffered = "";
    while (await this.#fill()) {
      count += this.buffered.length;
      this.buffered = "";
    }
    return count;
  }

  /** Closes the connection; may be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #takeUntil(end: string): Promise<string> {
    let at: number;
    while ((at = this.buffered.indexOf(end)) < 0) await this.#more();
    const taken = this.buffered.slice(0, at);
    this.buffered = this.buffered.slice(at + end.length);
    return taken;
  }

  async #more(): Promise<void> {
    if (await this.#fill()) return;
    throw new Error(`Cannot read response: the connection ended after "${this.buffered}"`);
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const bytes = new Uint8Array(65536);
    let count: number | null = null;
    try {
      count = await this.conn.read(bytes);
    } catch (error) {
      // A server that closes on bytes that it did not read resets the connection.
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    if (count === null) {
      this.#ended = true;
      return false;
    }
    this.buffered += Buffer.from(bytes.buffer, 0, count).toString("latin1");
    return true;
  }
}

function toRecord(lines: string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    record[name] = name in record ? `${record[name]}, ${value}` : value;
  }
  return record;
}
