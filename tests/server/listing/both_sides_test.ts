import { assert, assertEquals } from "@std/assert";
import {
  foldCase,
  humanSize,
  iconOf,
  sortKey,
  unlistedText,
  visiblePieces,
} from "../../../server/listing/both_sides.ts";

Deno.test("sortKey() puts names in the order that people expect", () => {
  const names = ["10.txt", "9.txt", "b2", "B10", "Äpfel", "apfel", "a", "Zebra", "été", "etüde"];
  const sorted = names.toSorted((one, other) => sortKey(one) < sortKey(other) ? -1 : 1);
  assertEquals(sorted, [
    "9.txt",
    "10.txt",
    "a",
    "Äpfel",
    "apfel",
    "b2",
    "B10",
    "été",
    "etüde",
    "Zebra",
  ]);
});

Deno.test("foldCase() leaves neither case nor accents", () => {
  assertEquals(foldCase("ÉTÉ Straße 7"), "ete straße 7");
});

Deno.test("humanSize() has at most three digits that matter", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [1, "1 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9949, "9.9 kB"],
    [9950, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [1_234_567, "1.2 MB"],
    [48_000_000_000, "48 GB"],
    [7.5e12, "7.5 TB"],
    [2 ** 53, "9.0 PB"],
    [5e18, "5000 PB"],
  ];
  for (const [bytes, text] of cases) assertEquals(humanSize(bytes), text);
});

Deno.test("iconOf() goes by the extension, whatever its case", () => {
  const cases: [string, string][] = [
    ["photo.JPG", "image"],
    ["trip.mp4", "video"],
    ["song.flac", "audio"],
    ["all.tar.gz", "archive"],
    ["plan.pdf", "book"],
    ["table.csv", "sheet"],
    ["README.md", "text"],
    ["Inter.woff2", "font"],
    ["main.ts", "code"],
    ["Makefile", "file"],
    [".jpg.", "file"],
    ["x.constructor", "file"],
  ];
  for (const [name, icon] of cases) assertEquals(iconOf(name, false), icon, name);
  assertEquals(iconOf("folder.jpg", true), "folder");
});

Deno.test("visiblePieces() cuts out what cannot be seen", () => {
  assertEquals(visiblePieces("photo\u202egpj.exe"), ["photo", "U+202E", "gpj.exe"]);
  assertEquals(visiblePieces("\u0007a\n"), ["", "U+0007", "a", "U+000A", ""]);
  assertEquals(visiblePieces("\u{e0041}"), ["", "U+E0041", ""]);
  // What emoji and some scripts are written with stays.
  for (const name of ["👩‍🚀", "می‌خواهم", "a b", "日本語"]) assertEquals(visiblePieces(name), [name]);
});

Deno.test("the functions work from their text alone", () => {
  const functions = { foldCase, humanSize, iconOf, sortKey, visiblePieces };
  const calls: Record<string, [call: string, expected: unknown]> = {
    foldCase: [`("Ä")`, "a"],
    humanSize: ["(1500)", "1.5 kB"],
    iconOf: [`("a.png", false)`, "image"],
    sortKey: [`("b2")`, "b0000000000000002"],
    visiblePieces: [`("a")`, ["a"]],
  };
  for (const [name, fn] of Object.entries(functions)) {
    const [call, expected] = calls[name]!;
    // Such a function sees nothing of this module.
    assertEquals(new Function(`return (${fn})${call}`)(), expected, name);
  }
  assert(Object.keys(calls).length === 5);
});

Deno.test("unlistedText() counts", () => {
  assertEquals([0, 1, 2].map(unlistedText), [
    "",
    "1 more entry cannot be shown: no address can have its name.",
    "2 more entries cannot be shown: no address can have their names.",
  ]);
});
