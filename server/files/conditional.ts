// The conditions of a request and the ranges that it asks for, in the order of RFC 9110 13.2.2: If-Match, or else
// If-Unmodified-Since; If-None-Match, or else If-Modified-Since; then Range, if If-Range lets it. Pure, and for every
// method: one that reads is answered 304 where one that changes something fails with 412. Where a condition cannot
// be understood, nothing is changed, and what is read is sent.

import { parseHttpDate } from "../../wire/http_date.ts";
import { type ByteRange, parseByteRanges } from "./byte_ranges.ts";
import { equalsStrongly, equalsWeakly, isEntityTag, parseEntityTags } from "./etag.ts";
import { multipartLength } from "./multipart_ranges.ts";

/** Request fields by lowercase name; repeated ones are joined with `, `. */
export type RequestFields = Readonly<Record<string, string | undefined>>;

/** What is asked of a request: as a standard `Request`, and as `req` of a handler, has it. */
export interface ConditionalRequest {
  /** The method, as sent. */
  readonly method: string;
  /** The fields: standard ones, or by lowercase name. */
  readonly headers: Headers | RequestFields;
}

/** What is there now, in the form that would be sent to this client. What is absent never matches. */
export interface CurrentRepresentation {
  /** The entity tag, with its quotes, and `W/` in front of a weak one. */
  readonly etag?: string;
  /** The time of the last change, in milliseconds since 1970; compared by the second. */
  readonly lastModified?: number;
  /** The size in bytes. Without it there are no ranges. */
  readonly size?: number;
  /** The media type; each part of an answer with several ranges repeats it, so that it counts for their length. */
  readonly contentType?: string;
}

/**
 * What the conditions come to, by the status. 200: go on as if there were none. 206: send these ranges, as
 * `multipart/byteranges` if there are several. 304: the client has it. 412: do nothing. 416: no such range.
 */
export type Verdict =
  | { readonly status: 200 | 304 | 412 | 416 }
  | { readonly status: 206; readonly ranges: readonly ByteRange[] };

const GO_ON: Verdict = Object.freeze({ status: 200 });
const NOT_MODIFIED: Verdict = Object.freeze({ status: 304 });
const FAILED: Verdict = Object.freeze({ status: 412 });
const UNSATISFIABLE: Verdict = Object.freeze({ status: 416 });

/** RFC 9110 13.2.1: these neither select nor change a representation. */
const WITHOUT_CONDITIONS = new Set(["CONNECT", "OPTIONS", "TRACE"]);

/**
 * Decides what becomes of a request by its conditions and ranges, RFC 9110 13 and 14. To be asked once it is known
 * that the answer would be a success without them (13.2.1), and before anything is done.
 *
 * Ranges are for GET alone. Several are put in the order asked for, those that overlap or touch as one, and only if
 * the answer is not longer than the whole; else, and for what is malformed, the whole is to be sent.
 *
 * @example A document that is not overwritten by who has not seen its last state
 * ```ts
 * import { evaluatePreconditions } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * let text = "hello";
 * let version = 1;
 *
 * async function handler(request: Request): Promise<Response> {
 *   const etag = `"v${version}"`;
 *   const { status } = evaluatePreconditions(request, { etag });
 *   if (status !== 200) return new Response(null, { status, headers: { etag } });
 *   if (request.method === "GET") return new Response(text, { headers: { etag } });
 *   text = await request.text();
 *   version++;
 *   return new Response(null, { status: 204, headers: { etag: `"v${version}"` } });
 * }
 *
 * const url = "http://localhost/";
 * const ask = async (headers: HeadersInit) => (await handler(new Request(url, { headers }))).status;
 * assertEquals(await ask({ "If-None-Match": '"v1"' }), 304);
 *
 * const put = (match: string) =>
 *   handler(new Request(url, { method: "PUT", body: "bye", headers: { "If-Match": match } }));
 * assertEquals((await put('"v1"')).status, 204);
 * assertEquals((await put('"v1"')).status, 412);
 * ```
 *
 * @param request Its method and fields.
 * @param current What is there now; `undefined` for nothing: then `If-Match` fails, and `If-None-Match` holds.
 * @param nowMs The time of the response, in milliseconds since 1970. Default: now.
 * @returns What to do, by the status.
 * @throws {TypeError} if the entity tag is none.
 * @throws {RangeError} if size or time are not numbers that they can be.
 */
