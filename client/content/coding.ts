// The content codings that the client can undo (RFC 9110 8.4.1, RFC 7932, RFC 8878), by name. Pure.

import { HttpError } from "../../wire/errors.ts";
import { listElements } from "../../wire/headers.ts";

/** A content coding. */
export type Coding = "gzip" | "deflate" | "br" | "zstd";

/** Value of `Accept-Encoding` that asks for what can be undone. */
export const ACCEPT_ENCODING = "gzip, br, zstd, deflate";

/** Each coding costs memory and time; nobody needs even two. */
const MAX_CODINGS = 5;

const BY_NAME = new Map<string, Coding | undefined>([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
  ["identity", undefined],
]);

/**
 * The codings that a `Content-Encoding` names, in the order in which they were applied; undefined when
 * there is nothing to undo. Throws HttpError `bad_content` for unknown and for too many ones.
 */
export function contentCodings(value: string | undefined): Coding[] | undefined {
  if (value === undefined) return undefined;
  const codings: Coding[] = [];
  for (const name of listElements(value)) {
    if (!BY_NAME.has(name)) throw badContent(`the coding "${name}" is unknown`);
    const coding = BY_NAME.get(name);
    if (coding !== undefined) codings.push(coding);
  }
  if (codings.length > MAX_CODINGS) {
    throw badContent(`"${value}" names more than ${MAX_CODINGS} codings`);
  }
  return codings.length === 0 ? undefined : codings;
}

/** Whether every coding that a `Content-Encoding` names can be undone. */
export function isDecodable(value: string): boolean {
  return listElements(value).every((name) => BY_NAME.has(name));
}

/** An error about a body that cannot be decoded. */
export function badContent(why: string, cause?: unknown): HttpError {
  return new HttpError(`Cannot decode body: ${why}`, { code: "bad_content", status: 502, cause });
}
