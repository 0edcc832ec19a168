// A client: requests that share connections, cookies and defaults. The machinery is in engine.ts.

import { download, type DownloadOptions, type DownloadResult } from "./download/download.ts";
import { type ClientStats, Engine } from "./engine.ts";
import type { FetchInit } from "./fetch/fetch_init.ts";
import type { FetchResponse } from "./fetch/fetch_response.ts";
import { fetchWith } from "./fetch/fetch_with.ts";
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
    // Who takes a `fetch` as an option calls it without its client.
    this.fetch = this.fetch.bind(this);
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
   *
   * @example Send a body with a method of one's own
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, async (con, req) => {
   *   con.send(`${req.method} ${await con.readText()}`);
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client();
   * const response = await client.request("PATCH", `http://127.0.0.1:${port}/`, "a=1");
   * assertEquals(response.text(), "PATCH a=1");
   * ```
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
   * The same as `request("GET", url, undefined, options)` (RFC 9110 9.3.1).
   *
   * @param url The URL.
   * @param options What else this request wants.
   * @returns The response, of whatever status.
   * @throws {TypeError} When an argument is wrong.
   * @throws {HttpError} When the request fails: see `request` for the kinds.
   *
   * @example Get a page, with the defaults of the client
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, (con, req) => con.send(req.headers["accept"]!));
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client({ headers: { Accept: "text/html" } });
   * const response = await client.get(`http://127.0.0.1:${port}/`);
   * assertEquals([response.code, response.text()], [200, "text/html"]);
   * ```
   */
  async get(url: string | URL, options?: RequestOptions): Promise<ClientResponse> {
    return await this.#engine.request("GET", url, undefined, options);
  }

  /**
   * The same as `request("POST", url, body, options)` (RFC 9110 9.3.3).
   *
   * @param url The URL.
   * @param body The body: text, bytes, a stream, a Blob, a form, a file.
   * @param options What else this request wants.
   * @returns The response, of whatever status.
   * @throws {TypeError} When an argument is wrong.
   * @throws {HttpError} When the request fails: see `request` for the kinds.
   *
   * @example Post JSON
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, async (con, req) => {
   *   con.send(`${req.headers["content-type"]}: ${await con.readText()}`);
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client();
   * const response = await client.post(`http://127.0.0.1:${port}/`, JSON.stringify({ a: 1 }), {
   *   headers: { "Content-Type": "application/json" },
   * });
   * assertEquals(response.text(), 'application/json: {"a":1}');
   * ```
   */
  async post(
    url: string | URL,
    body?: RequestBody | null,
    options?: RequestOptions,
  ): Promise<ClientResponse> {
    return await this.#engine.request("POST", url, body ?? undefined, options);
  }

  /**
   * Fetches a resource as the standard function of this name, over the connections of this client; see the function
   * of the same name. What the client's options say holds, but redirects are followed, content codings undone and
   * there is no `timeout` where they say nothing of these.
   *
   * @param input The URL, or a Request.
   * @param init The standard's options, and every option of a request of this client.
   * @returns The response, when its head is there; of whatever status.
   * @throws {TypeError} When an argument is wrong, or the request fails: then the HttpError is its `cause`.
   *
   * @example Standard requests that share cookies
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, (con, req) => {
   *   con.addHeader("Set-Cookie", "user=ada");
   *   con.send(req.headers["cookie"] ?? "nobody");
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client({ cookies: true });
   * const first = await client.fetch(`http://127.0.0.1:${port}/`);
   * const second = await client.fetch(new Request(`http://127.0.0.1:${port}/`));
   * assertEquals([await first.text(), await second.text()], ["nobody", "user=ada"]);
   * ```
   */
  fetch(input: RequestInfo | URL, init?: FetchInit): Promise<FetchResponse> {
    return fetchWith(this.#engine, input, init);
  }

  /**
   * Downloads to a file, which appears under its name when it is whole; see the function of the same name.
   *
   * @param url The URL; redirects are followed.
   * @param path The file. One that is there already is replaced.
   * @param options How.
   * @returns What was downloaded.
   * @throws {TypeError} When an argument is wrong.
   * @throws {HttpError} With code `refused` for a status that brings no file, `checksum`, `file`, or as `request`.
   *
   * @example Download two files over one connection
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assert, assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, (con, req) => con.send(req.path));
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client();
   * const path = await Deno.makeTempFile();
   * await client.download(`http://127.0.0.1:${port}/a`, path);
   * const { response, size } = await client.download(`http://127.0.0.1:${port}/b`, path);
   * assertEquals([size, await Deno.readTextFile(path)], [2, "/b"]);
   * assert(response.connection.reused);
   * await Deno.remove(path);
   * ```
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
   *
   * @example Speak another protocol after an upgrade (RFC 9110 7.8)
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
   * const { code } = await client.get(`http://127.0.0.1:${port}/`, {
   *   headers: { Connection: "upgrade", Upgrade: "greeting" },
   * });
   * using sock = client.sock();
   * assertEquals([code, await new Response(sock.readable).text()], [101, "hello"]);
   * ```
   */
  sock(): ClientSocket {
    return this.#engine.socket();
  }

  /**
   * What it is doing.
   *
   * @returns The numbers of requests and connections, of this moment.
   *
   * @example A connection that is kept
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, (con) => con.send("hello"));
   * const { port } = server.addr as Deno.NetAddr;
   * using client = new Client();
   * await client.get(`http://127.0.0.1:${port}/`);
   * const { requests, active, connections, idle } = client.stats();
   * assertEquals([requests, active, connections, idle], [1, 0, 1, 1]);
   * ```
   */
  stats(): ClientStats {
    return this.#engine.stats();
  }

  /**
   * Ends it: requests under way reject, and every connection closes, but for those that `sock` gave away. `using`
   * does this at the end of a block.
   *
   * @example After close, nothing can be asked for
   * ```ts
   * import { Client } from "@eco/http/client";
   * import { assertRejects } from "@std/assert";
   *
   * const client = new Client();
   * client.close();
   * await assertRejects(() => client.get("http://127.0.0.1/"), TypeError, "closed");
   * ```
   */
  close(): void {
    this.#engine.close();
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * The same as `close`.
   *
   * @returns Nothing to wait for.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
