import { assertEquals } from "@std/assert";
import { isSameAuthority, isSameOrigin } from "../../../server/changes/same_origin.ts";

function ofOrigin(origin: string, host = "a.example:8000", secure = false): boolean {
  return isSameOrigin({ origin }, host, secure);
}

Deno.test("what no browser sent is not asked where it comes from", () => {
  assertEquals(isSameOrigin({}, "a.example", false), true);
  assertEquals(isSameOrigin({}, "", true), true);
});

Deno.test("Sec-Fetch-Site decides where it is there, whatever the Host", () => {
  const from = (site: string): boolean =>
    isSameOrigin({ "sec-fetch-site": site, origin: "https://public.example" }, "inner:80", false);
  assertEquals(["same-origin", "none"].map(from), [true, true]);
  assertEquals(["same-site", "cross-site", "", "same-origin, same-origin", "x"].map(from), [
    false,
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("an Origin is ours when it has our Host", () => {
  assertEquals(ofOrigin("http://a.example:8000"), true);
  assertEquals(ofOrigin("http://A.Example:8000"), true);
  assertEquals(ofOrigin("http://a.example", "a.example:80"), true);
  assertEquals(ofOrigin("https://a.example", "a.example:443"), true);
  assertEquals(ofOrigin("https://a.example", "a.example"), true);
  assertEquals(ofOrigin("http://[::1]:8000", "[::1]:8000"), true);
  for (
    const origin of [
      "null",
      "",
      "http://a.example",
      "http://a.example:8001",
      "http://b.example:8000",
      "http://a.example:8000.b.example",
      "http://a.example:8000@b.example",
      "http://a.example:8000, http://a.example:8000",
      "http://a.example:8000/",
      "ftp://a.example:8000",
      "a.example:8000",
    ]
  ) assertEquals(ofOrigin(origin), false, origin);
  assertEquals(ofOrigin("http://a.example", ""), false);
});

Deno.test("over TLS a page without it is another site", () => {
  assertEquals(ofOrigin("https://a.example:8000", "a.example:8000", true), true);
  assertEquals(ofOrigin("http://a.example:8000", "a.example:8000", true), false);
});

Deno.test("authorities are compared as URLs have them", () => {
  assertEquals(isSameAuthority("http", "127.1:80", "127.0.0.1"), true);
  assertEquals(isSameAuthority("http", "a b", "a b"), false);
  assertEquals(isSameAuthority("http", "user@a", "user@a"), false);
  assertEquals(isSameAuthority("http", "", ""), false);
});
