import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  applyRules,
  hidesSecure,
  isSound,
  parseCookie,
} from "../../../client/rules/cookie_rules.ts";

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;
const HTTPS = "https://www.example.com/a/b";
const HTTP = "http://www.example.com/a/b";

/** Whether the rules allow a cookie. */
function allowed(text: string, url = HTTPS): boolean {
  return applyRules(parseCookie(text)!, new URL(url), NOW);
}

Deno.test("parseCookie() refuses control characters and what is no byte (RFC 6265bis 5.6)", () => {
  for (const text of ["a=b\nc", "a=b\r\nX: y", "a\0=b", "a=b\x7f", "a=b; Path=/\x01", "a=\u0101"]) {
    assertEquals(parseCookie(text), undefined, JSON.stringify(text));
  }
  for (const text of ["", "=", "nameless", "=__Host-a=b", ";", "; Path=/"]) {
    assertEquals(parseCookie(text), undefined, JSON.stringify(text));
  }
  assertEquals(parseCookie("a=b\xc3\xbc c")!.cookieString(), "a=b\xc3\xbc c");
});

Deno.test("applyRules() limits name and value together to 4096 bytes (RFC 6265bis 5.6)", () => {
  assert(allowed(`${"n".repeat(96)}=${"v".repeat(4000)}`));
  assert(!allowed(`${"n".repeat(96)}=${"v".repeat(4001)}`));
  // The attributes do not count.
  assert(allowed(`n=${"v".repeat(4095)}; Path=/${"p".repeat(500)}`));
});

Deno.test("applyRules() ignores attributes over 1024 bytes (RFC 6265bis 5.6)", () => {
  const pathOf = (path: string): string | null => {
    const cookie = parseCookie(`a=b; Path=${path}`)!;
    assert(applyRules(cookie, new URL(HTTPS), NOW));
    return cookie.path;
  };
  assertEquals(pathOf(`/${"p".repeat(1023)}`), `/${"p".repeat(1023)}`);
  assertEquals(pathOf(`/${"p".repeat(1024)}`), null);
});

Deno.test("applyRules() refuses Secure cookies from insecure answers", () => {
  assert(allowed("a=b; Secure", HTTPS));
  assert(!allowed("a=b; Secure", HTTP));
  assert(!allowed("a=b; Secure", "http://localhost/"));
});

Deno.test("applyRules() enforces the prefixes in any case (RFC 6265bis 4.1.3)", () => {
  for (const name of ["__Secure-a", "__secure-a", "__SECURE-a"]) {
    assert(allowed(`${name}=b; Secure`), name);
    assert(!allowed(`${name}=b`), name);
  }
  for (const name of ["__Host-a", "__host-a", "__HOST-a"]) {
    assert(allowed(`${name}=b; Secure; Path=/`), name);
    assert(!allowed(`${name}=b; Path=/`), name);
    assert(!allowed(`${name}=b; Secure`), name);
    assert(!allowed(`${name}=b; Secure; Path=/a`), name);
    assert(!allowed(`${name}=b; Secure; Path=/; Domain=www.example.com`), name);
  }
  assert(allowed("Host-a=b"));
});

Deno.test("applyRules() caps lifetimes at 400 days (RFC 6265bis 5.5)", () => {
  const lifetime = (attribute: string): number | string | undefined => {
    const cookie = parseCookie(`a=b; ${attribute}`)!;
    cookie.creation = new Date(NOW);
    assert(applyRules(cookie, new URL(HTTPS), NOW));
    return cookie.TTL(NOW) / DAY_MS;
  };
  assertEquals(lifetime(`Max-Age=${399 * 86400}`), 399);
  assertEquals(lifetime("Max-Age=99999999999"), 400);
  assertEquals(lifetime(`Expires=${new Date(NOW + 399 * DAY_MS).toUTCString()}`), 399);
  assertEquals(lifetime("Expires=Fri, 31 Dec 9999 23:59:59 GMT"), 400);
  assertEquals(lifetime("HttpOnly"), Infinity);
});

Deno.test("applyRules() keeps cookies of hosts that are public suffixes to these hosts", () => {
  const domainOf = (domain: string, url: string): string | null => {
    const cookie = parseCookie(`a=b; Domain=${domain}`)!;
    applyRules(cookie, new URL(url), NOW);
    return cookie.domain;
  };
  assertEquals(domainOf("github.io", "https://github.io/"), null);
  assertEquals(domainOf("github.io", "https://me.github.io/"), "github.io");
  assertEquals(domainOf("example.com", "https://example.com/"), "example.com");
});

Deno.test("hidesSecure() finds what an insecure cookie would hide (RFC 6265bis 5.7)", () => {
  const stored = parseCookie("a=b; Secure; Path=/login")!;
  stored.domain = "www.example.com";
  const hides = (text: string, url: string): boolean =>
    hidesSecure(parseCookie(text)!, new URL(url), [stored]);
  assert(hides("a=c; Path=/login", HTTP));
  assert(hides("a=c; Path=/login/en", HTTP));
  assert(hides("a=c; Path=/login; Domain=example.com", HTTP));
  assert(hides("a=c", "http://sub.www.example.com/login/x"));
  assert(!hides("other=c; Path=/login", HTTP));
  assert(!hides("a=c; Path=/", HTTP));
  assert(!hides("a=c; Path=/login", "http://mail.example.com/"));
  stored.secure = false;
  assert(!hides("a=c; Path=/login", HTTP));
});

Deno.test("isSound() holds for all that is parsed and placed, and never for what breaks a field", () => {
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 0x101 }).map((c) => String.fromCharCode(c)),
  });
  fc.assert(fc.property(text, text, (name, value) => {
    const cookie = parseCookie(`${name}=${value}`);
    if (cookie === undefined) return;
    cookie.domain = "a.test";
    cookie.path = "/";
    assert(isSound(cookie), cookie.cookieString());
  }));
  const cookie = parseCookie("a=b; Path=/")!;
  assert(!isSound(cookie));
  cookie.domain = "a.test";
  assert(isSound(cookie));
  for (const value of ["b\r\nX: y", "b; c=d", "\u0101", "b\0", " b", "b "]) {
    cookie.value = value;
    assertEquals(isSound(cookie), value === " b", JSON.stringify(value));
  }
});
