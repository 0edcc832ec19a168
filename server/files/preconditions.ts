// The preconditions of a GET or HEAD for an existing file, RFC 9110 13.1.2, 13.1.3 and 13.2.2:
// If-None-Match when it is there, else If-Modified-Since.

import { equalsWeakly, parseEntityTags } from "./etag.ts";
import { parseHttpDate } from "../../wire/http_date.ts";

/** Request fields by lowercase name; repeated ones are joined with `, `. */
export type RequestFields = Readonly<Record<string, string | undefined>>;

/** What a representation can be recognized by; absent members are not sent and never match. */
export interface Validators {
  readonly etag?: string;
  /** Time of the last change, in milliseconds; compared by the second. */
  readonly mtimeMs?: number;
}

/** Whether the client already has this representation. `nowMs` is the time of the response. */
export function evaluatePreconditions(
  fields: RequestFields,
  validators: Validators,
  nowMs: number,
): "pass" | "not-modified" {
  const noneMatch = fields["if-none-match"];
  if (noneMatch !== undefined) {
    // Once it is there, the date is not looked at, not even when the list is malformed.
    return matches(noneMatch, validators.etag) ? "not-modified" : "pass";
  }
  const modifiedSince = fields["if-modified-since"];
  if (modifiedSince === undefined || validators.mtimeMs === undefined) return "pass";
  const sinceMs = parseHttpDate(modifiedSince, nowMs);
  if (sinceMs === undefined) return "pass";
  return wholeSecond(validators.mtimeMs) <= sinceMs ? "not-modified" : "pass";
}

/** The second a time falls into, in milliseconds: what an HTTP date can say of it. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function matches(noneMatch: string, etag: string | undefined): boolean {
  const tags = parseEntityTags(noneMatch);
  if (tags === "*") return true;
  if (tags === undefined || etag === undefined) return false;
  return tags.some((tag) => equalsWeakly(tag, etag));
}
