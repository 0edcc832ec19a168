import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { escapeHtml, linkToEntry, nameToHtml, plainName } from "../../../server/listing/escape.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."<>&\"'\r\n\0 a=/#?%:;") }),
);

function unescapeHtml(html: string): string {
  const named: Record<string, string> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    "#39": "'",
    "#13": "\r",
  };
  return html.replace(/&([^;]*);/g, (_, name) => named[name] ?? "!");
}

Deno.test("escapeHtml() leaves nothing that could be markup, and loses nothing", () => {
  fc.assert(fc.property(anyText, (text) => {
    const html = escapeHtml(text);
    assert(!/[<>"'\r]/.test(html), html);
    assertEquals(unescapeHtml(html), text.toWellFormed());
  }));
});

Deno.test("escapeHtml() replaces what is no text", () => {
  assertEquals(escapeHtml("a\ud800b"), "a\ufffdb");
});

Deno.test("nameToHtml() shows controls and changes of direction as their codes", () => {
  assertEquals(nameToHtml("<b>&"), "&lt;b&gt;&amp;");
  assertEquals(nameToHtml("a\u202e<"), `a<span class="code">U+202E</span>&lt;`);
  fc.assert(fc.property(anyText, (text) => {
    const html = nameToHtml(text).replace(/<span class="code">U\+[0-9A-F]{4,6}<\/span>/g, "");
    // deno-lint-ignore no-control-regex
    assert(!/[<>"'\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(html), html);
  }));
});

Deno.test("plainName() has a mark where something cannot be seen", () => {
  assertEquals(plainName("a\u202eb"), "a\ufffdb");
  assertEquals(plainName("plain.txt"), "plain.txt");
});

Deno.test("linkToEntry() leads to an entry of the same folder, whatever its name", () => {
  const names = fc.oneof(
    fc.constantFrom(
      "javascript:alert(1)",
      "//host",
      "\\\\host",
      "?a",
      "#a",
      "%2e%2e",
      "..%2f",
      "a/b",
      "...",
      " x ",
      "a\nb",
      "http:",
      "\ud800",
    ),
    fc.string({ unit: "binary", minLength: 1 }).filter((name) => name !== "." && name !== ".."),
  );
  fc.assert(fc.property(names, fc.boolean(), (name, isFolder) => {
    const url = new URL(linkToEntry(name, isFolder), "http://host/base/?query");
    assertEquals([url.origin, url.search, url.hash], ["http://host", "", ""]);
    assert(url.pathname.startsWith("/base/"), url.pathname);
    const last = url.pathname.slice("/base/".length);
    assertEquals(last.indexOf("/"), isFolder ? last.length - 1 : -1);
    assertEquals(decodeURIComponent(isFolder ? last.slice(0, -1) : last), name.toWellFormed());
  }));
});
