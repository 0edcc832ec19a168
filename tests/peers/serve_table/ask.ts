// Asks a server over a raw socket and tells what came back, byte for byte where it counts: status line, fields,
// body and how it was framed, and whether the connection lives on. It has no opinion of what is right.

import { isGone, latin1Decode, latin1Encode } from "../../conformance/raw_client.ts";
import { within } from "../../conformance/waiting.ts";

/** What came back for one request. */
export interface Answer {
  /** Interim responses before it: their status lines and fields. */
  interim: string[];
  line: string;
  /** `Name: value`, in order, as sent. */
  fields: string[];
  /** `missing`: nothing says where the body ends, and the connection is to stay open. */
  framing: "none" | "length" | "chunked" | "close" | "missing";
  /** A character per byte, without the chunked coding. */
  body: string;
  /** Whether the body came to its end as framed. */
  whole: boolean;
}

/** One connection. */
export class Asker implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(65536);
  #text = "";
  #ended = false;
  #closed = false;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async connect(port: number): Promise<Asker> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    return new Asker(conn);
  }

  /** The address that the server sees. */
  get localPort(): number {
    return this.#conn.localAddr.port;
  }

  /** Sends text, a byte per character; that the server is gone is no error. */
  async send(text: string): Promise<void> {
    const bytes = latin1Encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** Ends the client's side. */
  async endWriting(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Leaves; may be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Waits until so much text came. */
  async readPast(text: string): Promise<string> {
    let at: number;
    while ((at = this.#text.indexOf(text)) < 0) {
      if (!await this.#fill()) throw new Error(`It ended before ${JSON.stringify(text)}`);
    }
    return this.#take(at + text.length);
  }

  /** The answer to a request with `method`; undefined when the server ended without one. */
  async read(method: string): Promise<Answer | undefined> {
    const interim: string[] = [];
    while (true) {
      const head = await this.#until("\r\n\r\n");
      if (head === undefined) {
        if (this.#text === "") return undefined;
        return broken({ interim, line: this.#take(this.#text.length), fields: [] });
      }
      const [line = "", ...fields] = head.split("\r\n");
      if (/^HTTP\/1\.1 1(?!01)/.test(line)) interim.push([line, ...fields].join("; "));
      else return await this.#readBody({ interim, line, fields }, method);
    }
  }

  async #readBody(head: Pick<Answer, "interim" | "line" | "fields">, method: string) {
    const status = Number(head.line.slice(9, 12));
    const coding = valueOf(head.fields, "transfer-encoding");
    const length = valueOf(head.fields, "content-length");
    if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
      return { ...head, framing: "none", body: "", whole: true } as const;
    }
    if (coding !== undefined) return await this.#readChunks(head);
    const connection = valueOf(head.fields, "connection")?.toLowerCase();
    const stays = head.line.startsWith("HTTP/1.1 ")
      ? connection !== "close"
      : /keep/.test(connection ?? "");
    if (length === undefined && stays) {
      return { ...head, framing: "missing", body: "", whole: true } as const;
    }
    if (length === undefined) {
      while (await this.#fill());
      const body = this.#take(this.#text.length);
      return { ...head, framing: "close", body, whole: true } as const;
    }
    while (this.#text.length < Number(length) && await this.#fill());
    const body = this.#take(Math.min(this.#text.length, Number(length)));
    return { ...head, framing: "length", body, whole: body.length === Number(length) } as const;
  }

  async #readChunks(head: Pick<Answer, "interim" | "line" | "fields">): Promise<Answer> {
    let body = "";
    const answer = (whole: boolean): Answer => ({ ...head, framing: "chunked", body, whole });
    while (true) {
      const line = await this.#until("\r\n");
      if (line === undefined || !/^[0-9a-fA-F]+$/.test(line)) return answer(false);
      const size = parseInt(line, 16);
      if (size === 0) break;
      while (this.#text.length < size + 2 && await this.#fill());
      body += this.#text.slice(0, size);
      if (this.#text.length < size + 2) return answer(false);
      this.#take(size + 2);
    }
    // Trailers are told as fields of their own kind.
    for (let line; (line = await this.#until("\r\n")) !== "";) {
      if (line === undefined) return answer(false);
      head.fields.push(`(trailer) ${line}`);
    }
    return answer(true);
  }

  /** What is left until the server ends. */
  async readToEnd(): Promise<string> {
    while (await this.#fill());
    return this.#take(this.#text.length);
  }

  /** Whether the server answers another request. */
  async isKept(probe: string): Promise<boolean> {
    await this.send(probe);
    const answer = await this.read("GET");
    return answer?.body === "probe";
  }

  async #until(end: string): Promise<string | undefined> {
    let at: number;
    while ((at = this.#text.indexOf(end)) < 0) if (!await this.#fill()) return undefined;
    return this.#take(at + end.length).slice(0, at);
  }

  #take(count: number): string {
    const taken = this.#text.slice(0, count);
    this.#text = this.#text.slice(count);
    return taken;
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const tail = JSON.stringify(this.#text.slice(-200));
    let count: number | null = null;
    try {
      count = await within(`bytes behind ${tail}`, this.#conn.read(this.#buffer));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    if (count === null) this.#ended = true;
    else this.#text += latin1Decode(this.#buffer.subarray(0, count));
    return count !== null;
  }
}

function broken(head: Pick<Answer, "interim" | "line" | "fields">): Answer {
  return { ...head, framing: "none", body: "", whole: false };
}

/** The value of a field line, by lowercase name. */
export function valueOf(fields: readonly string[], name: string): string | undefined {
  const line = fields.find((it) => it.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}
