// Whether and how a response is compressed on its way out: the decision and what it does to the fields, both
// pure, and the compression of the body. The conditions are those of the runtime's own `automaticCompression`,
// but for three: media types are compared without regard to case, `no-transform` too, and a response that would
// have been compressed for another client says so (RFC 9110 12.5.5).

import { acceptsEncodings } from "@std/http/negotiation";
import { BoundedMap } from "../files/bounded_map.ts";
import { listElements } from "../../wire/headers.ts";
import { compressStream } from "../compress_stream.ts";

/** A content coding that is made here. */
export type MadeCoding = "gzip" | "br";

/** Bodies that are known to be shorter are left alone, in bytes. */
const MIN_BYTES = 64;

/**
 * Types whose content mostly becomes shorter. Not events: they are small, and what is on their way would have to
 * unpack each at once.
 */
const COMPRESSIBLE = new RegExp(
  "^(?:" + [
    "text/(?!event-stream(?:[ \\t;]|$))[^;]+",
    "application/(?:json|jsonl|x?-?ndjson|javascript|ecmascript|xml|xml-dtd|wasm|yaml|toml|graphql|sql|rtf)",
    "application/(?:x-javascript|x-sh|x-www-form-urlencoded|tar|x-tar|vnd\\.ms-fontobject)",
    "font/(?:ttf|otf)",
    "image/(?:bmp|x-ms-bmp|x-icon|vnd\\.microsoft\\.icon)",
    "[^/]+/[^;]+\\+(?:json|xml|text)",
  ].join("|") + ")[ \\t]*(?:;|$)",
  "i",
);

/** What describes the content as it was before; nor can ranges of it be asked for. */
const DROPPED = ["content-length", "accept-ranges", "content-md5", "content-digest", "repr-digest"];

// A client that lists more than this has no need of it.
const MAX_FIELD_LENGTH = 1024;
const PRINTABLE = /^[\t\x20-\x7e]*$/;
const choices = new BoundedMap<MadeCoding | undefined>(256, 128);

/** The coding that a client likes best, by its Accept-Encoding; `undefined` for none. Of equal ones it is `br`. */
export function chooseCoding(acceptEncoding: string | null): MadeCoding | undefined {
  if (acceptEncoding === null || acceptEncoding.length > MAX_FIELD_LENGTH) return undefined;
  return choices.get(acceptEncoding, negotiate);
}

function negotiate(acceptEncoding: string): MadeCoding | undefined {
  if (acceptEncoding.trim() === "" || !PRINTABLE.test(acceptEncoding)) return undefined;
  // The library takes the first of equal ones, and `q` in lower case only.
  const wishes = acceptEncoding.toLowerCase().split(",");
  const isBrotli = (wish: string): boolean => /^\s*br\s*(?:;|$)/.test(wish);
  const sorted = [...wishes.filter(isBrotli), ...wishes.filter((wish) => !isBrotli(wish))];
  const headers = new Headers({ "accept-encoding": sorted.join(",") });
  const chosen = acceptsEncodings({ headers } as Request, "br", "gzip", "identity");
  return chosen === "br" || chosen === "gzip" ? chosen : undefined;
}

/**
 * Whether a response may be compressed for clients that want it: by its status, its fields, and the length of its
 * body, if that is known.
 */
export function isCompressible(
  status: number,
  headers: Pick<Headers, "get">,
  length: number | undefined,
): boolean {
  // A part is one of the content that was asked for, byte for byte.
  if (status < 200 || status === 204 || status === 205 || status === 206 || status === 304) {
    return false;
  }
  const known = length ?? Number(headers.get("content-length") ?? Infinity);
  return known >= MIN_BYTES && COMPRESSIBLE.test(headers.get("content-type") ?? "") &&
    headers.get("content-encoding") === null && headers.get("content-range") === null &&
    !forbidsTransforming(headers.get("cache-control"));
}

/** RFC 9111 5.2.2.6. */
function forbidsTransforming(cacheControl: string | null): boolean {
  return cacheControl !== null && listElements(cacheControl).includes("no-transform");
}

/** The fields of a compressible response: as they are sent with that coding, or without one. */
export function fieldsWithCoding(headers: Headers, coding: MadeCoding | undefined): Headers {
  const fields = new Headers(headers);
  addVary(fields);
  if (coding === undefined) return fields;
  fields.set("content-encoding", coding);
  for (const name of DROPPED) fields.delete(name);
  const etag = fields.get("etag");
  // Not the same bytes any more, but the same content (RFC 9110 8.8.1).
  if (etag !== null && !etag.startsWith("W/")) fields.set("etag", `W/${etag}`);
  return fields;
}

function addVary(fields: Headers): void {
  const names = listElements(fields.get("vary") ?? "");
  if (!names.includes("*") && !names.includes("accept-encoding")) {
    fields.append("vary", "Accept-Encoding");
  }
}

/** The body in that coding. What arrives leaves at once: a stream is not held up. */
export function compressBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  coding: MadeCoding,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return compressStream(body, coding, true);
}
