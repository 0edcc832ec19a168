import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Entry } from "../../../server/listing/entries.ts";
import { listingToHtml, type PageContent } from "../../../server/listing/page.ts";
import { parseView } from "../../../server/listing/view.ts";

const NO_RIGHTS = { upload: false, edit: false, overwrite: false, zip: false };
const ALL_RIGHTS = { upload: true, edit: true, overwrite: true, zip: true };

function entry(name: string, changes: Partial<Entry> = {}): Entry {
  return { name, kind: "file", size: 1234, mtimeMs: 1_700_000_000_000, key: "", ...changes };
}

function pageOf(entries: Entry[], changes: Partial<PageContent> = {}): string {
  const html = listingToHtml({
    ...{
      path: "",
      view: parseView(""),
      cut: false,
      unlisted: 0,
      rights: NO_RIGHTS,
      readme: undefined,
    },
    selection: { entries, before: 0, total: entries.length, page: 1, pages: 1 },
    ...changes,
  });
  // Neither style nor script depends on what the page shows.
  return without(without(html, "style"), "script");
}

function without(html: string, tag: string): string {
  const end = `</${tag}>`;
  return html.slice(0, html.indexOf(`<${tag}>`)) + html.slice(html.lastIndexOf(end) + end.length);
}

Deno.test("a row has a link, a size and a time", () => {
  const html = pageOf([entry("a b.txt"), entry("sub", { kind: "folder", mtimeMs: null })]);
  assertStringIncludes(html, `<a href="./a%20b.txt">`);
  assertStringIncludes(html, `<data value="1234" title="1,234 bytes">1.2 kB</data>`);
  assertStringIncludes(
    html,
    `<time datetime="2023-11-14T22:13:20.000Z" title="2023-11-14T22:13:20.000Z">2023-11-14 22:13</time>`,
  );
  assertMatch(
    html,
    /<a href="\.\/sub\/">.*<td role="cell" class="size"><\/td><td role="cell" class="date"><\/td>/,
  );
});

Deno.test("times far away are whole", () => {
  for (
    const [mtimeMs, iso] of [[8.64e15, "+275760-09-13T00:00:00.000Z"], [
      -8.64e15,
      "-271821-04-20T00:00:00.000Z",
    ]] as const
  ) {
    assertStringIncludes(pageOf([entry("a", { mtimeMs })]), `>${iso}</time>`);
  }
});

Deno.test("the path leads upwards by relative links", () => {
  assertMatch(
    pageOf([]),
    /<nav class="path" aria-label="Path"><ol><li><h1 aria-current="page">.*Home<\/span><\/h1><\/li><\/ol>/,
  );
  const html = pageOf([], { path: "a/<b>/c\u202e" });
  assertMatch(html, /<a class="home" href="\.\.\/\.\.\/\.\.\/">.*Home<\/span><\/a>/);
  assertStringIncludes(html, `<a href="../../"><bdi>a</bdi></a>`);
  assertStringIncludes(html, `<a href="../"><bdi>&lt;b&gt;</bdi></a>`);
  assertStringIncludes(
    html,
    `<h1 aria-current="page"><bdi>c<span class="code">U+202E</span></bdi></h1>`,
  );
  assertStringIncludes(html, "<title>c\ufffd</title>");
});

Deno.test("columns say how they are sorted, and link to how they could be", () => {
  const html = pageOf([], { view: parseView("sort=size&order=desc&filter=x&page=2") });
  assertStringIncludes(
    html,
    `class="size" aria-sort="descending"><a href="?sort=size&amp;order=asc&amp;filter=x"`,
  );
  assertStringIncludes(html, `class="name"><a href="?filter=x"`);
  assertStringIncludes(html, `class="date"><a href="?sort=date&amp;order=desc&amp;filter=x"`);
  assertEquals(html.match(/aria-sort/g)?.length, 1);
});

Deno.test("the filter is a form that keeps the order", () => {
  const html = pageOf([], { view: parseView(`sort=size&order=desc&filter="><script>`) });
  assertStringIncludes(
    html,
    `<form class="filter" id="filter" action="./"><input type="hidden" name="sort" value="size">`,
  );
  assertStringIncludes(html, `<label class="unseen" for="words">Filter by name</label>`);
  assertStringIncludes(html, `value="&quot;&gt;&lt;script&gt;">`);
  assertStringIncludes(html, "No name here has “&quot;&gt;&lt;script&gt;” in it.");
});

