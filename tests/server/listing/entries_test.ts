import { assertEquals } from "@std/assert";
import type { FolderEntry } from "../../../server/files/folder_entries.ts";
import { collectEntries, type Entry, selectEntries } from "../../../server/listing/entries.ts";
import { parseView } from "../../../server/listing/view.ts";

/** Entries by name, folders with a slash; the size and the time of a file are given behind its name. */
async function* list(...texts: string[]): AsyncGenerator<FolderEntry> {
  for (const text of texts) {
    const [name, size = "0", time = "0"] = text.split("|") as [string, string?, string?];
    const isFolder = name.endsWith("/");
    yield {
      name: isFolder ? name.slice(0, -1) : name,
      kind: isFolder ? "folder" : "file",
      size: Number(size),
      mtimeMs: time === "null" ? null : Number(time),
    };
  }
}

async function select(query: string, pageEntries?: number, ...texts: string[]): Promise<string[]> {
  const { all } = await collectEntries(() => list(...texts));
  return namesOf((await selectEntries(all, parseView(query), pageEntries)).entries);
}

const namesOf = (entries: readonly Entry[]): string[] => entries.map(({ name }) => name);

Deno.test("collectEntries() says when it stops before the end", async () => {
  const { all, cut } = await collectEntries(() => list("a", "b"), 2);
  assertEquals([namesOf(all), cut], [["a", "b"], false]);
  const some = await collectEntries(() => list("a", "b", "c"), 2);
  assertEquals([namesOf(some.all), some.cut], [["a", "b"], true]);
});

Deno.test("collectEntries() has no time where no Date could", async () => {
  const { all } = await collectEntries(() =>
    list("a|1|8.64e15", "b|1|8.65e15", "c|1|NaN", "d|1|null")
  );
  assertEquals(all.map(({ mtimeMs }) => mtimeMs), [8.64e15, null, null, null]);
});

Deno.test("selectEntries() sorts, folders first whatever the order", async () => {
  const texts = ["b10|5|30", "B2|9|10", "z/|0|5", "a|5|20", "c/|0|40", "null|1|null"];
  const cases: [string, string[]][] = [
    ["", ["c", "z", "a", "B2", "b10", "null"]],
    ["order=desc", ["z", "c", "null", "b10", "B2", "a"]],
    ["sort=size", ["c", "z", "null", "a", "b10", "B2"]],
    ["sort=size&order=desc", ["c", "z", "B2", "a", "b10", "null"]],
    ["sort=date", ["z", "c", "null", "B2", "a", "b10"]],
    ["sort=date&order=desc", ["c", "z", "b10", "a", "B2", "null"]],
  ];
  for (const [query, expected] of cases) {
    assertEquals(await select(query, 10, ...texts), expected, query);
  }
});

Deno.test("selectEntries() filters by all words, whatever case and accents", async () => {
  const texts = ["Été à Lisbonne.jpg", "ete.txt", "Lisboa/", "other"];
  const cases: [string, string[]][] = [
    ["filter=ETE", ["Été à Lisbonne.jpg", "ete.txt"]],
    ["filter=lisb+ete", ["Été à Lisbonne.jpg"]],
    ["filter=++", ["Lisboa", "Été à Lisbonne.jpg", "ete.txt", "other"]],
    ["filter=.*", []],
  ];
  for (const [query, expected] of cases) {
    assertEquals(await select(query, 10, ...texts), expected, query);
  }
});

Deno.test("selectEntries() cuts pages, and gives the last one for those beyond", async () => {
  const { all } = await collectEntries(() => list("a", "b", "c", "d", "e"));
  const cases: [number, string[], number, number][] = [
    [1, ["a", "b"], 0, 1],
    [2, ["c", "d"], 2, 2],
    [3, ["e"], 4, 3],
    [4, ["e"], 4, 3],
  ];
  for (const [wanted, names, before, page] of cases) {
    const selection = await selectEntries(all, parseView(`page=${wanted}`), 2);
    assertEquals(namesOf(selection.entries), names);
    assertEquals([selection.before, selection.page, selection.pages, selection.total], [
      before,
      page,
      3,
      5,
    ]);
  }
  const none = await selectEntries([], parseView("page=7"), 2);
  assertEquals([none.page, none.pages, none.total], [1, 1, 0]);
});
