// What tells one state of a resource from another, kept beside a partial download, so that the rest of it
// is asked for only where it is certain to fit (RFC 9110 8.8, 13.1.5).

import { parseHttpDate } from "../../wire/http_date.ts";
import type { HeaderRecord } from "../../wire/headers.ts";

/** What is known about the source of a partial file. */
export interface Source {
  /** What was asked for; without user, password and fragment. */
  readonly url: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** When the response was made. */
  readonly date: string | undefined;
  /** Bytes of the whole, where that is known. */
  readonly length: number | undefined;
}

/** A URL as it may be kept and shown. */
export function publicUrl(url: string | URL): string {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  copy.hash = "";
  return copy.href;
}

/** What a response with the whole representation tells. */
export function sourceOf(url: string, headers: HeaderRecord): Source {
  const length = headers["content-length"] ?? "";
  return {
    url,
    etag: headers["etag"],
    lastModified: headers["last-modified"],
    date: headers["date"],
    length: /^\d{1,15}$/.test(length) ? Number(length) : undefined,
  };
}

/** As the file beside the partial one has it. */
export function formatSource(source: Source): string {
  return `${JSON.stringify(source, undefined, 2)}\n`;
}

/** Reads what `formatSource` wrote; undefined for anything else. */
export function parseSource(text: string): Source | undefined {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // cut in the middle, or not ours: there is nothing to go on with
  }
  const { url, etag, lastModified, date, length } = value ?? {};
  const isText = (it: unknown): it is string | undefined => {
    return it === undefined || typeof it === "string";
  };
  if (typeof url !== "string" || !isText(etag) || !isText(lastModified) || !isText(date)) {
    return undefined;
  }
  if (length !== undefined && !(Number.isSafeInteger(length) && length as number >= 0)) {
    return undefined;
  }
  return { url, etag, lastModified, date, length: length as number | undefined };
}

const STRONG_TAG = /^"[\x21\x23-\x7e\x80-\xff]*"$/;

/**
 * The value for If-Range; undefined when there is none that is strong: a strong entity tag or, only where
 * there is no tag at all, a Last-Modified at least a second before Date (RFC 9110 8.8.2.2, 13.1.5).
 */
export function ifRange(
  { etag, lastModified, date }: Source,
  nowMs: number = Date.now(),
): string | undefined {
  if (etag !== undefined) return STRONG_TAG.test(etag) ? etag : undefined;
  if (lastModified === undefined || date === undefined) return undefined;
  const [madeMs, changedMs] = [parseHttpDate(date, nowMs), parseHttpDate(lastModified, nowMs)];
  if (madeMs === undefined || changedMs === undefined) return undefined;
  return madeMs - changedMs >= 1000 ? lastModified : undefined;
}
