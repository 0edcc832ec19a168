// How long a message body is and whether the connection outlives the message (RFC 9112 6 and 9.3),
// for both roles, decided here and nowhere else. Pure.

import { ProtocolError } from "./errors.ts";
import type { FieldSection } from "./field_section.ts";
import { listElements } from "./headers.ts";
import type { RequestHead } from "./request_head.ts";
import type { ResponseHead } from "./response_head.ts";

/** How the end of a body is found. */
export type BodyKind = "none" | "length" | "chunked" | "close";

/** What the head of a message says about the rest of it. */
export interface Framing {
  /** How the end of the body is found. */
  readonly kind: BodyKind;
  /** Body length in bytes where `kind` is `"length"`, else 0. */
  readonly length: number;
  /** Whether the peer is willing to use the connection for another exchange. */
  readonly keepAlive: boolean;
}

/** Framing of a request (RFC 9112 6.3), with the refusals that keep a server from being desynced. */
export function requestFraming(head: RequestHead): Framing {
  const { fields, minorVersion } = head;
  const keepAlive = wantsKeepAlive(fields.connection, minorVersion);
  if (fields.transferEncoding !== undefined) {
    if (fields.contentLength !== undefined) refuseBoth("request");
    if (minorVersion === 0) refuseOldCoding("request");
    checkCodings(fields.transferEncoding);
    return { kind: "chunked", length: 0, keepAlive };
  }
  if (fields.contentLength === undefined) return keepAlive ? EMPTY_KEEP : EMPTY_CLOSE;
  return lengthFraming(fields.contentLength, keepAlive);
}

const EMPTY_KEEP: Framing = { kind: "none", length: 0, keepAlive: true };
const EMPTY_CLOSE: Framing = { kind: "none", length: 0, keepAlive: false };

/** Framing of a response to a request with the given method (RFC 9112 6.3). */
export function responseFraming(head: ResponseHead, method: string): Framing {
  const { fields, status, minorVersion } = head;
  const keepAlive = wantsKeepAlive(fields.connection, minorVersion);
  const bodiless = method === "HEAD" || status < 200 || status === 204 || status === 304 ||
    (method === "CONNECT" && status < 300);
  if (bodiless) return { kind: "none", length: 0, keepAlive };
  if (fields.transferEncoding !== undefined) {
    if (fields.contentLength !== undefined) refuseBoth("response");
    if (minorVersion === 0) refuseOldCoding("response");
    // Other codings would be read until the connection closes, but nobody here could undo them.
    checkCodings(fields.transferEncoding);
    return { kind: "chunked", length: 0, keepAlive };
  }
  if (fields.contentLength === undefined) return { kind: "close", length: 0, keepAlive: false };
  return lengthFraming(fields.contentLength, keepAlive);
}

function lengthFraming(contentLength: string, keepAlive: boolean): Framing {
  const length = parseContentLength(contentLength);
  return { kind: length === 0 ? "none" : "length", length, keepAlive };
}

function refuseBoth(what: string): never {
  throw new ProtocolError(
    "bad_framing",
    `Cannot frame ${what}: both Content-Length and Transfer-Encoding are present`,
  );
}

function refuseOldCoding(what: string): never {
  throw new ProtocolError(
    "bad_framing",
    `Cannot frame ${what}: Transfer-Encoding in an HTTP/1.0 message`,
  );
}

/** Accepts `chunked` alone: 501 for a coding in front of it, 400 when it is not the last one. */
function checkCodings(value: string): void {
  const codings = listElements(value);
  if (codings.length === 1 && codings[0] === "chunked") return;
  const chunkedAt = codings.indexOf("chunked");
  if (chunkedAt >= 0 && chunkedAt === codings.length - 1) {
    throw new ProtocolError(
      "unsupported_coding",
      `Cannot decode transfer coding "${codings[0]}"`,
      501,
    );
  }
  // A list that is empty or of codings that are known is wrong; one with others is not understood.
  const isWrong = chunkedAt >= 0 || codings.every((coding) => KNOWN_CODINGS.has(coding));
  throw new ProtocolError(
    isWrong ? "bad_framing" : "unsupported_coding",
    `Cannot frame message: Transfer-Encoding "${value}" does not end with one "chunked"`,
    isWrong ? 400 : 501,
  );
}

const KNOWN_CODINGS = new Set(["gzip", "x-gzip", "deflate", "compress", "x-compress"]);
const DIGITS = /^\d+$/;

/** The one value of Content-Length; repeats of the same value count as one (RFC 9112 6.3, 5). */
function parseContentLength(value: string): number {
  let length: string | undefined;
  for (const part of value.includes(",") ? value.split(/[ \t]*,[ \t]*/) : [value]) {
    if (!DIGITS.test(part) || (length !== undefined && part !== length)) {
      throw new ProtocolError("bad_framing", `Cannot frame message: Content-Length is "${value}"`);
    }
    length = part;
  }
  const number = Number(length);
  if (!Number.isSafeInteger(number)) {
    throw new ProtocolError("bad_framing", `Cannot frame message: Content-Length is "${value}"`);
  }
  return number;
}

/** Whether Connection and version let the connection persist (RFC 9112 9.3). */
export function wantsKeepAlive(connection: string | undefined, minorVersion: number): boolean {
  if (connection === undefined) return minorVersion >= 1;
  if (connection === "keep-alive" || connection === "Keep-Alive") return true;
  const options = listElements(connection);
  if (options.includes("close")) return false;
  return minorVersion >= 1 || options.includes("keep-alive");
}

/** Whether the client waits for a 100; an expectation that is not known is refused with 417. */
export function expectsContinue(fields: FieldSection, minorVersion: number): boolean {
  if (fields.expect === undefined || minorVersion === 0) return false;
  const elements = listElements(fields.expect);
  for (const element of elements) {
    if (element !== "100-continue") {
      throw new ProtocolError("bad_expectation", `Cannot meet expectation "${element}"`, 417);
    }
  }
  return elements.length > 0;
}
