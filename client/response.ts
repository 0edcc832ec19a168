// What a caller gets: the response with its head, its body if that was kept in memory, and what happened on
// the way. Views of the head are made when they are asked for.

import type { FieldSection } from "../wire/field_section.ts";
import { fieldValues, type HeaderRecord, type RawHeader } from "../wire/headers.ts";
import type { WatchedSource } from "./watched_source.ts";

/**
 * How long the parts of a request took, in seconds. A request that was redirected or repeated has all its
 * attempts in them: the first three add up, the last two run from the beginning of the first attempt.
 */
export interface Timings {
  /** Resolving names; 0 on a kept connection, or where the runtime resolves them while connecting. */
  readonly dns: number;
  /** Connecting, proxies included; 0 on a kept connection. */
  readonly connect: number;
  /** TLS handshakes; 0 on a kept connection and without TLS. */
  readonly tls: number;
  /** From the beginning to the first byte of the last response, which is the one that is delivered. */
  readonly firstByte: number;
  /** From the beginning to the end of its body. */
  readonly total: number;
}

/** The connection that a response came over. */
export interface ConnectionInfo {
  /** Tells it from all others of this process. */
  readonly id: number;
  /** Whether it had served another request before. */
  readonly reused: boolean;
  /** The address that it is to: of the server, or of the proxy. */
  readonly remoteAddr: Deno.Addr;
  /** Our own address. */
  readonly localAddr: Deno.Addr;
}

/** What a response is made of; filled in as it arrives. */
export interface ResponseState {
  readonly code: number;
  readonly status: string;
  readonly minorVersion: number;
  readonly url: string;
  readonly fields: FieldSection;
  readonly redirects: readonly string[];
  readonly connection: ConnectionInfo;
  body: Uint8Array<ArrayBuffer> | undefined;
  trailers: FieldSection | undefined;
  timings: Timings;
}

/** A response under way. */
export interface OpenResponse {
  readonly response: ClientResponse;
  /** Its body, to be read to its end or closed. */
  readonly body: WatchedSource;
  /** Attempts that it took. */
  readonly attempts: number;
}

// By hand, since `parseMediaType` of @std/media-types throws at slips that browsers read over, as in `;;`.
const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([^\s";]+)/i;

/**
 * The response to a request.
 *
 * @example Its parts
 * ```ts
 * import { get } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => {
 *   con.addHeader("Content-Type", "application/json");
 *   con.send('{"answer":42}');
 * });
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await get(`http://127.0.0.1:${port}/`);
 * assertEquals(response.code, 200);
 * assertEquals(response.headers["content-type"], "application/json");
 * assertEquals(response.json(), { answer: 42 });
 * ```
 */
export class ClientResponse {
  readonly #state: ResponseState;
  #rawHeaders: RawHeader[] | undefined;
  #headers: HeaderRecord | undefined;

  /**
   * Responses are made by requests.
   *
   * @param state What it is made of.
   */
  constructor(state: ResponseState) {
    this.#state = state;
  }

  /** The status code (RFC 9110 15). */
  get code(): number {
    return this.#state.code;
  }

  /** The reason phrase as the server sent it, perhaps empty. */
  get status(): string {
    return this.#state.status;
  }

  /** The URL that answered, the last one after redirects, without user and password. */
  get url(): string {
    return this.#state.url;
  }

  /** The URLs that redirected here, in order, without user and password. */
  get redirects(): readonly string[] {
    return this.#state.redirects;
  }

  /**
   * The fields by lowercase name, in a record without prototype. Repeats are joined by `, `: where that is not
   * enough, as for `Set-Cookie`, there are `rawHeaders` and `setCookies`.
   */
  get headers(): HeaderRecord {
    return this.#headers ??= this.#state.fields.record();
  }

  /** The fields in order, with case and repeats; a character per byte. */
  get rawHeaders(): RawHeader[] {
    return this.#rawHeaders ??= this.#state.fields.raw();
  }

  /** The values of all `Set-Cookie` fields (RFC 6265 4.1), each by itself. */
  get setCookies(): string[] {
    return fieldValues(this.rawHeaders, "set-cookie");
  }

  /** The fields after a chunked body (RFC 9110 6.5), by lowercase name; empty if there were none. */
  get trailers(): HeaderRecord {
    return this.#state.trailers?.record() ?? Object.create(null);
  }

  /** The body; undefined when it went to a file or function. */
  get body(): Uint8Array<ArrayBuffer> | undefined {
    return this.#state.body;
  }

  /** How long it took. */
  get timings(): Timings {
    return this.#state.timings;
  }

  /** The connection that it came over. */
  get connection(): ConnectionInfo {
    return this.#state.connection;
  }

  /** The x of HTTP/1.x that the server speaks. */
  get minorVersion(): number {
    return this.#state.minorVersion;
  }

  /**
   * The body as text: in the charset of `Content-Type` if that is known, else UTF-8.
   *
   * @returns The text, without a byte order mark; what is not valid becomes U+FFFD.
   * @throws {TypeError} When the body went to a file or function.
   *
   * @example Text in the charset that the server names
   * ```ts
   * import { get } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, (con) => {
   *   con.addHeader("Content-Type", "text/plain; charset=iso-8859-1");
   *   con.send(Uint8Array.of(0x63, 0x61, 0x66, 0xe9));
   * });
   * const { port } = server.addr as Deno.NetAddr;
   * assertEquals((await get(`http://127.0.0.1:${port}/`)).text(), "caf\u00e9");
   * ```
   */
  text(): string {
    const label = CHARSET.exec(this.headers["content-type"] ?? "")?.[1];
    return decoderFor(label).decode(this.#bytes());
  }

  /**
   * The body as JSON, which is UTF-8 (RFC 8259 8.1).
   *
   * @returns The value.
   * @throws {SyntaxError} When it is no JSON.
   * @throws {TypeError} When the body went to a file or function.
   *
   * @example Read an answer of an API
   * ```ts
   * import { get } from "@eco/http/client";
   * import { listen } from "@eco/http/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = listen("127.0.0.1", 0, (con) => con.send('{"answer":42}'));
   * const { port } = server.addr as Deno.NetAddr;
   * const { answer } = (await get(`http://127.0.0.1:${port}/`)).json();
   * assertEquals(answer, 42);
   * ```
   */
  // deno-lint-ignore no-explicit-any
  json(): any {
    const text = UTF_8.decode(this.#bytes());
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new SyntaxError(
        `Cannot read the response from "${this.url}" as JSON: ${(cause as Error).message}`,
        { cause },
      );
    }
  }

  #bytes(): Uint8Array<ArrayBuffer> {
    if (this.body === undefined) {
      throw new TypeError("Cannot read body: it went where bodyToFile said");
    }
    return this.body;
  }
}

/** What `console.log` shows: the getters are what a response consists of. */
function inspectResponse(
  this: ClientResponse,
  inspect: (value: unknown, options: unknown) => string,
  options: unknown,
): string {
  const { code, status, url, headers, body, connection } = this;
  return `ClientResponse ${inspect({ code, status, url, headers, body, connection }, options)}`;
}

Object.defineProperty(ClientResponse.prototype, Symbol.for("Deno.customInspect"), {
  value: inspectResponse,
});

const UTF_8 = new TextDecoder();

function decoderFor(label: string | undefined): TextDecoder {
  if (label === undefined) return UTF_8;
  try {
    return new TextDecoder(label);
  } catch {
    return UTF_8; // a label that nobody knows
  }
}
