import { assertEquals, assertStrictEquals } from "@std/assert";
import type { FileCacheOptions } from "../../../server/files/file_options.ts";
import { FileMemory } from "../../../server/files/file_memory.ts";
import type { FoundFile } from "../../../server/files/file_source.ts";
import type { FileFacts } from "../../../server/files/locate.ts";

const NOW = 1_700_000_000_000;
const ENTRY = 512;

function memory(bounds: FileCacheOptions = {}): FileMemory {
  return new FileMemory({
    ...{ maxBytes: 64 * 1024 * 1024, maxFileBytes: 1024 * 1024, maxEntries: 10_000, maxAge: 1 },
    ...bounds,
  });
}

function facts(over: Partial<FileFacts> = {}): FileFacts {
  return { path: "/x", size: 10, mtimeMs: 0, ctimeMs: 0, dev: 1, ino: 1, ...over };
}

function found(name: string, over: Partial<FileFacts> = {}): FoundFile {
  const own = facts({ path: `/${name}`, size: 1000, ...over });
  return { kind: "file", name, size: own.size, mtimeMs: own.mtimeMs, varies: false, facts: own };
}

/** Which of the files have their content in memory. */
function keptOf(files: FileMemory, ...names: string[]): string[] {
  return names.filter((name) => files.complete(found(name)).bytes !== undefined);
}

Deno.test("FileMemory.accepts() files within its bounds whose last change is over", () => {
  const files = memory();
  const cases: [Partial<FileFacts>, boolean][] = [
    [{}, true],
    [{ size: 65536 }, true],
    [{ size: 1024 * 1024 + 1 }, false],
    [{ mtimeMs: NOW - 1000 }, false],
    [{ ctimeMs: NOW - 1000 }, false],
    [{ ctimeMs: NOW + 60_000 }, false],
    [{ mtimeMs: NOW - 3000, ctimeMs: NOW - 3000 }, true],
    [{ mtimeMs: null }, false],
    [{ ctimeMs: null }, false],
    [{ ino: null }, false],
  ];
  for (const [over, expected] of cases) {
    assertEquals(files.accepts(facts(over), NOW), expected, JSON.stringify(over));
  }
  assertEquals(memory({ maxFileBytes: 9 }).accepts(facts(), NOW), false);
  assertEquals(memory({ maxBytes: 0 }).accepts(facts(), NOW), false);
  assertEquals(memory({ maxEntries: 0 }).accepts(facts(), NOW), false);
});

Deno.test("FileMemory.accepts() larger files when they are asked for again", () => {
  const files = memory();
  const answers = (size: number, path = "/x") =>
    [1, 2].map(() => files.accepts(facts({ size, path }), NOW));
  assertEquals(answers(65537), [false, true]);
  assertEquals(answers(1024 * 1024), [false, true]);
  assertEquals(answers(1024 * 1024 + 1), [false, false]);
  // Of many that were asked for once not all are remembered.
  for (let i = 0; i < 2000; i++) files.accepts(facts({ size: 65537, path: `/${i}` }), NOW);
  assertEquals(files.accepts(facts({ size: 65537, path: "/0" }), NOW), false);
  assertEquals(files.accepts(facts({ size: 65537, path: "/1999" }), NOW), true);
});

Deno.test("a content is that of exactly the file it was read from", () => {
  const files = memory();
  const bytes = new Uint8Array(1000);
  files.keep(found("a"), bytes);
  assertStrictEquals(files.complete(found("a")).bytes, bytes);
  assertEquals(files.complete(found("a", { mtimeMs: 1 })).bytes, undefined);
  // It is forgotten then.
  assertEquals(keptOf(files, "a"), []);
});

Deno.test("the bytes of what is replaced and forgotten are counted no longer", () => {
  const files = memory({ maxBytes: 2 * (1000 + ENTRY) });
  for (let i = 0; i < 100; i++) files.keep(found("a", { ino: i }), new Uint8Array(1000));
  files.keep(found("b"), new Uint8Array(1000));
  assertEquals(files.complete(found("a", { ino: 99 })).bytes?.length, 1000);
  assertEquals(files.complete(found("a", { ino: 1 })).bytes, undefined);
  files.keep(found("c"), new Uint8Array(1000));
  assertEquals(keptOf(files, "b", "c"), ["b", "c"]);
});

Deno.test("the same content in another place takes the place of the first", () => {
  const files = memory({ maxBytes: 1000 + ENTRY });
  files.keep(found("a"), new Uint8Array(1000));
  files.remember("/a", files.complete(found("a")), NOW);
  const view = new Uint8Array(1200).subarray(200);
  files.keep(found("a"), view);
  assertStrictEquals(files.complete(found("a")).bytes, view);
  assertStrictEquals(files.recall("/a", NOW)?.bytes, view);
});

Deno.test("what was found for a request is known for maxAge, as long as the content is", () => {
  const files = memory({ maxAge: 2, maxBytes: 1000 + ENTRY });
  files.remember("/a", found("a"), NOW);
  assertEquals(files.recall("/a", NOW), undefined);
  files.keep(found("a"), new Uint8Array(1000));
  files.remember("/a", found("a"), NOW);
  assertEquals(files.recall("/a", NOW + 1999)?.bytes?.length, 1000);
  assertEquals(files.recall("/a", NOW + 1999)?.name, "a");
  assertEquals(files.recall("/b", NOW), undefined);
  assertEquals(files.recall("/a", NOW + 2000), undefined);
  assertEquals(files.recall("/a", NOW), undefined);

  files.remember("/a", found("a"), NOW);
  files.keep(found("b"), new Uint8Array(1000));
  assertEquals(files.recall("/a", NOW), undefined);
});

Deno.test("a clock that was set back makes nothing older or younger", () => {
  const files = memory();
  files.keep(found("a"), new Uint8Array(1000));
  files.remember("/a", found("a"), NOW);
  assertEquals(files.recall("/a", NOW - 1), undefined);
});

Deno.test("a maxAge of 0 knows nothing of requests", () => {
  const files = memory({ maxAge: 0 });
  files.keep(found("a"), new Uint8Array(1000));
  files.remember("/a", found("a"), NOW);
  assertEquals(files.recall("/a", NOW), undefined);
  assertEquals(keptOf(files, "a"), ["a"]);
});

Deno.test("the requests that are known are bounded as well", () => {
  const files = memory({ maxEntries: 5 });
  files.keep(found("a"), new Uint8Array(1000));
  for (let i = 0; i < 1000; i++) files.remember(`/a?${i}`, found("a"), NOW);
  let known = 0;
  for (let i = 0; i < 1000; i++) if (files.recall(`/a?${i}`, NOW) !== undefined) known++;
  assertEquals(known <= 10, true);
});
