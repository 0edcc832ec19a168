import { assertEquals, assertStrictEquals } from "@std/assert";
import { ContentMemory, type Kept } from "../../../server/files/content_memory.ts";
import type { FileCacheOptions } from "../../../server/files/file_options.ts";

const ENTRY = 512;

function memory(bounds: FileCacheOptions = {}): ContentMemory<string, Kept> {
  const enough = { maxBytes: 1e9, maxFileBytes: 1e6, maxEntries: 10_000, maxAge: 1 };
  return new ContentMemory({ ...enough, ...bounds });
}

const content = (size: number): Kept => ({ bytes: new Uint8Array(size) });

/** Which of the keys have something, without any use of it. */
function keysOf(contents: ContentMemory<string, Kept>, ...keys: string[]): string[] {
  return keys.filter((key) => contents.peek(key) !== undefined);
}

Deno.test("ContentMemory fits what is within all of its bounds", () => {
  assertEquals([1e6, 1e6 + 1].map((size) => memory().fits(size)), [true, false]);
  const small = memory({ maxBytes: 10 + ENTRY });
  assertEquals([10, 11].map((size) => small.fits(size)), [true, false]);
  assertEquals(memory({ maxEntries: 0 }).fits(0), false);
});

Deno.test("what was used last stays when the memory is full, in bytes or in number", () => {
  for (const bounds of [{ maxBytes: 3 * (1000 + ENTRY) }, { maxEntries: 3 }]) {
    const contents = memory(bounds);
    for (const key of ["a", "b", "c"]) contents.keep(key, content(1000));
    contents.use("a");
    contents.peek("b");
    contents.keep("d", content(1000));
    assertEquals(keysOf(contents, "a", "b", "c", "d"), ["a", "c", "d"]);
  }
});

Deno.test("a large content takes the place of as many as it needs", () => {
  const contents = memory({ maxBytes: 10 * (100 + ENTRY) });
  const keys = Array.from({ length: 10 }, (_, i) => `${i}`);
  for (const key of keys) contents.keep(key, content(100));
  contents.keep("large", content(3 * (100 + ENTRY) - ENTRY));
  assertEquals(keysOf(contents, ...keys, "large"), [...keys.slice(3), "large"]);
});

Deno.test("the bytes of what is replaced and dropped are counted no longer", () => {
  const contents = memory({ maxBytes: 2 * (1000 + ENTRY) });
  for (let i = 0; i < 100; i++) contents.keep("a", content(1000));
  contents.keep("b", content(1000));
  assertEquals(keysOf(contents, "a", "b"), ["a", "b"]);
  contents.drop("a");
  contents.drop("a");
  contents.keep("c", content(1000));
  assertEquals(keysOf(contents, "a", "b", "c"), ["b", "c"]);
  assertEquals([contents.use("a"), contents.peek("a")], [undefined, undefined]);
});

Deno.test("empty contents are bounded, too", () => {
  const contents = memory({ maxBytes: 10 * ENTRY });
  const keys = Array.from({ length: 1000 }, (_, i) => `${i}`);
  for (const key of keys) contents.keep(key, content(0));
  assertEquals(keysOf(contents, ...keys), keys.slice(-10));
});

Deno.test("ContentMemory.use() and peek() return the very value", () => {
  const contents = memory();
  const value = content(1);
  contents.keep("a", value);
  assertStrictEquals(contents.use("a"), value);
  assertStrictEquals(contents.peek("a"), value);
});
