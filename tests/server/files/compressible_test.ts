import { assertEquals } from "@std/assert";
import { isWorthCompressing, MAX_BYTES, MIN_BYTES } from "../../../server/files/compressible.ts";
import { mediaType } from "../../../server/files/media_type.ts";

Deno.test("isWorthCompressing() knows texts by their types", () => {
  const worth = [
    "a.html",
    "a.css",
    "a.js",
    "a.mjs",
    "a.json",
    "a.svg",
    "a.xml",
    "a.txt",
    "a.md",
    "a.csv",
  ]
    .concat(["a.wasm", "a.map", "a.webmanifest", "a.yaml", "a.toml", "a.ttf", "a.sh"]);
  const not = [
    "a.png",
    "a.jpg",
    "a.mp4",
    "a.webm",
    "a.zip",
    "a.gz",
    "a.br",
    "a.woff2",
    "a.pdf",
    "a.bin",
    "a",
  ];
  for (const name of worth) assertEquals(isWorthCompressing(mediaType(name), 5000), true, name);
  for (const name of not) assertEquals(isWorthCompressing(mediaType(name), 5000), false, name);
  assertEquals(isWorthCompressing("text/event-stream", 5000), false);
  assertEquals(isWorthCompressing("TEXT/HTML; charset=UTF-8", 5000), true);
});

Deno.test("isWorthCompressing() leaves small and large files alone", () => {
  const sizes: [number, boolean][] = [[0, false], [MIN_BYTES - 1, false], [MIN_BYTES, true]]
    .concat([[MAX_BYTES, true], [MAX_BYTES + 1, false]] as never) as [number, boolean][];
  for (const [size, expected] of sizes) {
    assertEquals(isWorthCompressing("text/css", size), expected);
  }
});
