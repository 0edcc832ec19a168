import { assertEquals, assertThrows } from "@std/assert";
import { parsePrefix, pathBelow, rawTargetOf } from "../../../server/files/mount.ts";

Deno.test("rawTargetOf() takes path and query out of a URL as they stand there", () => {
  const cases: [url: string, path: string, query: string][] = [
    ["http://a/", "/", ""],
    ["http://a", "/", ""],
    ["http://a?x", "/", "?x"],
    ["https://a:8443/b/c?d=e", "/b/c", "?d=e"],
    ["http://u:p@a/b", "/b", ""],
    ["http://[::1]:80/b", "/b", ""],
    ["http+unix://%2Frun%2Fapp.sock/b?c", "/b", "?c"],
    ["http://a/b/../c", "/b/../c", ""],
    ["http://a/%2e%2e/%2F%5c", "/%2e%2e/%2F%5c", ""],
    ["http://a\\b/c\\..\\d", "/c\\..\\d", ""],
    ["http://a//b//c", "//b//c", ""],
    ["http://a/b?c?d/../e", "/b", "?c?d/../e"],
    ["http://a/b#c", "/b", ""],
    ["http://a/b?c#d?e", "/b", "?c"],
    ["http://a/b#c?d", "/b", ""],
    ["http://a/b?", "/b", "?"],
    ["http://a/*", "/*", ""],
    ["http://a/\u00fc", "/\u00fc", ""],
    ["/b?c", "/b", "?c"],
  ];
  for (const [url, path, query] of cases) assertEquals(rawTargetOf(url), { path, query }, url);
});

Deno.test("parsePrefix() gives the prefix as it stands in URLs, without the slash at its end", () => {
  const cases: [prefix: string, path: string][] = [
    ["", ""],
    ["/", ""],
    ["/static", "/static"],
    ["/static/", "/static"],
    ["/a/b.c/~d/", "/a/b.c/~d"],
    ["/my files", "/my%20files"],
    ["/my%20files", "/my%20files"],
    ["/ü/\u{1f600}", "/%C3%BC/%F0%9F%98%80"],
    ["/\ud800", "/%EF%BF%BD"],
    ["/...", "/..."],
    ["/.files", "/.files"],
    ["/a@b:c;d=e&f", "/a@b:c;d=e&f"],
  ];
  for (const [prefix, path] of cases) assertEquals(parsePrefix(prefix), path, prefix);
});

Deno.test("parsePrefix() refuses what is no plain path", () => {
  const wrong = ["static", "a/b", "//", "//a", "/a//b", "/a//", "/.", "/..", "/a/../b", "/%2e%2e/b"]
    .concat(["/a/.%2E", "/a?b", "/a#b", "/a\\b", "/%2f", "/%5C", "/a%00", "/a%7f", "/%zz", "/a%"])
    .concat(["/a\nb", "/a\0", "http://a/b", "*"]);
  for (const prefix of wrong) {
    assertThrows(() => parsePrefix(prefix), TypeError, JSON.stringify(prefix));
  }
  for (const prefix of [1, null, undefined, {}]) {
    assertThrows(() => parsePrefix(prefix), TypeError, 'option "prefix" is not a text');
  }
});

Deno.test("pathBelow() compares whole segments, as they were sent", () => {
  const cases: [prefix: string, path: string, below: string | undefined][] = [
    ["", "/a", "/a"],
    ["", "/", "/"],
    ["/a", "/a/b", "/b"],
    ["/a", "/a/", "/"],
    ["/a", "/a", ""],
    ["/a", "/a/../b", "/../b"],
    ["/a", "/a//b", "//b"],
    ["/a", "/ab", undefined],
    ["/a", "/a%2fb", undefined],
    ["/a", "/a\\b", undefined],
    ["/a", "/%61/b", undefined],
    ["/a", "/A/b", undefined],
    ["/a", "/", undefined],
    ["/a", "//a/b", undefined],
    ["/a/b", "/a", undefined],
    ["/a/b", "/a/b/c", "/c"],
  ];
  for (const [prefix, path, below] of cases) {
    assertEquals(pathBelow(prefix, path), below, `${prefix} ${path}`);
  }
});
