// What `fetch` gives: a standard Response, and what only this client knows of it.

import type { RawHeader } from "../../wire/headers.ts";
import type { ConnectionInfo, Timings } from "../response.ts";
import type { ClientSocket } from "../socket.ts";
import { closeWhenGone, keepWhenGone } from "./abandoned.ts";
import { ReceivedHeaders } from "./received_headers.ts";
import {
  bodyOf,
  failedStream,
  fill,
  initOf,
  OWN,
  type ResponseFacts,
  type ResponseParts,
  streamOf,
  trailersOf,
} from "./response_parts.ts";
import { RUNTIME } from "./runtime_response.ts";

const UTF8 = new TextDecoder();

/**
 * The response to a `fetch`: a standard `Response` with what only this client knows.
 *
 * A body of up to 64 KiB is read into memory even if nobody asks for it, so that its connection is free again. A
 * longer one holds its connection until it is read or given up: by `using`, by `body.cancel()`, or when the
 * garbage collector finds that nobody can read it any more.
 *
 * @example What a standard Response does not say
 * ```ts
 * import { fetch } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => {
 *   con.addHeader("X-Answer", "42");
 *   con.send("hello");
 *   con.sendTrailers({ "X-Sum": "5d41402a" });
 * });
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await fetch(`http://127.0.0.1:${port}/`, { keepalive: false });
 * assertEquals([response.status, response.headers.get("x-answer")], [200, "42"]);
 * assertEquals(response.rawHeaders.find(([name]) => name === "X-Answer"), ["X-Answer", "42"]);
 * assertEquals(await response.text(), "hello");
 * assertEquals((await response.trailers).get("x-sum"), "5d41402a");
 * ```
 *
 * @example A body that is not read to its end
 * ```ts
 * import { fetch } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send("x".repeat(1_000_000)));
 * const { port } = server.addr as Deno.NetAddr;
 * await using response = await fetch(`http://127.0.0.1:${port}/`);
 * assertEquals(response.headers.get("content-length"), "1000000");
 * ```
 */
export class FetchResponse extends Response implements Disposable {
  readonly #facts: ResponseFacts;
  readonly #parts: ResponseParts;
  #headers: ReceivedHeaders | undefined;
  #trailers: Promise<Headers> | undefined;
  #socket: ClientSocket | undefined;

  /**
   * Responses are made by `fetch`.
   *
   * @param parts What it is made of.
   */
  constructor(parts: ResponseParts) {
    super(bodyOf(parts), initOf(parts.facts));
    const { facts, body, socket } = parts;
    this.#facts = facts;
    this.#parts = parts;
    this.#socket = socket;
    fill(this, parts);
    if (body !== undefined) closeWhenGone(OWN.body.call(this)!, body);
    else if (socket !== undefined) closeWhenGone(this, socket);
  }

  /** This, to read the body from, whole. An abort ends also what has arrived already, and was not read. */
  #whole(): Response {
    const { signal, body, maxBytes } = this.#parts;
    if (signal?.aborted && !this.bodyUsed && this.#hasBody) throw signal.reason;
    body?.limitTo(maxBytes);
    return this;
  }

