// Where in a site a folder is served: a prefix of paths, compared segment by segment with the path of a URL
// exactly as it was sent. Nothing is decoded or resolved here, so that parseSafePath sees every escape and
// every dot segment that a client sent; and what only looks like the prefix when decoded is not below it.

/** Path and query of a URL. */
export interface RawTarget {
  /** Begins with a slash. */
  readonly path: string;
  /** Begins with `?`, or is empty. */
  readonly query: string;
}

// Scheme and authority, then path, query and fragment (RFC 3986 appendix B).
const URL_PARTS = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?/;
const NOT_IN_URL = /[^\x21-\x7e]+/gu;
const PREFIX = /^(?:\/(?:[^/\\?#%]|%(?!2f|5c|[01]|7f)[0-9a-f]{2})+)*$/i;
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?=\/|$)/i;

/** The path and the query of a URL, as they stand there: `new URL` would resolve `..` and turn `\` into `/`. */
export function rawTargetOf(url: string): RawTarget {
  const [, path, query = ""] = URL_PARTS.exec(url)!;
  return { path: path === "" ? "/" : path!, query };
}

/**
 * The prefix as it stands in URLs: escaped, without a slash at its end, empty for a whole site. Throws TypeError
 * for what is no path.
 */
export function parsePrefix(prefix: unknown): string {
  if (typeof prefix !== "string") {
    throw new TypeError('Cannot serve files: option "prefix" is not a text');
  }
  if (prefix === "" || prefix === "/") return "";
  const path = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  // deno-lint-ignore no-control-regex
  if (!PREFIX.test(path) || DOT_SEGMENT.test(path) || /[\0-\x1f\x7f]/.test(path)) {
    throw new TypeError(
      `Cannot serve files: option "prefix" is ${
        JSON.stringify(prefix)
      }, not a path such as "/static"`,
    );
  }
  return path.toWellFormed().replace(NOT_IN_URL, encodeURIComponent);
}

/**
 * What of a path is below the prefix: begins with a slash, or is empty for the prefix itself. `undefined` for
 * paths elsewhere.
 */
export function pathBelow(prefix: string, path: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  return rest === "" || rest.startsWith("/") ? rest : undefined;
}
