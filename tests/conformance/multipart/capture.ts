/**
 * The shape of a captured form, and how the tables of them write one.
 */

import { lines, type Part } from "./support.ts";

/** A body as somebody sends it. */
export interface Capture {
  /** Who sends it so. */
  from: string;
  contentType: string;
  /** A character per byte. */
  body: string;
  parts: Part[];
}

/** Bytes of a file that would trip a parser who takes any of them for text or for a delimiter. */
export const BINARY = "\x89PNG\r\n\x1a\n\0\xff\r\r\n--\r\n-\r\n\r\n";

/** The boundary is where `*` stands at the start of a line. */
export function capture(
  from: string,
  boundary: string,
  all: string[],
  parts: Part[],
  contentType = `multipart/form-data; boundary=${boundary}`,
): Capture {
  const body = lines(
    ...all.map((line) => line.startsWith("*") ? `--${boundary}${line.slice(1)}` : line),
  );
  return { from, contentType, body, parts };
}