  /** The body, if it is in memory and nobody has touched it. */
  #untouched(): Uint8Array<ArrayBuffer> | undefined {
    const { bytes } = this.#parts;
    return bytes !== undefined && RUNTIME?.hasUntouched(this, bytes) ? bytes : undefined;
  }

  /** The same, which thereby is read. */
  #take(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#untouched();
    if (bytes === undefined || this.#parts.signal?.aborted) return undefined;
    RUNTIME!.consume(this);
    return bytes;
  }

  get #hasBody(): boolean {
    return (this.#parts.bytes ?? this.#parts.body) !== undefined;
  }

  /** The status code (RFC 9110 15); 101 too. */
  override get status(): number {
    return this.#facts.code;
  }

  /** The reason phrase as the server sent it, perhaps empty. */
  override get statusText(): string {
    return this.#facts.status;
  }

  /** Whether the status is one from 200 to 299. */
  override get ok(): boolean {
    const { code } = this.#facts;
    return code >= 200 && code <= 299;
  }

  /** The URL that answered, the last one after redirects, without fragment, user and password. */
  override get url(): string {
    const { url } = this.#facts;
    const at = url.indexOf("#");
    return at < 0 ? url : url.slice(0, at);
  }

  /** Whether a redirect was followed. */
  override get redirected(): boolean {
    return this.#facts.redirects.length > 0;
  }

  /** Always `"basic"`. */
  override get type(): ResponseType {
    return "basic";
  }

  /** The fields, immutable. Those that say how the body was coded and how long it was are as they were sent. */
  override get headers(): Headers {
    if (RUNTIME !== undefined) return RUNTIME.headersOf(this);
    return this.#headers ??= new ReceivedHeaders(this.#facts.rawHeaders);
  }

  /** The body as a stream of bytes, which is read as it is pulled; `null` if there is none. */
  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    const bytes = this.#untouched();
    if (bytes !== undefined) {
      const { signal } = this.#parts;
      RUNTIME!.putBody(this, signal?.aborted ? failedStream(signal.reason) : streamOf(bytes));
    }
    return OWN.body.call(this);
  }

  /** Whether the body was read or given up, in whole or in part. */
  override get bodyUsed(): boolean {
    return this.#untouched() === undefined && OWN.bodyUsed.call(this);
  }

  /**
   * The whole body as text, which is UTF-8.
   *
   * @returns The text, without a byte order mark; what is not valid becomes U+FFFD.
   * @throws {TypeError} When the body was used before, breaks off, or is longer than `maxBodyBytes` allows.
   */
  override async text(): Promise<string> {
    const bytes = this.#take();
    return bytes === undefined ? await OWN.text.call(this.#whole()) : UTF8.decode(bytes);
  }

  /**
   * The whole body as JSON.
   *
   * @returns The value.
   * @throws {SyntaxError} When it is no JSON.
   * @throws {TypeError} As `text`.
   */
  // deno-lint-ignore no-explicit-any
  override async json(): Promise<any> {
    const bytes = this.#take();
    if (bytes === undefined) return await OWN.json.call(this.#whole());
    return JSON.parse(UTF8.decode(bytes));
  }

  /**
   * The whole body as bytes.
   *
   * @returns The bytes.
   * @throws {TypeError} As `text`.
   */
  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#take() ?? await OWN.bytes.call(this.#whole()) as Uint8Array<ArrayBuffer>;
  }

  /**
   * The whole body as bytes in a buffer of their own.
   *
   * @returns The buffer.
   * @throws {TypeError} As `text`.
   */
  override async arrayBuffer(): Promise<ArrayBuffer> {
    return await OWN.arrayBuffer.call(this.#whole());
  }

  /**
   * The whole body as a Blob of the type that `Content-Type` names.
   *
   * @returns The Blob.
   * @throws {TypeError} As `text`.
   */
  override async blob(): Promise<Blob> {
    return await OWN.blob.call(this.#whole());
  }

  /**
   * The whole body as a form. For large ones there is `parseMultipart`, which keeps nothing in memory.
   *
   * @returns The form.
   * @throws {TypeError} When it is no form, or as `text`.
   */
  override async formData(): Promise<FormData> {
    return await OWN.formData.call(this.#whole());
  }

  /**
   * A second response with the same body, which arrives once for both.
   *
   * @returns The other one.
   * @throws {TypeError} When the body was used before.
   *
   * @example Read a body twice
   * ```ts
   * import { fetch } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, (con) => con.send("[1]"));
   * const { port } = server.addr as Deno.NetAddr;
   * const response = await fetch(`http://127.0.0.1:${port}/`);
   * const copy = response.clone();
   * assertEquals([await response.text(), await copy.json()], ["[1]", [1]]);
   * ```
   */
  override clone(): FetchResponse {
    const bytes = this.#untouched();
    if (bytes !== undefined) return new FetchResponse({ ...this.#parts, bytes: bytes.slice() });
    const real = OWN.clone.call(this);
    const { body, end = body } = this.#parts;
    return new FetchResponse({ ...this.#parts, bytes: undefined, body: undefined, end, real });
  }

  /** The fields in order, with case and repeats; a character per byte. */
  get rawHeaders(): RawHeader[] {
    return this.#facts.rawHeaders;
  }

  /**
   * The fields after a chunked body (RFC 9110 6.5), once it was read; rejects when it breaks off or is given up,
   * which nobody has to handle.
   */
  get trailers(): Promise<Headers> {
    return this.#trailers ??= trailersOf(this.#parts);
  }

  /** The version of HTTP that the server speaks. */
  get httpVersion(): "HTTP/1.0" | "HTTP/1.1" {
    return this.#facts.minorVersion === 0 ? "HTTP/1.0" : "HTTP/1.1";
  }

  /** The URLs that redirected here, in order, without user and password. */
  get redirects(): readonly string[] {
    return this.#facts.redirects;
  }

  /** The connection that it came over; undefined for URLs that need none, as `data:`. */
  get connection(): ConnectionInfo | undefined {
    return this.#facts.connection;
  }

  /** How long it took; zeros until the body has arrived. */
  get timings(): Timings {
    return this.#facts.timings;
  }

  /**
   * The connection, after 101 (RFC 9110 7.8); it is the caller's to close.
   *
   * @returns The socket; bytes that were read ahead come first.
   * @throws {TypeError} When the status is another one, or the socket was given before.
   *
   * @example Speak another protocol after an upgrade
   * ```ts
   * import { fetch } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, async (con) => {
   *   con.addHeader("Upgrade", "greeting");
   *   using conn = (await con.upgrade()).conn;
   *   await conn.write(new TextEncoder().encode("hello"));
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * const response = await fetch(`http://127.0.0.1:${port}/`, {
   *   headers: { Connection: "upgrade", Upgrade: "greeting" },
   * });
   * using socket = response.upgrade();
   * assertEquals(response.status, 101);
   * assertEquals(await new Response(socket.readable).text(), "hello");
   * ```
   */
  upgrade(): ClientSocket {
    const socket = this.#socket;
    if (socket === undefined) {
      const why = this.status === 101 ? "it was given before" : `the status is ${this.status}`;
      throw new TypeError(`Cannot give socket: ${why}`);
    }
    keepWhenGone(this);
    this.#socket = undefined;
    return socket;
  }

  /** Gives up what was not read of the body, or a socket that was not asked for. */
  [Symbol.dispose](): void {
    if (this.#socket !== undefined) this.upgrade().close();
    const { body } = this;
    if (body?.locked === false) body.cancel().catch(() => {});
    else this.#parts.body?.close();
  }

  /**
   * The same.
   *
   * @returns Nothing to wait for.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    return Promise.resolve();
  }
}
