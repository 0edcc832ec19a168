// Parts as a stream and as an async iterable, over a body that is a stream itself.

import { ByteSource, type MultipartBody } from "./parse/byte_source.ts";
import { readMultipartType } from "./parse/content_type.ts";
import { checkLimit, type MultipartLimits, resolveLimits } from "./parse/limits.ts";
import type { MultipartPart } from "./parse/part.ts";
import { PartReader } from "./parse/part_reader.ts";
import { PullStream } from "./parse/pull_stream.ts";
import { Scanner } from "./parse/scanner.ts";

/** Options of {@linkcode parseMultipart}. */
export interface MultipartOptions extends MultipartLimits {
  /**
   * Most bytes that `bytes()` and `text()` of a part collect. Default: 1 MiB. Does not limit what is read
   * as `body`. Beyond it: LimitError, status 413.
   */
  maxFieldBytes?: number;
  /** Ends the reading: whoever waits gets its reason as the error, and the source is cancelled with it. */
  signal?: AbortSignal;
}

const MAX_FIELD_BYTES = 1024 * 1024;

/**
 * The parts of a multipart body, in order. They can be iterated everywhere, also where the platform's own
 * streams cannot.
 */
export type MultipartStream = ReadableStream<MultipartPart> & AsyncIterable<MultipartPart>;

/**
 * Reads a multipart body part by part, in constant memory, from whatever gives bytes: a request, a
 * response, a file, an array of chunks. Nothing is read before it is asked for.
 *
 * What is left of a part is skipped when the next one is asked for; leaving the loop, or cancelling the
 * stream, cancels the source. After the last part the source is read to its end.
 *
 * @param body The body: a stream, bytes, or what iterates over chunks of bytes. A chunk with a buffer of its
 * own is not copied: pieces of it are handed out. null stands for no bytes at all.
 * @param boundaryOrContentType The boundary, or the Content-Type that names it, as it comes from a field:
 * null for none. What looks like `type/subtype` is a Content-Type. A body of the type `multipart/form-data`, and one of which only the boundary is given, is
 * held to RFC 7578: each part must be form-data and have a name. Parts of all others need neither.
 * @param options Limits, and a signal.
 * @returns The parts, as a stream and for `for await`. Reading them throws a MultipartError when the body
 * is malformed or cut, a LimitError when it exceeds a limit, and what the source throws.
 * @throws {MultipartError} When it names no boundary; with status 415 when it is not multipart.
 * @throws {RangeError} When a limit is not a whole number.
 * @throws {TypeError} When the body is nothing that gives bytes, or is being read already, or when there is no
 * option of a name.
 *
 * @example Fields as text, files as streams
 * ```ts
 * import { parseMultipart } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * const form = new FormData();
 * form.append("title", "Sunset");
 * form.append("photo", new File(["0123456789"], "sunset.jpg", { type: "image/jpeg" }));
 * const request = new Request("http://localhost/", { method: "POST", body: form });
 *
 * const seen: unknown[] = [];
 * for await (const part of parseMultipart(request.body, request.headers.get("Content-Type"))) {
 *   if (part.filename === undefined) {
 *     seen.push([part.name, await part.text()]);
 *   } else {
 *     let size = 0;
 *     for await (const chunk of part.body) size += chunk.length;
 *     seen.push([part.name, part.filename, part.contentType, size]);
 *   }
 * }
 * assertEquals(seen, [["title", "Sunset"], ["photo", "sunset.jpg", "image/jpeg", 10]]);
 * ```
 */
export function parseMultipart(
  body: MultipartBody,
  boundaryOrContentType: string | null | undefined,
  options: MultipartOptions = {},
): MultipartStream {
  const limits = resolveLimits(options, ["maxFieldBytes", "signal"]);
  const scanner = new Scanner(readMultipartType(boundaryOrContentType), limits);
  const max = checkLimit("maxFieldBytes", options.maxFieldBytes, MAX_FIELD_BYTES);
  const reader = new PartReader(scanner, new ByteSource(body, options.signal), max);
  return new PullStream<MultipartPart>(reader, (fail) => reader.failStream = fail);
}
