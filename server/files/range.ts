// One byte range of a representation, RFC 9110 14.1.2 and 14.2, and If-Range, 13.1.5. Whatever is not
// exactly one well-formed byte range is ignored, as the RFC allows: other units, several ranges, a
// first position after the last.

import { equalsStrongly } from "./etag.ts";
import { parseHttpDate } from "../../wire/http_date.ts";
import { type Validators, wholeSecond } from "./preconditions.ts";

/** A part of a representation, in bytes; never empty and never beyond the end. */
export interface ByteRange {
  readonly offset: number;
  readonly count: number;
}

const ONE_RANGE = /^bytes=(?:([0-9]+)-([0-9]*)|-([0-9]+))$/i;

/** What a Range field asks of `size` bytes; `"whole"` when it is to be ignored. */
export function parseRange(value: string, size: number): ByteRange | "whole" | "unsatisfiable" {
  const match = ONE_RANGE.exec(value);
  if (!match) return "whole";
  const [, first, last, suffix] = match;
  // Number() rounds what exceeds 2^53, but never to below it, and no file is that large: every position
  // inside of the file is exact, and every other one stays outside.
  if (suffix !== undefined) {
    const wanted = Number(suffix);
    if (wanted === 0) return "unsatisfiable";
    // An empty file satisfies a suffix, yet Content-Range cannot say so.
    if (size === 0) return "whole";
    const count = Math.min(wanted, size);
    return { offset: size - count, count };
  }
  const offset = Number(first);
  const end = last === "" ? Infinity : Number(last);
  if (end < offset) return "whole";
  if (offset >= size) return "unsatisfiable";
  return { offset, count: Math.min(end, size - 1) - offset + 1 };
}

/**
 * Whether If-Range lets the Range field count: the entity tag is strongly equal, or the date is exactly
 * Last-Modified and a strong validator, at least a second older than the response (RFC 9110 8.8.2.2).
 */
export function evaluateIfRange(value: string, validators: Validators, nowMs: number): boolean {
  if (validators.etag !== undefined && equalsStrongly(value, validators.etag)) return true;
  if (validators.mtimeMs === undefined) return false;
  const lastModifiedMs = wholeSecond(validators.mtimeMs);
  return parseHttpDate(value, nowMs) === lastModifiedMs && nowMs - lastModifiedMs >= 1000;
}
