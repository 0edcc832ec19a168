// A client: requests that share connections, cookies and defaults. The machinery is in engine.ts.

import { download, type DownloadOptions, type DownloadResult } from "./download/download.ts";
import { type ClientStats, Engine } from "./engine.ts";
import type { ClientOptions, RequestOptions } from "./options.ts";
import type { RequestBody } from "./request_body.ts";
import type { ClientResponse } from "./response.ts";
import type { ClientSocket } from "./socket.ts";

/**
 * Requests that share connections, which are kept and used again, cookies and defaults.
 *
 * @example Ask the same server twice over one connection
 * ```ts
 * import { Client } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assert } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send("hello"));
 * const { port } = server.addr as Deno.NetAddr;
 * using client = new Client({ timeout: 10 });
 * await client.get(`http://127.0.0.1:${port}/a`);
 * const second = await client.get(`http://127.0.0.1:${port}/b`);
 * assert(second.connection.reused);
 * ```
 */
export class Client implements Disposable {
  readonly #engine: Engine;

  /**
   * A client with defaults for all its requests.
   *
   * @param options The defaults, and the limits of its connections.
   * @throws {TypeError} When an option is unknown or of the wrong kind.
   * @throws {RangeError} When a number is out of range.
   */
  constructor(options: ClientOptions = {}) {
    this.#engine = new Engine(options);
  }

  /**
   * Sends a request and waits for its response with the whole body.
   *
   * A status of 400 or more is a response like any other. A request is sent again by itself only where its
   * kept connection turns out to be dead, and never when the server might act on it twice: not a POST of which
   * a byte was sent.
   *
   * @param method The method, as `"GET"`; sent as it is spelled.
   * @param url The URL: `http:`, `https:`, `ws:` or `wss:`. The last two do the WebSocket handshake; after code
   * 101 `sock()` gives the connection.
   * @param body The body: text, bytes, a stream, a Blob, a form, a file.
   * @param options What else this request wants.
   * @returns The response.
   * @throws {TypeError} When an argument is wrong.
   * @throws {ConnectError} When the server cannot be reached.
   * @throws {TimeoutError} When a deadline passes.
   * @throws {ClosedError} When the connection breaks.
   * @throws {ProtocolError} When the response breaks HTTP/1.1 (RFC 9112).
   * @throws {LimitError} When the response is longer than an option allows.
   * @throws {HttpError} When a file, a redirect or a content coding fails.
   */
  async request(
    method: string,
    url: string | URL,
    body?: RequestBody | null,
    options?: RequestOptions,
  ): Promise<ClientResponse> {
    return await this.#engine.request(method, url, body ?? undefined, options);
  }

  /**
   * The same as `request("GET", url, undefined, options)`.
   *
   * @param url The URL.
   * @param options What else this request wants.
   * @returns The response.
   */
  async get(url: string | URL, options?: RequestOptions): Promise<ClientResponse> {
    return await this.#engine.request("GET", url, undefined, options);
  }

  /**
   * The same as `request("POST", url, body, options)`.
   *
   * @param url The URL.
   * @param body The body.
   * @param options What else this request wants.
   * @returns The response.
   */
  async post(
    url: string | URL,
    body?: RequestBody | null,
    options?: RequestOptions,
  ): Promise<ClientResponse> {
    return await this.#engine.request("POST", url, body ?? undefined, options);
  }

  /**
   * Downloads to a file: see the function of the same name.
   *
   * @param url The URL.
   * @param path The file.
   * @param options How.
   * @returns What was downloaded.
   */
  async download(
    url: string | URL,
    path: string,
    options?: DownloadOptions,
  ): Promise<DownloadResult> {
    return await download(this.#engine, url, path, options);
  }

  /**
   * The connection of the last response, which then is the caller's: after a WebSocket handshake, or to go on
   * by hand with one that was kept.
   *
   * @returns The socket; bytes that were read ahead come first.
   * @throws {TypeError} When there is no such connection, or a request is under way on it.
   */
  sock(): ClientSocket {
    return this.#engine.socket();
  }

  /** What it is doing. */
  stats(): ClientStats {
    return this.#engine.stats();
  }

  /** Ends it: requests under way reject, and every connection closes, but for those that `sock` gave away. */
  close(): void {
    this.#engine.close();
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
