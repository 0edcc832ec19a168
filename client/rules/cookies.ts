// A jar for cookies by RFC 6265bis: tough-cookie stores and matches them, and knows the public suffixes;
// `cookie_rules.ts` has the rules that it leaves to others, and here their number is limited.

import {
  Cookie,
  cookieCompare,
  type CookieJar as Jar,
  CookieJar as ToughJar,
  MemoryCookieStore,
  pathMatch,
} from "tough-cookie";
import { applyRules, hidesSecure, isSound, parseCookie } from "./cookie_rules.ts";

/** RFC 6265bis 6.1. */
const MAX_PER_DOMAIN = 50;
const MAX_COOKIES = 3000;

/** A host that is one name, such as those of a local network; not an address. */
const SINGLE_LABEL = /^[a-z0-9_-]*[a-z_-][a-z0-9_-]*$/;

/** The cookies of a {@linkcode CookieJar}, as JSON has them. */
export interface SavedCookies {
  /** One object for each cookie. */
  readonly cookies: readonly Record<string, unknown>[];
}

/**
 * The cookies that servers gave (RFC 6265bis), for the option `cookies` of any number of clients. Cookies
 * that break the rules are ignored, as are those for other sites and for whole public suffixes such as
 * `co.uk`; `Secure` ones go over https only. At most 50 are kept for a domain and 3,000 in all: those that
 * were not used for longest give way.
 *
 * @example Keep cookies from one run to the next
 * ```ts
 * import { CookieJar } from "@eco/http/client";
 * import { assertEquals } from "@std/assert";
 *
 * const jar = new CookieJar();
 * jar.store(new URL("https://example.com/"), ["session=1; Secure; Path=/"]);
 *
 * const saved = JSON.stringify(jar);
 * const again = CookieJar.fromJSON(JSON.parse(saved));
 * assertEquals(again.cookieHeader(new URL("https://example.com/account")), "session=1");
 * assertEquals(again.cookieHeader(new URL("http://example.com/account")), undefined);
 * ```
 */
