// Decides the answer to a GET or HEAD for a file before the file is opened: conditions and ranges (RFC 9110 13.2.2),
// and the fields that go with each status.

import { randomBoundary } from "../../multipart/boundary.ts";
import { formatHttpDate } from "../../wire/http_date.ts";
import type { ByteRange } from "./byte_ranges.ts";
import {
  type CurrentRepresentation,
  evaluatePreconditions,
  type RequestFields,
} from "./conditional.ts";
import { codedEtag, makeEtag } from "./etag.ts";
import type { Coding, Field, Representation } from "./file_source.ts";
import { mediaType } from "./media_type.ts";
import { contentRange, multipartBody, type Piece } from "./multipart_ranges.ts";

/** What to answer. */
export interface Plan {
  readonly status: 200 | 206 | 304 | 404 | 412 | 416;
  /** All fields but Date and those of the connection; Content-Length is in them where it is known. */
  readonly fields: readonly Field[];
  /** Where in the file the body begins. */
  readonly offset: number;
  /** Bytes of the body; 0 when the file need not be opened, Infinity when it is to be compressed. */
  readonly count: number;
  /** The body, where it is more than one part of the file. */
  readonly pieces?: readonly Piece[];
  /** What the body is to be compressed with. */
  readonly compress?: Coding;
}

/** What a folder of files answers to, for the Allow field. */
export const ALLOWED_METHODS = "GET, HEAD, OPTIONS";

/** A representation, and what is known of it. */
interface Form {
  readonly file: Representation;
  readonly etag: string | undefined;
  /** The coding it is compressed with on the way. */
  readonly compress: Coding | undefined;
}

/** Decides the answer; `nowMs` is the time of the response. */
export function planFile(
  method: "GET" | "HEAD",
  fields: RequestFields,
  file: Representation,
  nowMs: number,
): Plan {
  const asksForRange = method === "GET" && fields["range"] !== undefined;
  const form = formOf(file, asksForRange);
  if (file.status !== undefined) return planWhole(method, file.status, form, nowMs);
  const current = currentOf(form, asksForRange);
  const verdict = evaluatePreconditions({ method, headers: fields }, current, nowMs);
  switch (verdict.status) {
    case 200:
      return planWhole(method, 200, form, nowMs);
    case 206:
      return planRanges(verdict.ranges, form, nowMs);
    case 304:
      return withoutBody(304, notModifiedFields(form));
    case 412:
      return withoutBody(412, withVary([], file));
    case 416:
      return withoutBody(416, withVary([["Content-Range", `bytes */${file.size}`]], file));
  }
}

function formOf(file: Representation, asksForRange: boolean): Form {
  const { size, mtimeMs, coding, status } = file;
  const compress = size > 0 && (!asksForRange || status !== undefined) ? file.compress : undefined;
  const stored = file.etag ?? (mtimeMs === null ? undefined : makeEtag(size, mtimeMs, coding));
  const etag = stored === undefined || compress === undefined
    ? stored
    : codedEtag(stored, compress);
  return { file, etag, compress };
}

function typeOf({ mediaType: given, name }: Representation): string {
  return given ?? mediaType(name);
}

function currentOf({ file, etag, compress }: Form, asksForRange: boolean): CurrentRepresentation {
  const lastModified = file.mtimeMs ?? undefined;
  // Of what is compressed on the way nobody knows how long it will be.
  if (!asksForRange || compress !== undefined) return { etag, lastModified };
  return { etag, lastModified, size: file.size, contentType: typeOf(file) };
}

function planWhole(method: "GET" | "HEAD", status: 200 | 404, form: Form, nowMs: number): Plan {
  const { file, compress } = form;
  const fields: Field[] = [["Content-Type", typeOf(file)]];
  if (compress === undefined) fields.push(["Content-Length", String(file.size)]);
  if (status === 200) putValidators(fields, form, nowMs);
  putCoding(fields, form);
  if (method === "GET" && compress !== undefined) {
    return { status, fields: withOwn(fields, file), offset: 0, count: Infinity, compress };
  }
  const count = method === "GET" ? file.size : 0;
  return { status, fields: withOwn(fields, file), offset: 0, count };
}

