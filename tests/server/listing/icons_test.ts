import { assert, assertEquals } from "@std/assert";
import { iconOf } from "../../../server/listing/both_sides.ts";
import { icon, ICON_RULES, PAGE_ICON } from "../../../server/listing/icons.ts";
import { listingToHtml } from "../../../server/listing/page.ts";

const drawn = new Set([...ICON_RULES.matchAll(/\.icon-([a-z-]+) /g)].map(([, name]) => name!));

Deno.test("every kind of entry and every button has an icon", () => {
  const names = [
    "a.png",
    "a.mp4",
    "a.mp3",
    "a.zip",
    "a.pdf",
    "a.csv",
    "a.md",
    "a.ttf",
    "a.ts",
    "a",
  ];
  const wanted = new Set([
    "folder",
    "rename",
    "delete",
    "close",
    ...names.map((name) => iconOf(name, false)),
  ]);
  assertEquals(wanted.size, 14);
  const html = listingToHtml({
    ...{ path: "a", cut: false, unlisted: 0, readme: { name: "README", html: "" } },
    view: { sort: "name", order: "asc", filter: "", page: 1 },
    selection: { entries: [], before: 0, total: 0, page: 1, pages: 1 },
    rights: { upload: true, edit: true, overwrite: true, zip: true },
  });
  for (const [, name] of html.matchAll(/(?:icon icon-|makeIcon\(")([a-z-]+)"/g)) wanted.add(name!);
  assertEquals([...wanted].sort(), [...drawn].sort());
});

Deno.test("icon() says nothing to those who do not see it", () => {
  assertEquals(icon("home"), `<i class="icon icon-home"></i>`);
});

Deno.test("icons are drawings that an address holds as a whole", () => {
  const addresses = [...ICON_RULES.matchAll(/url\("([^"]*)"\)/g)].map(([, address]) => address!);
  assertEquals(addresses.length, drawn.size);
  for (const address of [...addresses, PAGE_ICON]) {
    const [, svg] = /^data:image\/svg\+xml,([^%<>#"]*(?:%[0-9A-F]{2}[^%<>#"]*)*)$/.exec(address)!;
    const text = decodeURIComponent(svg!);
    assert(
      /^<svg xmlns='[^']*' viewBox='0 0 24 24' [^<>]*>(?:<path [^<>]*\/>)+<\/svg>$/.test(text),
      text,
    );
  }
});
