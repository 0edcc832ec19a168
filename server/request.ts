// The request as a handler sees it: plain facts at once, decoded views when they are first asked
// for. Nothing in it refers to the connection's window, so it may be kept.

import { latin1ToUtf8 } from "../wire/bytes.ts";
import { ProtocolError } from "../wire/errors.ts";
import type { HeaderRecord, RawHeader } from "../wire/headers.ts";
import type { RequestHead } from "../wire/request_head.ts";
import { RequestForm } from "./request_form.ts";
import type { Target } from "./target.ts";

/** Gives the authority that a request is for: of its target, or else of Host; perhaps empty. */
export let authorityOf: (request: ServerRequest) => string;

/**
 * A request, as given to a handler.
 *
 * @example What a handler can ask of it
 * ```ts
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con, req) => {
 *   con.send(JSON.stringify([req.method, req.path, req.query["q"], req.headers["accept"]]));
 * });
 * const { port } = server.addr as Deno.NetAddr;
 * const url = `http://127.0.0.1:${port}/caf%C3%A9?q=1+2`;
 * const response = await fetch(url, { headers: { Accept: "text/plain" } });
 * assertEquals(await response.json(), ["GET", "/café", "1 2", "text/plain"]);
 * ```
 */
export class ServerRequest {
  static {
    authorityOf = (request) => request.#target.authority;
  }

  readonly #head: RequestHead;
  readonly #target: Target;
  #path: string | undefined;
  #query: Record<string, string> | undefined;
  #headers: HeaderRecord | undefined;
  #rawHeaders: RawHeader[] | undefined;
  #form: RequestForm | undefined;

  /** @ignore Requests are made by the server. */
  constructor(head: RequestHead, target: Target) {
    this.#head = head;
    this.#target = target;
  }

  /** The method, as sent; methods are case-sensitive (RFC 9110 9.1). */
  get method(): string {
    return this.#head.method;
  }

  /**
   * Path and query exactly as sent, percent-escapes and all, a character per byte. `*` for OPTIONS on
   * the server itself; host and port for CONNECT.
   */
  get rawPath(): string {
    return this.#target.rawPath;
  }

  /**
   * The path without the query, percent-decoded once as UTF-8. For the file system use
   * `con.serveFile`, which does not take a decoded `/` for a separator.
   *
   * @throws {HttpError} with status 400, if an escape is malformed or is not UTF-8.
   */
  get path(): string {
    return this.#path ??= decodePath(pathOf(this.#target.rawPath));
  }

  /** What follows the first `?`, not decoded; empty if there is none. */
  get queryString(): string {
    const { rawPath } = this.#target;
    const at = rawPath.indexOf("?");
    return at < 0 ? "" : rawPath.slice(at + 1);
  }

  /**
   * The query's names and values, decoded as in forms (`+` is a space); of a repeated name the last
   * value. Has no prototype. For all values: `new URLSearchParams(req.queryString)`.
   */
  get query(): Record<string, string> {
    if (this.#query === undefined) {
      const query: Record<string, string> = Object.create(null);
      for (const [name, value] of new URLSearchParams(this.queryString)) query[name] = value;
      this.#query = query;
    }
    return this.#query;
  }

  /** The x of HTTP/x.1; always 1. */
  get majorVersion(): number {
    return 1;
  }

  /** The x of HTTP/1.x. */
  get minorVersion(): number {
    return this.#head.minorVersion;
  }

  /**
   * The fields by lowercase name, repeats joined by `, ` (`cookie` by `; `). Has no prototype. With
   * a target in absolute form, `host` is that of the target (RFC 9112 3.2.2).
   */
  get headers(): HeaderRecord {
    if (this.#headers === undefined) {
      this.#headers = this.#head.fields.record();
      if (this.#target.authority !== "") this.#headers["host"] = this.#target.authority;
    }
    return this.#headers;
  }

  /** The field lines in order, with the case and the repeats that were sent. */
  get rawHeaders(): RawHeader[] {
    return this.#rawHeaders ??= this.#head.fields.raw();
  }

  /** How far the form in its body was read: the state that `con.readFormData` keeps. */
  get form(): RequestForm {
    return this.#form ??= new RequestForm();
  }
}

/** The part of path and query before the query. */
export function pathOf(rawPath: string): string {
  const at = rawPath.indexOf("?");
  return at < 0 ? rawPath : rawPath.slice(0, at);
}

const PLAIN = /^[\x21-\x24\x26-\x7e]*$/;

function decodePath(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  try {
    // Raw bytes above 0x7f are UTF-8 too; decoding them first leaves the escapes as they are.
    return decodeURIComponent(latin1ToUtf8(raw));
  } catch {
    throw new ProtocolError("bad_target", `Cannot decode path "${raw}"`);
  }
}
