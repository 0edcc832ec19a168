// Decides the answer to a GET or HEAD for a file before the file is opened: preconditions first, then
// the range (RFC 9110 13.2.2), and the fields that go with each status.

import { makeEtag } from "./etag.ts";
import { formatHttpDate } from "../../wire/http_date.ts";
import { mediaType } from "./media_type.ts";
import { evaluatePreconditions, type RequestFields, type Validators } from "./preconditions.ts";
import { type ByteRange, evaluateIfRange, parseRange } from "./range.ts";

/** One form of a file: itself, or its compressed sibling. */
export interface Representation {
  /** Name that the media type is taken from: that of the file asked for, not of its sibling. */
  readonly name: string;
  /** Size of what is sent, in bytes: that of the sibling when it is sent. */
  readonly size: number;
  readonly mtimeMs: number | null;
  readonly coding?: "gzip";
  /** Whether another Accept-Encoding might have led to another form. */
  readonly varies: boolean;
}

/** A name and a value, ready to be sent. */
export type Field = readonly [name: string, value: string];

/** What to answer. */
export interface Plan {
  readonly status: 200 | 206 | 304 | 416;
  /** All fields but Date and those of the connection; Content-Length is in them for 200 and 206. */
  readonly fields: readonly Field[];
  /** Where in the file the body begins. */
  readonly offset: number;
  /** Bytes of the body; 0 when the file need not be opened. */
  readonly count: number;
}

/** What a folder of files answers to, for the Allow field. */
export const ALLOWED_METHODS = "GET, HEAD, OPTIONS";

const VARY: Field = ["Vary", "Accept-Encoding"];

/** Decides the answer; `nowMs` is the time of the response. */
export function planFile(
  method: "GET" | "HEAD",
  fields: RequestFields,
  file: Representation,
  nowMs: number,
): Plan {
  const validators = validatorsOf(file);
  if (evaluatePreconditions(fields, validators, nowMs) === "not-modified") {
    return { status: 304, fields: notModifiedFields(file, validators), offset: 0, count: 0 };
  }
  const range = method === "GET" ? rangeOf(fields, file.size, validators, nowMs) : "whole";
  if (range === "unsatisfiable") {
    const contentRange: Field = ["Content-Range", `bytes */${file.size}`];
    return { status: 416, fields: withVary([contentRange], file), offset: 0, count: 0 };
  }
  const part = range === "whole" ? { offset: 0, count: file.size } : range;
  const sent = contentFields(file, validators, part.count, nowMs);
  if (range !== "whole") {
    const last = part.offset + part.count - 1;
    sent.push(["Content-Range", `bytes ${part.offset}-${last}/${file.size}`]);
  }
  return {
    status: range === "whole" ? 200 : 206,
    fields: sent,
    offset: part.offset,
    count: method === "GET" ? part.count : 0,
  };
}

function validatorsOf(file: Representation): Validators {
  if (file.mtimeMs === null) return {};
  return { etag: makeEtag(file.size, file.mtimeMs, file.coding), mtimeMs: file.mtimeMs };
}

function rangeOf(
  fields: RequestFields,
  size: number,
  validators: Validators,
  nowMs: number,
): ByteRange | "whole" | "unsatisfiable" {
  const range = fields["range"];
  if (range === undefined) return "whole";
  const ifRange = fields["if-range"];
  if (ifRange !== undefined && !evaluateIfRange(ifRange, validators, nowMs)) return "whole";
  return parseRange(range, size);
}

function contentFields(
  file: Representation,
  { etag, mtimeMs }: Validators,
  count: number,
  nowMs: number,
): Field[] {
  const fields: Field[] = [
    ["Content-Type", mediaType(file.name)],
    ["Content-Length", String(count)],
    ["Accept-Ranges", "bytes"],
    // The type is decided by the name; without this a browser may decide otherwise by the bytes.
    ["X-Content-Type-Options", "nosniff"],
  ];
  if (file.coding !== undefined) fields.push(["Content-Encoding", file.coding]);
  if (etag !== undefined) fields.push(["ETag", etag]);
  if (mtimeMs !== undefined) {
    // RFC 9110 8.8.2.1: never later than the response.
    fields.push(["Last-Modified", formatHttpDate(Math.min(mtimeMs, nowMs))]);
  }
  return withVary(fields, file);
}

// RFC 9110 15.4.5: what caches need, without the fields that describe the content they have.
function notModifiedFields(file: Representation, { etag }: Validators): Field[] {
  return withVary(etag === undefined ? [] : [["ETag", etag]], file);
}

function withVary(fields: Field[], file: Representation): Field[] {
  if (file.varies) fields.push(VARY);
  return fields;
}
