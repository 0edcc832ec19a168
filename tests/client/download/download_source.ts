// A file on a server of its own, which can be told to misbehave:
// `await using source = new Source("content")`.

import { Client } from "../../../client/client.ts";
import type { DownloadOptions, DownloadResult } from "../../../client/download/download.ts";
import { type Connection, listen, type Server, type ServerRequest } from "../../../server/mod.ts";

/** A content. */
export const TEXT = "The quick brown fox jumps over the lazy dog";
/** Its SHA-256. */
export const DIGEST = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592";

/** The names in a folder. */
export function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Downloads with a client of its own. */
export async function download(
  url: string,
  path: string,
  options?: DownloadOptions,
): Promise<DownloadResult> {
  using client = new Client();
  return await client.download(url, path, options);
}

/** What a request for the file said. */
export interface Asked {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly headers: Record<string, string>;
}

export class Source implements AsyncDisposable {
  content: Uint8Array<ArrayBuffer>;
  etag: string | undefined = '"one"';
  lastModified: string | undefined;
  /** Bytes of each body after which the connection breaks; undefined: none does. */
  cutAfter: number | undefined;
  /** Bytes of each body after which nothing more comes until the test is over. */
  stallAfter: number | undefined;
  /** Answers instead, if it says true. */
  instead: ((con: Connection, req: ServerRequest) => boolean | Promise<boolean>) | undefined;
  /** The requests so far. */
  readonly asked: Asked[] = [];
  /** Called when a response stands still. */
  onStall: () => void = () => {};
  readonly #over = Promise.withResolvers<void>();
  readonly #server: Server;

  constructor(content: string | Uint8Array<ArrayBuffer>) {
    this.content = typeof content === "string" ? new TextEncoder().encode(content) : content;
    // What is cut on purpose is no error worth a line.
    const options = { onError: () => {} };
    this.#server = listen("127.0.0.1", 0, options, (con, req) => this.#answer(con, req));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.addr as Deno.NetAddr).port}/file`;
  }

  async #answer(con: Connection, req: ServerRequest): Promise<void> {
    const { range, "if-range": ifRange } = req.headers;
    this.asked.push({ range, ifRange, headers: req.headers });
    if (await this.instead?.(con, req)) return;
    if (this.etag !== undefined) con.addHeader("ETag", this.etag);
    if (this.lastModified !== undefined) con.addHeader("Last-Modified", this.lastModified);
    const total = this.content.length;
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? NaN);
    const isSame = ifRange === undefined || ifRange === this.etag || ifRange === this.lastModified;
    if (Number.isNaN(start) || !isSame) return await this.sendBody(con, this.content);
    if (start >= total) {
      con.setStatus(416);
      con.addHeader("Content-Range", `bytes */${total}`);
      return;
    }
    con.setStatus(206);
    con.addHeader("Content-Range", `bytes ${start}-${total - 1}/${total}`);
    await this.sendBody(con, this.content.subarray(start));
  }

  /** Sends a body of known length, as far as it is to come. */
  async sendBody(con: Connection, body: Uint8Array<ArrayBuffer>): Promise<void> {
    con.addHeader("Content-Length", String(body.length));
    con.send(body.subarray(0, this.cutAfter ?? this.stallAfter));
    if (this.stallAfter === undefined || this.stallAfter >= body.length) return;
    await con.flush();
    this.onStall();
    await this.#over.promise;
  }

  /** Lets responses that stand still break. */
  release(): void {
    this.#over.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.#server.shutdown({ timeout: 0 });
  }
}
