// The rules of RFC 6265bis that tough-cookie leaves to others: limits on size and lifetime, prefixes in any case,
// hosts that are public suffixes, and that an insecure answer does not replace a secure cookie. Pure.

import { Cookie, domainMatch, getPublicSuffix, pathMatch } from "tough-cookie";
import { isFieldValue } from "../../wire/headers.ts";

/** Longest name and value together, and longest value of an attribute (RFC 6265bis 5.6, 5.7). */
const MAX_BYTES = 4096;
const MAX_ATTRIBUTE_BYTES = 1024;
/** RFC 6265bis 5.5: 400 days. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/** The cookie of a Set-Cookie field; undefined when it is malformed. Nothing in it can break a head. */
export function parseCookie(text: string): Cookie | undefined {
  return isFieldValue(text) ? Cookie.parse(text) : undefined;
}

/** Whether a cookie may be stored; corrects what is to be corrected rather than refused. */
export function applyRules(cookie: Cookie, from: URL, nowMs: number): boolean {
  if (cookie.key.length + cookie.value.length > MAX_BYTES) return false;
  if ((cookie.path?.length ?? 0) > MAX_ATTRIBUTE_BYTES) cookie.path = null;
  if ((cookie.domain?.length ?? 0) > MAX_ATTRIBUTE_BYTES) cookie.domain = null;
  if (cookie.secure && from.protocol !== "https:") return false;
  const name = cookie.key.toLowerCase();
  if (/^__(?:secure|host)-/.test(name) && !cookie.secure) return false;
  if (name.startsWith("__host-") && (cookie.domain !== null || cookie.path !== "/")) return false;
  // The host may be a public suffix itself: such a cookie is for it alone.
  if (cookie.domain === from.hostname && !hasSite(from.hostname)) cookie.domain = null;
  limitLifetime(cookie, nowMs);
  return true;
}

/** Whether a cookie from an insecure answer would replace or hide a secure one that is stored. */
export function hidesSecure(cookie: Cookie, from: URL, stored: readonly Cookie[]): boolean {
  const domain = cookie.domain ?? from.hostname;
  const path = cookie.path ?? defaultPath(from.pathname);
  return stored.some((other) =>
    other.secure && other.key === cookie.key && pathMatch(path, other.path ?? "/") &&
    (domainMatch(domain, other.domain!) || domainMatch(other.domain!, domain))
  );
}

/** Whether a cookie may be sent and found: a saved one may come from anywhere. */
export function isSound({ key, value, domain, path }: Cookie): boolean {
  return typeof key === "string" && typeof value === "string" && !/[=;]/.test(key) &&
    !value.includes(";") && isFieldValue(`${key}=${value}`) && key !== "" &&
    key.length + value.length <= MAX_BYTES && typeof domain === "string" && domain !== "" &&
    typeof path === "string" && path.startsWith("/");
}

/** Whether a name is below a public suffix; the one and only label of `localhost` counts too. */
function hasSite(host: string): boolean {
  return getPublicSuffix(host, { allowSpecialUseDomain: true, ignoreError: true }) !== undefined;
}

/** Makes the end of a cookie a fixed point in time, at most 400 days ahead (RFC 6265bis 5.5, 5.7). */
function limitLifetime(cookie: Cookie, nowMs: number): void {
  const { maxAge, expires } = cookie;
  const latestMs = nowMs + MAX_AGE_SECONDS * 1000;
  if (maxAge !== null) {
    // Max-Age wins over Expires; tough-cookie would count it from the last use.
    const seconds = typeof maxAge === "number" ? maxAge : maxAge === "Infinity" ? Infinity : 0;
    cookie.expires = new Date(seconds <= 0 ? 0 : Math.min(nowMs + seconds * 1000, latestMs));
    cookie.maxAge = null;
  } else if (expires instanceof Date && expires.getTime() > latestMs) {
    cookie.expires = new Date(latestMs);
  }
}

/** RFC 6265bis 5.1.4. */
function defaultPath(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}
