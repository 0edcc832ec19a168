// The options of `fetch`: those of the Fetch standard, and every option of a request of this client. Whatever the
// standard refuses is refused here, and what it would ignore without a word, too, where that would be wrong.

import { MultipartForm } from "../../multipart/form.ts";
import { isToken } from "../../wire/headers.ts";
import { kindOf } from "../check_option.ts";
import { FileBody } from "../file_body.ts";
import type { RequestOptions } from "../options.ts";
import type { RequestBody } from "../request_body.ts";

/**
 * The options of `fetch`: those of the Fetch standard, and every option of a request of this client. Of the
 * standard's, `mode`, `cache`, `referrer`, `referrerPolicy`, `keepalive`, `priority` and `window` have nothing to
 * say outside of browsers; `credentials: "omit"` means no `cookies`.
 */
export interface FetchInit
  extends
    Omit<RequestInit, "body" | "client" | "headers" | "redirect" | "signal">,
    Omit<RequestOptions, "headers" | "redirect" | "signal"> {
  /**
   * The body. A stream is sent in chunks, unless `Content-Length` says how long it is; everything else with its
   * length.
   */
  body?: BodyInit | RequestBody | null;
  /** For a body that is a stream: the response is read while it is sent, whatever the standard calls that. */
  duplex?: "half";
  /**
   * Fields of the request, as the standard has them or as the option of the same name of other requests. Of a
   * `Headers` object, which often is that of another request, `Host` and `Transfer-Encoding` are not taken, nor a
   * `Content-Length` that is not needed.
   */
  headers?: HeadersInit | RequestOptions["headers"];
  /** What is done about redirects: followed by default, or delivered as they are, or a failure. */
  redirect?: "follow" | "manual" | "error";
  /** Ends the request and the reading of the response; they reject with its reason. */
  signal?: AbortSignal | null;
}

/** Options of the standard as they were given, but for words, which were checked. */
export interface StandardInit {
  readonly method?: unknown;
  readonly body?: unknown;
  readonly headers?: unknown;
  readonly redirect?: unknown;
  readonly signal?: unknown;
  readonly integrity?: unknown;
  readonly credentials?: unknown;
}

/** Options taken apart. */
export interface SplitInit {
  readonly standard: StandardInit;
  /** Those of this client, which nobody has looked at yet. */
  readonly options: Record<string, unknown>;
}

/** The standard's options, those with words with what they may be. */
const STANDARD: Record<string, readonly string[] | undefined> = {
  method: undefined,
  body: undefined,
  headers: undefined,
  redirect: ["follow", "manual", "error"],
  signal: undefined,
  integrity: undefined,
  credentials: ["omit", "same-origin", "include"],
  // The standard has "navigate" too, for itself.
  mode: ["cors", "no-cors", "same-origin"],
  // "only-if-cached" is for the mode "same-origin", and there is no cache.
  cache: ["default", "no-store", "reload", "no-cache", "force-cache"],
  referrer: undefined,
  referrerPolicy: [
    "",
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
  ],
  keepalive: undefined,
  priority: ["high", "low", "auto"],
  duplex: ["half"],
  window: undefined,
};
const NAMES = Object.keys(STANDARD);

/**
 * Takes the options apart: those of the standard, and of this client. A Request may stand for options, as the
 * standard has it. Throws TypeError.
 */
export function splitInit(init: object): SplitInit {
  const record = init as Record<string, unknown>;
  const standard: Record<string, unknown> = {};
  for (const name of NAMES) {
    const value = record[name];
    if (value === undefined) continue;
    const words = STANDARD[name];
    if (words !== undefined && !words.includes(String(value))) {
      // A Request that came from elsewhere has been checked there.
      if (init instanceof Request) continue;
      const allowed = words.map((word) => JSON.stringify(word)).join(", ");
      refuse(`option "${name}" is ${JSON.stringify(String(value))}, not one of ${allowed}`);
    }
    standard[name] = value;
  }
  // That of a Request is "follow" unless it says something else: it leaves a client's own default alone.
  if (init instanceof Request && init.redirect === "follow") delete standard.redirect;
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(record)) {
    if (Object.hasOwn(STANDARD, name) || record[name] === undefined) continue;
    if (name === "client") {
      refuse(
        'option "client" is for the fetch of the runtime; here "proxy", "ca", "cert" and the others are ' +
          "options themselves, and requests of one Client share its connections",
      );
    }
    options[name] = record[name];
  }
  return { standard, options };
}

/** The method as it is sent (Fetch standard, "normalize"). Throws TypeError for one that is forbidden. */
export function fetchMethod(method: unknown): string {
  const text = String(method);
  if (USUAL.has(text)) return text;
  if (!isToken(text)) refuse(`method ${JSON.stringify(text)} is not a token`);
  const upper = text.toUpperCase();
  if (FORBIDDEN.has(upper)) refuse(`method "${text}" is forbidden`);
  return USUAL.has(upper) ? upper : text;
}

const USUAL = new Set(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]);
const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"]);

type GivenFields = (readonly [name: string, value: string | readonly string[]])[];

/** Fields as the standard takes them, whose values become strings. `hasStream`: the body is a stream. */
export function fetchFields(headers: unknown, hasStream: boolean): RequestOptions["headers"] {
  if (headers instanceof Headers) {
    return [...headers].filter(([name]) => {
      if (name === "host" || name === "transfer-encoding") return false;
      return name !== "content-length" || hasStream;
    });
  }
  if (typeof headers !== "object" || headers === null) return headers as RequestOptions["headers"];
  const pairs: unknown[] = Symbol.iterator in headers
    ? [...headers as Iterable<unknown>]
    : Object.entries(headers);
  return pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) return pair;
    const [name, value] = pair;
    return [String(name), Array.isArray(value) ? value.map(toValue) : toValue(value)];
  }) as GivenFields;
}

/** A value as text, without the white space around it, line breaks included. */
function toValue(value: unknown): string {
  return String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}

/** A body as this client takes it; bytes are copied. Throws TypeError. */
export function fetchBody(body: unknown): RequestBody {
  if (typeof body !== "object" || body === null) return String(body);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  }
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (body instanceof ReadableStream) checkUnused(body);
  if (isBody(body)) return body;
  // The standard makes text of any object, which for these is hardly ever meant.
  if (Array.isArray(body) || body.toString === Object.prototype.toString) {
    refuse(`body is ${kindOf(body)}; to send it as JSON, use JSON.stringify()`);
  }
  return String(body);
}

function isBody(body: object): body is Exclude<RequestBody, string> {
  return BODIES.some((Class) => body instanceof Class) || Symbol.asyncIterator in body;
}

const BODIES = [Blob, FormData, URLSearchParams, FileBody, MultipartForm];

/** Throws TypeError for a stream that was read from, or that somebody is reading. */
function checkUnused(stream: ReadableStream): void {
  try {
    new Response(stream); // the only one who can tell
  } catch (cause) {
    throw new TypeError("Cannot fetch: body is a stream that is locked, or was read from", {
      cause,
    });
  }
}

function refuse(why: string): never {
  throw new TypeError(`Cannot fetch: ${why}`);
}
