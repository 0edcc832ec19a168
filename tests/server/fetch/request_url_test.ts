import { assertEquals, assertThrows } from "@std/assert";
import { requestUrl } from "../../../server/fetch/request_url.ts";
import { HttpError } from "../../../wire/errors.ts";

Deno.test("requestUrl() gives what new URL() gives", () => {
  const authorities = ["a", "Example.COM:80", "example.com:8080", "[::1]:9", "127.1", "a%41b"];
  const paths = [
    ..."/ /a/b /a.b/..c /a/./b /a/../b /../x /%2e%2e/x /.%2E /a/%41 /a//b //host/x /?q /a?b=c&d"
      .split(" "),
    ...[
      "/a?x=/../y",
      "/?a='b'",
      "/a|b",
      '/"<>`{}^',
      "/a\\b",
      "/a?b|c",
      "/?a?b",
      "/é".slice(0, 1) + "x",
    ],
  ];
  for (const authority of authorities) {
    for (const path of paths) {
      assertEquals(
        requestUrl("http", authority, path),
        new URL(`http://${authority}${path}`).href,
        `${authority}${path}`,
      );
    }
  }
});

Deno.test("requestUrl() leaves the default port of its scheme out", () => {
  assertEquals(requestUrl("https", "a:443", "/x"), "https://a/x");
  assertEquals(requestUrl("https", "a:80", "/x"), "https://a:80/x");
});

Deno.test("requestUrl() takes bytes above 0x7f as they are", () => {
  // The UTF-8 of é, a character per byte.
  assertEquals(requestUrl("http", "a", "/\xc3\xa9?\xff"), "http://a/%C3%A9?%FF");
});

Deno.test("requestUrl() has a URL for targets that are no path", () => {
  assertEquals(requestUrl("http", "a", "*"), "http://a/*");
  assertEquals(requestUrl("http", "a:1", "a:1"), "http://a:1/");
});

Deno.test("requestUrl() refuses with 400 what no URL can name", () => {
  const error = assertThrows(() => requestUrl("http", "a%00b", "/"), HttpError, "a%00b");
  assertEquals(error.status, 400);
});

Deno.test("requestUrl() remembers a bounded number of origins", () => {
  for (let i = 0; i < 200; i++) assertEquals(requestUrl("http", `h${i}`, "/"), `http://h${i}/`);
});