export function evaluatePreconditions(
  request: ConditionalRequest,
  current: CurrentRepresentation | undefined,
  nowMs: number = Date.now(),
): Verdict {
  checkRepresentation(current);
  const { method } = request;
  if (WITHOUT_CONDITIONS.has(method)) return GO_ON;
  const fields = fieldsOf(request.headers);
  const reads = method === "GET" || method === "HEAD";
  if (!isAsExpected(fields, current, nowMs)) return FAILED;
  const noneMatch = fields["if-none-match"];
  if (noneMatch !== undefined) {
    // Once it is there, the date is not looked at, not even when the list is malformed.
    if (isKnown(noneMatch, current, reads)) return reads ? NOT_MODIFIED : FAILED;
  } else if (reads && isUnchanged(fields["if-modified-since"], current, nowMs)) {
    return NOT_MODIFIED;
  }
  return method === "GET" ? evaluateRange(fields, current, nowMs) : GO_ON;
}

/** If-Match, or else If-Unmodified-Since: RFC 9110 13.1.1 and 13.1.4. */
function isAsExpected(
  fields: RequestFields,
  current: CurrentRepresentation | undefined,
  nowMs: number,
): boolean {
  const match = fields["if-match"];
  if (match !== undefined) {
    const tags = parseEntityTags(match);
    if (tags === "*") return current !== undefined;
    const etag = current?.etag;
    if (tags === undefined || etag === undefined) return false;
    return tags.some((tag) => equalsStrongly(tag, etag));
  }
  const unmodifiedSince = fields["if-unmodified-since"];
  if (unmodifiedSince === undefined || current?.lastModified === undefined) return true;
  const sinceMs = parseHttpDate(unmodifiedSince, nowMs);
  return sinceMs === undefined || wholeSecond(current.lastModified) <= sinceMs;
}

/** Whether If-None-Match names what is there: RFC 9110 13.1.2. */
function isKnown(
  noneMatch: string,
  current: CurrentRepresentation | undefined,
  reads: boolean,
): boolean {
  if (current === undefined) return false;
  const tags = parseEntityTags(noneMatch);
  if (tags === "*") return true;
  if (tags === undefined) return !reads;
  const { etag } = current;
  return etag !== undefined && tags.some((tag) => equalsWeakly(tag, etag));
}

/** If-Modified-Since, RFC 9110 13.1.3. */
function isUnchanged(
  modifiedSince: string | undefined,
  current: CurrentRepresentation | undefined,
  nowMs: number,
): boolean {
  if (modifiedSince === undefined || current?.lastModified === undefined) return false;
  const sinceMs = parseHttpDate(modifiedSince, nowMs);
  return sinceMs !== undefined && wholeSecond(current.lastModified) <= sinceMs;
}

function evaluateRange(
  fields: RequestFields,
  current: CurrentRepresentation | undefined,
  nowMs: number,
): Verdict {
  const range = fields["range"];
  if (range === undefined || current?.size === undefined) return GO_ON;
  const ifRange = fields["if-range"];
  if (ifRange !== undefined && !isStillWhole(ifRange, current, nowMs)) return GO_ON;
  const { size, contentType } = current;
  const ranges = parseByteRanges(range, size);
  if (ranges === "whole") return GO_ON;
  if (ranges === "unsatisfiable") return UNSATISFIABLE;
  if (ranges.length > 1 && multipartLength(ranges, size, contentType) > size) return GO_ON;
  return { status: 206, ranges };
}

/**
 * If-Range, RFC 9110 13.1.5: whether the client's part is of what is there now. The entity tag is strongly equal, or the
 * date is exactly Last-Modified and a strong validator, at least a second older than the response (8.8.2.2).
 */
function isStillWhole(
  ifRange: string,
  { etag, lastModified }: CurrentRepresentation,
  nowMs: number,
): boolean {
  if (etag !== undefined && equalsStrongly(ifRange, etag)) return true;
  if (lastModified === undefined) return false;
  const lastModifiedMs = wholeSecond(lastModified);
  return parseHttpDate(ifRange, nowMs) === lastModifiedMs && nowMs - lastModifiedMs >= 1000;
}

/** The second a time falls into, in milliseconds: what an HTTP date can say of it. */
function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

const FIELDS = ["if-match", "if-unmodified-since", "if-none-match", "if-modified-since"]
  .concat("if-range", "range");

function fieldsOf(headers: Headers | RequestFields): RequestFields {
  // A field of that name has a text as its value.
  if (typeof headers.get !== "function") return headers as RequestFields;
  const fields: Record<string, string | undefined> = Object.create(null);
  for (const name of FIELDS) fields[name] = headers.get(name) ?? undefined;
  return fields;
}

function checkRepresentation(current: CurrentRepresentation | undefined): void {
  if (current === undefined) return;
  const { etag, lastModified, size } = current;
  if (etag !== undefined && !isEntityTag(etag)) {
    throw new TypeError(
      `Cannot evaluate preconditions: etag ${JSON.stringify(etag)} is not an entity tag`,
    );
  }
  if (lastModified !== undefined && !Number.isFinite(lastModified)) {
    throw new RangeError(`Cannot evaluate preconditions: lastModified is ${lastModified}`);
  }
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw new RangeError(`Cannot evaluate preconditions: size is ${size}`);
  }
}
