import { assertEquals } from "@std/assert";
import { FileCache, MAX_FILE_BYTES } from "../../../server/files/file_cache.ts";
import type { FileFacts } from "../../../server/files/locate.ts";

const NOW = 1_700_000_000_000;

function facts(over: Partial<FileFacts> = {}): FileFacts {
  return { path: "/x", size: 10, mtimeMs: 0, ctimeMs: 0, dev: 1, ino: 1, ...over };
}

function content(size: number): { facts: FileFacts; bytes: Uint8Array<ArrayBuffer> } {
  return { facts: facts({ size }), bytes: new Uint8Array(size) };
}

Deno.test("FileCache.accepts() small files whose last change is over", () => {
  const cache = new FileCache();
  const cases: [Partial<FileFacts>, boolean][] = [
    [{}, true],
    [{ size: MAX_FILE_BYTES }, true],
    [{ size: MAX_FILE_BYTES + 1 }, false],
    [{ mtimeMs: NOW - 1000 }, false],
    [{ ctimeMs: NOW - 1000 }, false],
    [{ ctimeMs: NOW + 60_000 }, false],
    [{ mtimeMs: NOW - 3000, ctimeMs: NOW - 3000 }, true],
    [{ mtimeMs: null }, false],
    [{ ctimeMs: null }, false],
    [{ ino: null }, false],
  ];
  for (const [over, expected] of cases) {
    assertEquals(cache.accepts(facts(over), NOW), expected, JSON.stringify(over));
  }
});

Deno.test("FileCache keeps what was used last when it is full", () => {
  const cache = new FileCache(3 * (1000 + 512));
  for (const name of ["a", "b", "c"]) cache.put(name, content(1000));
  cache.get("a");
  cache.put("d", content(1000));
  const kept = ["a", "b", "c", "d"].filter((name) => cache.get(name) !== undefined);
  assertEquals(kept, ["a", "c", "d"]);
});

Deno.test("FileCache counts the bytes of what it replaces and forgets", () => {
  const cache = new FileCache(2 * (1000 + 512));
  for (let i = 0; i < 100; i++) cache.put("a", content(1000));
  cache.put("b", content(1000));
  assertEquals([cache.get("a"), cache.get("b")].map((it) => it?.bytes.length), [1000, 1000]);
  cache.delete("a");
  cache.delete("a");
  cache.put("c", content(1000));
  assertEquals([cache.get("b"), cache.get("c")].map((it) => it?.bytes.length), [1000, 1000]);
});

Deno.test("FileCache bounds the number of empty files too", () => {
  const cache = new FileCache(10 * 512);
  for (let i = 0; i < 1000; i++) cache.put(`empty-${i}`, content(0));
  let kept = 0;
  for (let i = 0; i < 1000; i++) if (cache.get(`empty-${i}`) !== undefined) kept++;
  assertEquals(kept, 10);
});
