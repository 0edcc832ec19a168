// Turns the raw path of a request into a path that is safe to append to a folder, or into the status
// that refuses it. Percent escapes are decoded once, here and nowhere else; whoever routes and whoever
// opens files share the value. 400 is for what no client sends in good faith (bad escapes, controls,
// hidden separators, `..` and most `.`), 404 for names that are never served. What of that depends on the folder
// is a PathPolicy; what else a folder hides is its own matter.

declare const safe: unique symbol;

/** A decoded path inside a folder; only {@linkcode parseSafePath} makes one. */
export interface SafePath {
  /** Decoded segments joined with `/`, without a slash at either end; empty for the folder itself. */
  readonly relative: string;
  /** Whether the request path ended in a slash. */
  readonly folder: boolean;
  readonly [safe]: true;
}

/** What depends on the folder that a path is for. */
export interface PathPolicy {
  /** Whether names that Windows gives a meaning of its own are refused. Default: false. */
  readonly windows?: boolean;
  /** Whether names may begin with a dot. Default: false, but for `.well-known` at the top. */
  readonly dotfiles?: boolean;
}

/** Longest name of one file or folder, in bytes of UTF-8: what common file systems allow. */
const MAX_SEGMENT_BYTES = 255;

// Most paths need no decoding and no further look: plain names, none of which starts with a dot.
const PLAIN = /^(?:\/[\w-][\w.-]{0,254})+\/?$/;
// What may stand in a path: visible ASCII without `#`, `?` and the backslash.
const ALLOWED = /^\/[\x21\x22\x24-\x3e\x40-\x5b\x5d-\x7e]*$/;
// Escapes that would add a separator or a control character: C0, DEL, "/" and "\".
const HIDDEN = /%(?:[01][0-9a-f]|7f|2f|5c)/i;
// What stays where it is, on the way to something (RFC 3986 section 5.2.4): apt asks flat archives for `/./Packages`.
const HERE = /(?:\/\.)+(?=\/)/g;
// Names that no path has a segment for.
// deno-lint-ignore no-control-regex
const UNSPEAKABLE = /^\.{1,2}$|[\0-\x1f\x7f/\\]/;
// Names that Windows reads as something else: streams, wildcards, 8.3 aliases, devices, trimmed ends.
const WINDOWS_SPECIAL =
  /[:*?"<>|]|[. ]$|~\d|^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i;

/** The raw request path of names, one in the other: what `parseSafePath` reads. */
export function rawPathOf(names: readonly string[], isFolder = false): string {
  return `/${names.map((name) => encodeURIComponent(name)).join("/")}${isFolder ? "/" : ""}`;
}

/** Reads a raw request path: undecoded, starting with `/`, the query already cut off. */
export function parseSafePath(rawPath: string, policy: PathPolicy = {}): SafePath | 400 | 404 {
  if (policy.windows !== true && PLAIN.test(rawPath)) {
    const folder = rawPath.endsWith("/");
    return make(rawPath.slice(1, folder ? -1 : undefined), folder);
  }
  if (!ALLOWED.test(rawPath) || HIDDEN.test(rawPath)) return 400;
  const decoded = decode(rawPath.replace(HERE, ""));
  if (decoded === undefined) return 400;

  const segments = decoded.slice(1).split("/");
  // A dot segment is worse than a missing name, so it is looked for first.
  if (segments.some((segment) => segment === "." || segment === "..")) return 400;
  const folder = segments.at(-1) === "";
  if (folder) segments.pop();
  for (let at = 0; at < segments.length; at++) {
    if (!mayBeNamed(segments[at], at, policy)) return 404;
  }
  return make(segments.join("/"), folder);
}

/** Whether a path may name what is called so in a folder: in the one at the top if `isTop`. */
export function mayBeAskedFor(name: string, isTop: boolean, policy: PathPolicy): boolean {
  return isSpeakable(name) && mayBeNamed(name, isTop ? 0 : 1, policy);
}

/** Whether a path can have a segment for this name at all, whatever the folder. */
export function isSpeakable(name: string): boolean {
  return !UNSPEAKABLE.test(name) && name.isWellFormed();
}

function make(relative: string, folder: boolean): SafePath {
  return { relative, folder } as SafePath;
}

function decode(rawPath: string): string | undefined {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    // URIError: an invalid escape, or bytes that are not UTF-8.
    return undefined;
  }
}

function mayBeNamed(segment: string, at: number, policy: PathPolicy): boolean {
  if (segment === "") return false;
  // RFC 8615: well-known resources live at the top of a site.
  const isWellKnown = at === 0 && segment === ".well-known";
  if (segment.startsWith(".") && !isWellKnown && policy.dotfiles !== true) return false;
  if (policy.windows === true && WINDOWS_SPECIAL.test(segment)) return false;
  return fits(segment);
}

function fits(segment: string): boolean {
  if (segment.length * 3 <= MAX_SEGMENT_BYTES) return true;
  return new TextEncoder().encode(segment).length <= MAX_SEGMENT_BYTES;
}