function planRanges(ranges: readonly ByteRange[], form: Form, nowMs: number): Plan {
  const { file } = form;
  const type = typeOf(file);
  const [only] = ranges;
  if (ranges.length === 1) {
    const { offset, count } = only!;
    const fields: Field[] = [["Content-Type", type], ["Content-Length", String(count)]];
    putValidators(fields, form, nowMs);
    putCoding(fields, form);
    fields.push(["Content-Range", contentRange(only!, file.size)]);
    return { status: 206, fields: withOwn(fields, file), offset, count };
  }
  // A Content-Encoding would be said of the multipart body, which is not coded; so there are no parts of what is.
  if (file.coding !== undefined) return planWhole("GET", 200, form, nowMs);
  const body = multipartBody(ranges, file.size, type, randomBoundary());
  const count = body.contentLength;
  const fields: Field[] = [["Content-Type", body.contentType], ["Content-Length", String(count)]];
  putValidators(fields, form, nowMs);
  putCoding(fields, form);
  return { status: 206, fields: withOwn(fields, file), offset: 0, count, pieces: body.pieces };
}

function withoutBody(status: 304 | 412 | 416, fields: readonly Field[]): Plan {
  return { status, fields, offset: 0, count: 0 };
}

/** What the content can be recognized by. */
function putValidators(fields: Field[], { file, etag, compress }: Form, nowMs: number): void {
  const { mtimeMs } = file;
  if (compress === undefined) fields.push(["Accept-Ranges", "bytes"]);
  if (etag !== undefined) fields.push(["ETag", etag]);
  // RFC 9110 8.8.2.1: never later than the response.
  if (mtimeMs !== null) {
    fields.push(["Last-Modified", formatHttpDate(Math.min(mtimeMs, nowMs))]);
  }
}

function putCoding(fields: Field[], { file, compress }: Form): void {
  // The type is decided by the name; without this a browser may decide otherwise by the bytes.
  fields.push(["X-Content-Type-Options", "nosniff"]);
  const coding = compress ?? file.coding;
  if (coding !== undefined) fields.push(["Content-Encoding", coding]);
}

/**
 * RFC 9110 15.4.5: what caches need, without the fields that describe the content they have. What has a time of change
 * has a tag, so that Last-Modified is not needed, either.
 */
function notModifiedFields({ file, etag }: Form): readonly Field[] {
  return withOwn(etag === undefined ? [] : [["ETag", etag]], file);
}

function withVary(fields: Field[], file: Representation): Field[] {
  if (file.varies) fields.push(["Vary", "Accept-Encoding"]);
  return fields;
}

/** What is true of the answer, whatever a folder would have said of it. */
const FIXED = new Set(
  [
    "content-type",
    "content-length",
    "content-range",
    "content-encoding",
    "accept-ranges",
    "etag",
    "last-modified",
  ],
);

/** The fields with those of the folder, which take the place of ours; what the answer varies by is put together. */
function withOwn(fields: Field[], file: Representation): readonly Field[] {
  const own = file.fields;
  if (own === undefined || own.length === 0) return withVary(fields, file);
  const all = new Map<string, Field>();
  for (const field of withVary(fields, file)) all.set(field[0].toLowerCase(), field);
  for (const field of own) {
    const key = field[0].toLowerCase();
    const ours = all.get(key);
    if (ours === undefined || key !== "vary") {
      if (!FIXED.has(key)) all.set(key, field);
    } else if (!/(?:^|,)[\t ]*(?:\*|accept-encoding)[\t ]*(?:,|$)/i.test(field[1])) {
      all.set(key, [ours[0], `${field[1]}, ${ours[1]}`]);
    } else {
      all.set(key, field);
    }
  }
  return [...all.values()];
}