Deno.test("pages are links", () => {
  const selection = { entries: [entry("a")], before: 2000, total: 4321, page: 3, pages: 5 };
  const html = pageOf([], { selection, view: parseView("sort=size&page=3") });
  assertStringIncludes(html, "2,001–2,001 of 4,321 items");
  const links = [...html.matchAll(/<a class="button" rel="(\w+)" href="([^"]*)"/g)].map((it) =>
    it.slice(1)
  );
  assertEquals(links, [
    ["first", "?sort=size&amp;order=asc"],
    ["prev", "?sort=size&amp;order=asc&amp;page=2"],
    ["next", "?sort=size&amp;order=asc&amp;page=4"],
    ["last", "?sort=size&amp;order=asc&amp;page=5"],
  ]);
  assertStringIncludes(pageOf([entry("a")]), `aria-label="Pages" hidden`);
});

Deno.test("only what may be done is offered", () => {
  const withNone = pageOf([entry("a")]);
  assert(!/zip|multipart|<button>(?!Filter)/.test(withNone), withNone);
  assertStringIncludes(withNone, `<body data-rights=""`);
  const withAll = pageOf([entry("a")], { rights: ALL_RIGHTS });
  assertStringIncludes(withAll, `<body data-rights="upload edit overwrite zip"`);
  assertStringIncludes(withAll, `href="./?zip"`);
  assertStringIncludes(
    withAll,
    `<form class="plain-upload" action="./" method="post" enctype="multipart/form-data">`,
  );
});

Deno.test("a folder that is empty, filtered to nothing or cut says so", () => {
  assertMatch(pageOf([]), /<p class="empty" id="empty">.*This folder is empty/);
  assertMatch(pageOf([], { view: parseView("filter=x") }), /Nothing found/);
  assertMatch(pageOf([entry("a")]), /id="empty" hidden>/);
  assertStringIncludes(pageOf([entry("a")], { cut: true }), "more entries than can be shown");
});

Deno.test("a README is shown below", () => {
  const html = pageOf([], { readme: { name: "README<.md", html: "<p>Hi</p>" } });
  assertMatch(
    html,
    /<h2 id="readme">.*README&lt;\.md<\/h2><div class="prose"><p>Hi<\/p><\/div><\/section>/,
  );
});

Deno.test("no address in the page is absolute", () => {
  const html = pageOf([entry("//host"), entry("javascript:x"), entry("/x")], {
    path: "a/b",
    rights: ALL_RIGHTS,
  });
  for (const [, address] of html.matchAll(/(?:href|action|src)="([^"]*)"/g)) {
    assert(/^(?:\.{1,2}\/|\?|data:image)/.test(address!), address);
  }
});

Deno.test("whatever names there are, the markup stays the same", () => {
  const hidden = /<span class="code">U\+[0-9A-F]{4,6}<\/span>/g;
  const tags = (html: string): string[] =>
    [...html.replace(hidden, "").matchAll(/<[^>]*>/g)].map(([tag]) =>
      tag.replace(/"[^"]*"/g, '""')
    );
  const expected = tags(pageOf([entry("a")], { path: "x/y" }));
  const name = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.string({
      unit: fc.constantFrom(..."<>&\"'`=\r\n\t /x", "onload", "--", "\u202e", "]]>"),
      minLength: 1,
    }),
  ).map((it) => it.replaceAll("/", "|"));
  fc.assert(
    fc.property(name, name, name, (one, other, third) => {
      assertEquals(tags(pageOf([entry(one)], { path: `${other}/${third}` })), expected);
    }),
    { numRuns: 30 },
  );
});

Deno.test("links to other views and to the archive are not for those who collect pages", () => {
  const html = pageOf([entry("a")], { rights: ALL_RIGHTS });
  const links = [...html.matchAll(/<a [^>]*href="\.?\/?\?[^>]*>/g)].map(([link]) => link);
  assert(links.length >= 3);
  for (const link of links) assertStringIncludes(link, 'rel="nofollow"');
});
