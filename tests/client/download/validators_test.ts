import { assertEquals } from "@std/assert";
import {
  formatSource,
  ifRange,
  parseSource,
  publicUrl,
  type Source,
  sourceOf,
} from "../../../client/download/validators.ts";

const NONE: Source = {
  url: "http://a/",
  etag: undefined,
  lastModified: undefined,
  date: undefined,
  length: undefined,
};
const EARLIER = "Sat, 21 Nov 2026 09:00:00 GMT";
const LATER = "Sat, 21 Nov 2026 09:00:01 GMT";

Deno.test("ifRange() takes a strong entity tag", () => {
  assertEquals(ifRange({ ...NONE, etag: '"a"' }), '"a"');
  assertEquals(ifRange({ ...NONE, etag: '""', lastModified: EARLIER, date: LATER }), '""');
});

Deno.test("RFC 9110 13.1.5: ifRange() takes neither a weak tag nor, beside it, a date", () => {
  for (const etag of ['W/"a"', "a", '"a', '"a" "b"', ""]) {
    assertEquals(ifRange({ ...NONE, etag, lastModified: EARLIER, date: LATER }), undefined);
  }
});

Deno.test("RFC 9110 8.8.2.2: ifRange() takes Last-Modified only when it is a second before Date", () => {
  assertEquals(ifRange({ ...NONE, lastModified: EARLIER, date: LATER }), EARLIER);
  assertEquals(ifRange({ ...NONE, lastModified: EARLIER, date: EARLIER }), undefined);
  assertEquals(ifRange({ ...NONE, lastModified: LATER, date: EARLIER }), undefined);
  assertEquals(ifRange({ ...NONE, lastModified: EARLIER }), undefined);
  assertEquals(ifRange({ ...NONE, lastModified: "yesterday", date: LATER }), undefined);
  assertEquals(ifRange(NONE), undefined);
});

Deno.test("sourceOf() keeps the validators and the length of a response", () => {
  const headers = {
    "etag": '"a"',
    "last-modified": EARLIER,
    "date": LATER,
    "content-length": "10",
    "server": "x",
  };
  assertEquals(sourceOf("http://a/", headers), {
    url: "http://a/",
    etag: '"a"',
    lastModified: EARLIER,
    date: LATER,
    length: 10,
  });
  assertEquals(sourceOf("http://a/", {}), NONE);
  assertEquals(sourceOf("http://a/", { "content-length": "ten" }), NONE);
});

Deno.test("parseSource() reads what formatSource() wrote", () => {
  const full = sourceOf("http://a/?b", { etag: '"\xff"', "content-length": "0", date: LATER });
  for (const source of [full, NONE]) assertEquals(parseSource(formatSource(source)), source);
});

Deno.test("parseSource() reads nothing else", () => {
  for (
    const text of [
      ...["", "{", "null", "[]", "1", '{"url":1}', '{"etag":"a"}'],
      ...['{"url":"http://a/","length":-1}', '{"url":"http://a/","length":"1"}'],
      ...['{"url":"http://a/","etag":1}', formatSource(NONE).slice(0, -3)],
    ]
  ) {
    assertEquals(parseSource(text), undefined, text);
  }
});

Deno.test("publicUrl() has neither credentials nor a fragment", () => {
  assertEquals(publicUrl("http://user:secret@a:81/b?c#d"), "http://a:81/b?c");
});
