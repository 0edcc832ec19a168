import { assertEquals, assertThrows } from "@std/assert";
import { parseTarget } from "../../client/target.ts";

Deno.test("parseTarget() takes the four schemes apart", () => {
  const cases: [string, boolean, boolean, string, number, string, string][] = [
    ["http://a.test", false, false, "a.test", 80, "a.test", "http://a.test:80"],
    ["https://a.test", true, false, "a.test", 443, "a.test", "https://a.test:443"],
    ["ws://a.test", false, true, "a.test", 80, "a.test", "ws://a.test:80"],
    ["wss://a.test", true, true, "a.test", 443, "a.test", "wss://a.test:443"],
    ["http://a.test:80", false, false, "a.test", 80, "a.test", "http://a.test:80"],
    ["http://a.test:443", false, false, "a.test", 443, "a.test:443", "http://a.test:443"],
    ["https://a.test:80", true, false, "a.test", 80, "a.test:80", "https://a.test:80"],
    ["HTTP://A.Test:8080", false, false, "a.test", 8080, "a.test:8080", "http://a.test:8080"],
    ["http://127.1", false, false, "127.0.0.1", 80, "127.0.0.1", "http://127.0.0.1:80"],
    ["http://[::1]", false, false, "::1", 80, "[::1]", "http://[::1]:80"],
    ["http://[::1]:81", false, false, "::1", 81, "[::1]:81", "http://[::1]:81"],
    ["http://b\u00fccher.test", false, false, ...bucher("xn--bcher-kva.test")],
  ];
  for (const [url, secure, webSocket, host, port, authority, origin] of cases) {
    const target = parseTarget(url);
    assertEquals(
      [target.secure, target.webSocket, target.host, target.port, target.authority, target.origin],
      [secure, webSocket, host, port, authority, origin],
      url,
    );
  }
});

function bucher(name: string): [string, number, string, string] {
  return [name, 80, name, `http://${name}:80`];
}

Deno.test("parseTarget() asks for path and query in ASCII, without the fragment", () => {
  const cases: [string, string][] = [
    ["http://a.test", "/"],
    ["http://a.test?q", "/?q"],
    ["http://a.test/x/../y?b=1&c=2#part", "/y?b=1&c=2"],
    ["http://a.test/a b", "/a%20b"],
    ["http://a.test/\u00e9?\u00e9", "/%C3%A9?%C3%A9"],
    ["http://a.test/%2e%2e/%zz", "/%zz"],
    ["http://a.test//x", "//x"],
    ["http://a.test/#", "/"],
    ["http://a.test?", "/?"],
    ["http://a.test/x?#y?", "/x?"],
    ["http://a.test/x#y?", "/x"],
  ];
  for (const [url, path] of cases) assertEquals(parseTarget(url).path, path, url);
  assertEquals(parseTarget(new URL("http://a.test/x")).path, "/x");
});

Deno.test("parseTarget() finds user and password, decoded", () => {
  const cases: [string, string, string][] = [
    ["http://a.test", "", ""],
    ["http://u@a.test", "u", ""],
    ["http://u:p@a.test", "u", "p"],
    ["http://:p@a.test", "", "p"],
    ["http://u%40x:p%3A%2F@a.test", "u@x", "p:/"],
    ["http://%C3%A9:\u00e9@a.test", "\u00e9", "\u00e9"],
  ];
  for (const [url, username, password] of cases) {
    const target = parseTarget(url);
    assertEquals([target.username, target.password], [username, password], url);
    assertEquals(target.authority, "a.test");
    assertEquals(target.url.href, "http://a.test/", "the URL that others get to see");
  }
});

Deno.test("parseTarget() refuses what it cannot ask for, and says why", () => {
  const cases: [string, string][] = [
    ["", "not an absolute URL"],
    ["/path", "not an absolute URL"],
    ["a.test/path", "not an absolute URL"],
    ["http://", "not an absolute URL"],
    ["ws://?x", "not an absolute URL"],
    ["https://u:p@/x", "not an absolute URL"],
    ["http://a.test:99999", "its port is not one from 0 to 65535"],
    ["ftp://a.test", 'its scheme is "ftp"'],
    ["file:///etc/passwd", 'its scheme is "file"'],
    ["mailto:a@b.test", 'its scheme is "mailto"'],
    ["http://a.test/\r\nX: y", "control character"],
    ["http://a.test/\n", "control character"],
    ["http://a\t.test/", "control character"],
    ["http://a.test/\x7f", "control character"],
    ["http://%zz@a.test/", "not percent-encoded UTF-8"],
    ["http://u:%ff@a.test/", "not percent-encoded UTF-8"],
  ];
  for (const [url, why] of cases) assertThrows(() => parseTarget(url), TypeError, why);
});

Deno.test("parseTarget() never quotes a user or password", () => {
  const urls = [
    "u:secret@a.test/",
    "ftp://u:secret@a.test/",
    "http://u:secret@a.test:99999/",
    "http://u:sec/secret@a.test/",
    "http://u:secret%ff@a.test/",
    "https:u:secret@",
    "http://u:secret@a.test/\n",
  ];
  for (const url of urls) {
    const { message } = assertThrows(() => parseTarget(url), TypeError);
    assertEquals(message.includes("secret"), false, message);
  }
  assertThrows(() => parseTarget("/users/@me"), TypeError, 'Cannot request "/users/@me": ');
});
