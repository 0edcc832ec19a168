// The URL of a request in the form of the standard (what `new URL` gives), put together without parsing it
// where its parts are plain.

import { ProtocolError } from "../../wire/errors.ts";

/** Origins by scheme and authority: a server mostly hears a few. */
const origins = new Map<string, string>();
const MAX_ORIGINS = 64;

/** Paths and queries that a URL keeps as they are, but for dot segments. */
const PLAIN = /^\/[\w\-.~!$&'()*+,;=:@%/]*(?:\?[\w\-.~!$&()*+,;=:@%/?]*)?$/;
/** A segment of a path that may be a dot segment, as such or escaped. */
const DOT_SEGMENT = /\/(?:\.|%2e)/i;

/**
 * The URL of a request. `rawPath` is path and query as sent, a character per byte, `*`, or the authority of a
 * CONNECT. Throws a ProtocolError with status 400 where there is no such URL.
 */
export function requestUrl(scheme: "http" | "https", authority: string, rawPath: string): string {
  const origin = originOf(scheme, authority);
  if (PLAIN.test(rawPath) && !DOT_SEGMENT.test(rawPath)) return origin + rawPath;
  if (rawPath === "*") return `${origin}/*`;
  if (!rawPath.startsWith("/")) return `${origin}/`;
  return parse(origin + toUtf8(rawPath)).href;
}

function originOf(scheme: string, authority: string): string {
  const base = `${scheme}://${authority}`;
  let origin = origins.get(base);
  if (origin === undefined) {
    origin = parse(`${base}/`).origin;
    if (origins.size >= MAX_ORIGINS) origins.clear();
    origins.set(base, origin);
  }
  return origin;
}

function parse(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed !== null) return parsed;
  throw new ProtocolError("bad_target", `Cannot make a URL of "${url}"`);
}

/** Bytes above 0x7f are escaped as they are: a URL would take each for a character of its own. */
function toUtf8(rawPath: string): string {
  return rawPath.replace(
    /[\x80-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
