// A server that remembers what it was sent, byte by byte, and answers as it is told: for comparing clients.

import { fieldOf } from "../conformance/message_parser.ts";

/** A request as it came. */
export interface Recorded {
  readonly line: string;
  /** The fields in order; names in lowercase. */
  readonly fields: readonly [name: string, value: string][];
  /** Without the chunked coding; a character per byte. */
  readonly body: string;
}

/** What to answer: a head without its end, or undefined for a plain 200. */
export type Answer = (request: Recorded, base: string) => string | undefined;

/** A server on a free port. */
export class Recorder implements AsyncDisposable {
  readonly port: number;
  readonly #answer: Answer;
  readonly #listener: Deno.TcpListener;
  readonly #conns = new Set<Deno.Conn>();
  readonly #serving: Promise<unknown>[] = [];
  #requests: Recorded[] = [];

  constructor(answer: Answer = () => undefined) {
    this.#answer = answer;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#serving.push(this.#accept());
  }

  /** `http://127.0.0.1:port`. */
  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What came since it was asked last. */
  take(): Recorded[] {
    const requests = this.#requests;
    this.#requests = [];
    return requests;
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) {
        this.#conns.add(conn);
        this.#serving.push(this.#serve(conn));
      }
    } catch {
      // It was closed.
    }
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    const input = new Input(conn);
    try {
      for (let head; (head = await input.head()) !== undefined;) {
        const request = await readRequest(head, input, conn);
        this.#requests.push(request);
        const answer = this.#answer(request, this.base) ?? "HTTP/1.1 200 OK";
        await send(conn, `${answer}\r\nContent-Length: 0\r\n\r\n`);
      }
    } catch {
      // The client may leave at any time.
    }
    this.#conns.delete(conn);
    conn.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
    this.#conns.clear();
    await Promise.allSettled(this.#serving);
  }
}

async function readRequest(head: string, input: Input, conn: Deno.Conn): Promise<Recorded> {
  const [line = "", ...lines] = head.split("\r\n");
  const fields = lines.map((it): [string, string] => {
    const colon = it.indexOf(":");
    return [it.slice(0, colon).toLowerCase(), it.slice(colon + 1).trim()];
  });
  const recorded = { line, fields, body: "" };
  if (fieldOf(recorded, "expect") !== undefined) await send(conn, "HTTP/1.1 100 Continue\r\n\r\n");
  const length = Number(fieldOf(recorded, "content-length") ?? 0);
  const isChunked = fieldOf(recorded, "transfer-encoding") === "chunked";
  const body = isChunked ? await input.chunks() : await input.take(length);
  return { ...recorded, body };
}

async function send(conn: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** What a connection brings, a character per byte. */
class Input {
  #text = "";
  readonly #conn: Deno.Conn;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  async #more(): Promise<boolean> {
    const bytes = new Uint8Array(65536);
    const count = await this.#conn.read(bytes);
    if (count === null) return false;
    for (const byte of bytes.subarray(0, count)) this.#text += String.fromCharCode(byte);
    return true;
  }

  async head(): Promise<string | undefined> {
    let end: number;
    while ((end = this.#text.indexOf("\r\n\r\n")) < 0) if (!await this.#more()) return undefined;
    const head = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 4);
    return head;
  }

  async take(count: number): Promise<string> {
    while (this.#text.length < count) if (!await this.#more()) throw new Error("It broke off");
    const taken = this.#text.slice(0, count);
    this.#text = this.#text.slice(count);
    return taken;
  }

  async #line(): Promise<string> {
    let end: number;
    while ((end = this.#text.indexOf("\r\n")) < 0) {
      if (!await this.#more()) throw new Error("It broke off");
    }
    return (await this.take(end + 2)).slice(0, end);
  }

  async chunks(): Promise<string> {
    let body = "";
    for (let size; (size = parseInt(await this.#line(), 16)) > 0;) {
      body += await this.take(size);
      await this.take(2);
    }
    while (await this.#line() !== "");
    return body;
  }
}
