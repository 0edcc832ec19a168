import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../client/command/errors.ts";
import { fileNameOf, parseUrl, withoutUserinfo } from "../../../client/command/url_argument.ts";

function assertRefuses(text: string, message: string, exitCode: number): void {
  const error = assertThrows(() => parseUrl(text), UsageError, message);
  assertEquals(error.exitCode, exitCode, text);
}

Deno.test("parseUrl() wants a URL of http", () => {
  assertRefuses("http://", 'Cannot get "http://": it is not a URL', 3);
  assertRefuses("a b", 'Cannot get "a b": it is not a URL', 3);
  assertRefuses("ftp://a/", 'Cannot get "ftp://a/": its scheme is "ftp", not http or https', 1);
  assertRefuses("ws://a/", 'its scheme is "ws"', 1);
  assertEquals(parseUrl("a.test:81/b").href, "http://a.test:81/b");
});

Deno.test("parseUrl() says so where there is one slash", () => {
  assertRefuses("http:/a.test/b", 'Cannot get "http:/a.test/b": it has one slash', 3);
  assertRefuses("HTTPS:/a", "it has one slash after the colon, not two", 3);
});

Deno.test("parseUrl() keeps user names and passwords out of its messages", () => {
  for (
    const text of [
      "http://user:secret@a b/",
      "ftp://u:secret@a/",
      "u:secret@a b",
      "http:/u:secret@a",
    ]
  ) {
    const error = assertThrows(() => parseUrl(text), UsageError);
    assert(!error.message.includes("secret"), error.message);
  }
});

Deno.test("withoutUserinfo() leaves an @ behind the host alone", () => {
  assertEquals(withoutUserinfo("http://a:b@c/d@e"), "http://c/d@e");
  assertEquals(withoutUserinfo("http://a/b@c"), "http://a/b@c");
  assertEquals(withoutUserinfo("a/b?c@d"), "a/b?c@d");
});

Deno.test("fileNameOf() decodes names that are UTF-8 and stay where they are", () => {
  const cases: [string, string | undefined][] = [
    ["http://a/b/c.tar.gz?d/e#f/g", "c.tar.gz"],
    ["http://a/b%20c", "b c"],
    ["http://a/gr%C3%BC%C3%9Fe.txt", "grüße.txt"],
    ["http://a/grüße.txt", "grüße.txt"],
    ["http://a/%FF", "%FF"],
    ["http://a/..%2f..%2fetc%2fpasswd", "..%2f..%2fetc%2fpasswd"],
    ["http://a/a%5Cb", "a%5Cb"],
    ["http://a/a%00b", "a%00b"],
    ["http://a/a%0Ab", "a%0Ab"],
    ["http://a/a%1B%5B2Jb", "a%1B%5B2Jb"],
    ["http://a/a%E2%80%AEb", "a%E2%80%AEb"],
    ["http://a/b/../c", "c"],
    ["http://a/b/", undefined],
    ["http://a/%2e%2e", undefined],
  ];
  for (const [url, name] of cases) assertEquals(fileNameOf(new URL(url)), name, url);
});
