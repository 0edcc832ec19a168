// What a redirect asks for next, by the rules of the Fetch standard (HTTP-redirect fetch) with two additions: to
// another origin only a list of harmless fields goes along, and https does not lead to http. Pure.

import { latin1ToUtf8 } from "../../wire/bytes.ts";
import { HttpError } from "../../wire/errors.ts";
import type { RawHeader } from "../../wire/headers.ts";
import { isBlockedPort } from "./blocked_ports.ts";

/** A request, as far as redirects change it. */
export interface Hop<Body extends { readonly replayable: boolean }> {
  readonly method: string;
  readonly url: URL;
  readonly fields: readonly RawHeader[];
  readonly body: Body | undefined;
}

/** What is done about redirects. */
export interface RedirectRules {
  readonly mode: "manual" | "follow" | "error";
  /** Most that are followed. */
  readonly maxRedirects: number;
  /** Names of fields that another origin may see, besides those that any may see. */
  readonly crossOriginHeaders: readonly string[];
  /** Whether https may lead to http. */
  readonly allowDowngrade: boolean;
  /** Whether the ports that the Fetch standard blocks are refused. */
  readonly blocksPorts?: boolean;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The fields that any origin may see: what is accepted, what the body is, and conditions and ranges. The last
 * are kept since without them a request would mean something else: a PUT would overwrite what it was not
 * to, a rest of a file would be taken from another version.
 */
const HARMLESS = new Set([
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "expect",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "pragma",
  "range",
  "transfer-encoding",
  "user-agent",
]);

/** Fields that go with the body, besides those that begin with `content-`. */
const OF_BODY = new Set(["transfer-encoding", "trailer", "expect", "digest", "repr-digest"]);

/**
 * The request that a response with a status and Location asks for, or undefined when the response is to be
 * delivered; with the mode "manual" nobody asks. `count`: redirects that were followed before. Location is
 * latin1 text, a character for each byte. Throws HttpError `redirect` when the redirect is not to be followed.
 */
export function followRedirect<Body extends { readonly replayable: boolean }>(
  from: Hop<Body>,
  status: number,
  location: string | undefined,
  count: number,
  rules: RedirectRules,
): Hop<Body> | undefined {
  if (!REDIRECTS.has(status)) return undefined;
  if (rules.mode === "error") refuse(`the server answered ${status}, and "redirect" is "error"`);
  if (location === undefined) return undefined;
  const url = resolve(location, from.url);
  if (count >= rules.maxRedirects) refuse(`more than ${rules.maxRedirects} by "maxRedirects"`);
  checkUrl(url, from.url, rules);

  const becomesGet = status === 303
    ? from.method !== "GET" && from.method !== "HEAD"
    : from.method === "POST" && (status === 301 || status === 302);
  if (!becomesGet && from.body?.replayable === false) {
    refuse(`the server answered ${status}, and the body cannot be sent again`);
  }
  const goesElsewhere = url.origin !== from.url.origin;
  const allowed = new Set(rules.crossOriginHeaders.map((name) => name.toLowerCase()));
  const fields = from.fields.filter(([spelled]) => {
    const name = spelled.toLowerCase();
    if (becomesGet && (name.startsWith("content-") || OF_BODY.has(name))) return false;
    return !goesElsewhere || HARMLESS.has(name) || allowed.has(name);
  });
  return {
    method: becomesGet ? "GET" : from.method,
    url,
    fields,
    body: becomesGet ? undefined : from.body,
  };
}

function resolve(location: string, base: URL): URL {
  let url: URL;
  try {
    url = new URL(toText(location), base);
  } catch {
    refuse(`Location ${JSON.stringify(location.slice(0, 200))} is not a URL`);
  }
  // The fragment goes along, unless Location has its own, perhaps an empty one (RFC 9110 10.2.2).
  if (!url.href.includes("#")) url.hash = base.hash;
  return url;
}

function checkUrl(url: URL, from: URL, { allowDowngrade, blocksPorts }: RedirectRules): void {
  if (from.protocol === "ws:" || from.protocol === "wss:") {
    refuse("a WebSocket handshake is not redirected");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    refuse(`its scheme is "${url.protocol.slice(0, -1)}", not http or https`);
  }
  if (from.protocol === "https:" && url.protocol === "http:" && !allowDowngrade) {
    refuse(`it leads from https to "${url.origin}"; "allowDowngrade" would allow it`);
  }
  if (blocksPorts && isBlockedPort(Number(url.port || NaN))) {
    refuse(`port ${url.port} is one that the Fetch standard blocks`);
  }
  // One server must not choose the user as whom the client talks to another.
  if (url.origin !== from.origin && (url.username !== "" || url.password !== "")) {
    refuse(`it leads to "${url.origin}" with a user or password`);
  }
}

/** Location as text: UTF-8 as browsers have it, or else with the bytes percent-encoded as they are. */
function toText(location: string): string {
  try {
    return latin1ToUtf8(location);
  } catch {
    return location.replace(
      /[\x80-\xff]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  }
}

function refuse(why: string): never {
  throw new HttpError(`Cannot follow redirect: ${why}`, { code: "redirect", status: 502 });
}