export class CookieJar {
  readonly #store = new MemoryCookieStore();
  readonly #jar: Jar = new ToughJar(this.#store, {
    rejectPublicSuffixes: true,
    prefixSecurity: "strict",
    allowSecureOnLocal: false,
  });

  /**
   * The value of `Cookie` for a request (RFC 6265bis 5.8).
   *
   * @param url The URL that is asked for.
   * @returns The value, or undefined when there are no cookies for it.
   *
   * @example Cookies go to their path and below
   * ```ts
   * import { CookieJar } from "@eco/http/client";
   * import { assertEquals } from "@std/assert";
   *
   * const jar = new CookieJar();
   * jar.store(new URL("http://example.com/a/"), ["k=v; Path=/a"]);
   * assertEquals(jar.cookieHeader(new URL("http://example.com/a/b")), "k=v");
   * assertEquals(jar.cookieHeader(new URL("http://example.com/c")), undefined);
   * ```
   */
  cookieHeader(url: URL): string | undefined {
    const from = httpUrl(url);
    const cookies = SINGLE_LABEL.test(from.hostname)
      ? this.#ofHost(from)
      : this.#jar.getCookiesSync(from);
    return cookies.map((cookie) => cookie.cookieString()).join("; ") || undefined;
  }

  /** The cookies for a host without dots. tough-cookie looks for none there, and throws for some, as "test". */
  #ofHost({ hostname, pathname, protocol }: URL): Cookie[] {
    const nowMs = Date.now();
    const isFor = ({ domain, path, secure }: Cookie): boolean => {
      return domain === hostname && pathMatch(pathname, path ?? "/") &&
        (!secure || protocol === "https:");
    };
    const found = this.#all().filter((cookie) => isFor(cookie) && cookie.TTL(nowMs) > 0);
    for (const cookie of found) cookie.lastAccessed = new Date(nowMs);
    return found.sort(cookieCompare);
  }

  /**
   * Takes what a response says (RFC 6265bis 5.7). Cookies that break the rules are ignored.
   *
   * @param url The URL that answered.
   * @param setCookies The values of its `Set-Cookie` fields, as `ClientResponse.setCookies` has them.
   *
   * @example A cookie for somebody else's domain is ignored
   * ```ts
   * import { CookieJar } from "@eco/http/client";
   * import { assertEquals } from "@std/assert";
   *
   * const jar = new CookieJar();
   * const url = new URL("https://shop.example.com/");
   * jar.store(url, ["a=1; Domain=example.com", "b=2; Domain=bank.com"]);
   * assertEquals(jar.cookieHeader(url), "a=1");
   * ```
   */
  store(url: URL, setCookies: readonly string[]): void {
    const from = httpUrl(url);
    let isChanged = false;
    for (const text of setCookies) {
      const cookie = parseCookie(text);
      if (cookie === undefined || !applyRules(cookie, from, Date.now())) continue;
      if (from.protocol === "http:" && hidesSecure(cookie, from, this.#all())) continue;
      if (this.#jar.setCookieSync(cookie, from, { ignoreError: true })) isChanged = true;
    }
    if (isChanged) this.#evict(Date.now());
  }

  /**
   * What is in the jar, for `JSON.stringify` and `CookieJar.fromJSON`. It has the secrets of sessions.
   *
   * @returns The cookies, those without a lifetime too.
   *
   * @example How many there are
   * ```ts
   * import { CookieJar } from "@eco/http/client";
   * import { assertEquals } from "@std/assert";
   *
   * const jar = new CookieJar();
   * jar.store(new URL("https://example.com/"), ["a=1", "b=2; Max-Age=60"]);
   * assertEquals(jar.toJSON().cookies.length, 2);
   * ```
   */
  toJSON(): SavedCookies {
    return { cookies: this.#all().map((cookie) => ({ ...cookie.toJSON() })) };
  }

  /**
   * A jar with cookies that were saved.
   *
   * @param saved What `toJSON` returned, or `JSON.parse` made of it.
   * @returns The jar.
   * @throws {TypeError} When that is something else.
   *
   * @example A copy, which goes ways of its own
   * ```ts
   * import { CookieJar } from "@eco/http/client";
   * import { assertEquals } from "@std/assert";
   *
   * const url = new URL("https://example.com/");
   * const jar = new CookieJar();
   * jar.store(url, ["a=1"]);
   * const copy = CookieJar.fromJSON(jar.toJSON());
   * copy.store(url, ["a=2"]);
   * assertEquals([jar.cookieHeader(url), copy.cookieHeader(url)], ["a=1", "a=2"]);
   * ```
   */
  static fromJSON(saved: SavedCookies): CookieJar {
    const jar = new CookieJar();
    if (!Array.isArray(saved?.cookies)) refuse('no array "cookies"');
    for (const entry of saved.cookies) {
      const cookie = Cookie.fromJSON(entry);
      if (cookie === undefined || !isSound(cookie)) refuse("one of its cookies is malformed");
      jar.#store.putCookie(cookie, rethrow);
    }
    jar.#evict(Date.now());
    return jar;
  }

  /** Drops what expired, then what is too much: of a domain first what is not secure, longest unused first. */
  #evict(nowMs: number): void {
    const kept = this.#all().filter((cookie) => {
      if (cookie.TTL(nowMs) > 0) return true;
      this.#remove(cookie);
      return false;
    });
    kept.sort((a, b) => usedAt(b) - usedAt(a) || (b.creationIndex ?? 0) - (a.creationIndex ?? 0));
    const perDomain = new Map<string, number>();
    const isOver = (cookie: Cookie): boolean => {
      const count = (perDomain.get(cookie.domain!) ?? 0) + 1;
      perDomain.set(cookie.domain!, count);
      return count > MAX_PER_DOMAIN;
    };
    const over = [...kept.filter((it) => it.secure), ...kept.filter((it) => !it.secure)]
      .filter(isOver);
    for (const cookie of over) this.#remove(cookie);
    const rest = kept.filter((cookie) => !over.includes(cookie));
    for (const cookie of rest.slice(MAX_COOKIES)) this.#remove(cookie);
  }

  #all(): Cookie[] {
    let all: Cookie[] = [];
    // This store calls back before it returns.
    this.#store.getAllCookies((error, cookies) => {
      rethrow(error);
      all = cookies ?? [];
    });
    return all;
  }

  #remove({ domain, path, key }: Cookie): void {
    this.#store.removeCookie(domain!, path!, key, rethrow);
  }
}

/** A WebSocket handshake is a request like others. */
function httpUrl(url: URL): URL {
  if (!url.protocol.startsWith("ws")) return url;
  return new URL(url.href.replace(/^ws/, "http"));
}

function usedAt({ lastAccessed }: Cookie): number {
  return lastAccessed instanceof Date ? lastAccessed.getTime() : 0;
}

function rethrow(error: Error | null): void {
  if (error !== null) throw error;
}

function refuse(why: string): never {
  throw new TypeError(`Cannot read saved cookies: ${why}`);
}
