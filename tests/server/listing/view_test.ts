import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { linkTo, parseView, type View } from "../../../server/listing/view.ts";

const PLAIN: View = { sort: "name", order: "asc", filter: "", page: 1 };

Deno.test("parseView() reads what a query asks for", () => {
  const cases: [string, Partial<View>][] = [
    ["", {}],
    ["sort=size&order=desc", { sort: "size", order: "desc" }],
    ["sort=date&page=12&filter=a+b%20c%26", { sort: "date", page: 12, filter: "a b c&" }],
    ["filter=%F0%9F%8E%89", { filter: "🎉" }],
  ];
  for (const [query, changes] of cases) assertEquals(parseView(query), { ...PLAIN, ...changes });
});

Deno.test("parseView() takes nothing from what makes no sense", () => {
  for (
    const query of [
      "sort=inode",
      "sort=NAME&order=up",
      "page=0",
      "page=-1",
      "page=1e3",
      "page=x",
      "page=99999999",
    ]
  ) {
    assertEquals(parseView(query), PLAIN, query);
  }
});

Deno.test("parseView() bounds the filter", () => {
  assertEquals(parseView(`filter=${"a".repeat(1000)}`).filter.length, 255);
  // 254 letters and the half of an emoji.
  assertEquals(parseView(`filter=${"a".repeat(254)}🎉`).filter.isWellFormed(), true);
});

Deno.test("linkTo() leaves out what is so by default", () => {
  const cases: [Partial<View>, string][] = [
    [{}, "./"],
    [{ sort: "size" }, "?sort=size&order=asc"],
    [{ order: "desc", page: 3 }, "?sort=name&order=desc&page=3"],
    [{ filter: "a&b=c #?" }, "?filter=a%26b%3Dc+%23%3F"],
  ];
  for (const [changes, link] of cases) assertEquals(linkTo({ ...PLAIN, ...changes }), link);
});

Deno.test("parseView() reads what linkTo() writes", () => {
  const view = fc.record({
    sort: fc.constantFrom("name", "size", "date"),
    order: fc.constantFrom("asc", "desc"),
    filter: fc.string({ unit: "grapheme", maxLength: 40 }).filter((it) => it.isWellFormed()),
    page: fc.integer({ min: 1, max: 9_999_999 }),
  }) as fc.Arbitrary<View>;
  fc.assert(fc.property(view, (view) => {
    assertEquals(parseView(linkTo(view).replace(/^\.\/$|^\?/, "")), view);
  }));
});
