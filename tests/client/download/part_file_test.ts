// What stays of a partial download, and who may work on it.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { PartFile } from "../../../client/download/part_file.ts";
import { type Source, sourceOf } from "../../../client/download/validators.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { countDescriptors } from "../../open_descriptors.ts";

const SOURCE: Source = sourceOf("http://a/", { etag: '"a"', "content-length": "10" });
const WEAK: Source = sourceOf("http://a/", { etag: 'W/"a"', "content-length": "10" });

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Leaves a partial file with `text`. */
async function leave(path: string, text: string, source: Source = SOURCE): Promise<void> {
  const part = await PartFile.open(path);
  await part.restart(source);
  await part.write(bytes(text));
  await part.suspend();
}

async function contentOf(part: PartFile): Promise<string> {
  let text = "";
  for await (const piece of part.content()) text += new TextDecoder().decode(piece);
  return text;
}

Deno.test("a partial file is found again with its source, and gone on with", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  await leave(path, "hello ");
  assertEquals(list(tree.root), ["file.part", "file.part.json"]);
  const part = await PartFile.open(path);
  assertEquals([part.size, part.source], [6, SOURCE]);
  await part.write(bytes("world"));
  assertEquals(part.size, 11);
  await part.commit();
  assertEquals(list(tree.root), ["file"]);
  assertEquals(await Deno.readTextFile(path), "hello world");
});

Deno.test("a partial file is gone on with at its end, also after it was read", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  await leave(path, "hello ");
  const part = await PartFile.open(path);
  assertEquals(await contentOf(part), "hello ");
  await part.write(bytes("world"));
  await part.commit();
  assertEquals(await Deno.readTextFile(path), "hello world");
});

Deno.test("a partial file can begin anew with another source", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  await leave(path, "a long beginning");
  const part = await PartFile.open(path);
  const other = sourceOf("http://b/", { etag: '"b"' });
  await part.restart(other);
  assertEquals([part.size, part.source], [0, other]);
  await part.write(bytes("short"));
  await part.suspend();
  const again = await PartFile.open(path);
  assertEquals([again.size, again.source], [5, other]);
  await again.discard();
  assertEquals(list(tree.root), []);
});

Deno.test("a partial file that nobody could go on with is not left", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  await leave(path, "hello", WEAK);
  assertEquals(list(tree.root), []);
  await leave(path, "");
  assertEquals(list(tree.root), []);
  const part = await PartFile.open(path);
  await part.suspend();
  assertEquals(list(tree.root), []);
});

Deno.test("a partial file without what is known about it has no source", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  tree.write("file.part", "hello");
  for (const json of [undefined, "{", "null"]) {
    if (json !== undefined) tree.write("file.part.json", json);
    const part = await PartFile.open(path);
    assertEquals([part.size, part.source], [5, undefined]);
    await part.restart(SOURCE);
    await part.write(bytes("hello"));
    await part.suspend();
  }
});

Deno.test("the target stays as it was until the whole file takes its place, rights included", async () => {
  using tree = new TempTree();
  const path = tree.write("file", "content");
  Deno.chmodSync(path, 0o640);
  await leave(path, "hello");
  assertEquals(await Deno.readTextFile(path), "content");
  assertEquals(Deno.statSync(`${path}.part`).mode! & 0o777, 0o640);
  await (await PartFile.open(path)).commit();
  assertEquals(await Deno.readTextFile(path), "hello");
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o640);
});

Deno.test("what is known about the source is for its owner alone", async () => {
  using tree = new TempTree();
  await leave(`${tree.root}/file`, "hello");
  assertEquals(Deno.statSync(`${tree.root}/file.part.json`).mode! & 0o077, 0);
});

Deno.test("a second download into the same file is refused while the first one is under way", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  const first = await PartFile.open(path);
  const error = await assertRejects(() => PartFile.open(path), HttpError);
  assertEquals(error.message, `Cannot write file "${path}": another download of it is under way`);
  await first.restart(SOURCE);
  await first.write(bytes("hello"));
  await first.commit();
  const second = await PartFile.open(path);
  assertEquals(second.size, 0);
  await second.discard();
  assertEquals(await Deno.readTextFile(path), "hello");
});

Deno.test("a link in the place of a partial file is not followed", async () => {
  using tree = new TempTree();
  const outside = tree.writeOutside("victim", "content");
  tree.link("file.part", outside);
  const error = await assertRejects(() => PartFile.open(`${tree.root}/file`), HttpError);
  assertMatch(error.message, /"[^"]*\/file\.part" is not a file of its own$/);
  Deno.removeSync(`${tree.root}/file.part`);
  tree.link("file.part.json", outside);
  await leave(`${tree.root}/file`, "hello");
  assertEquals(await Deno.readTextFile(outside), "content");
});

Deno.test("a whole file that cannot take its place is left for the next time", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  const part = await PartFile.open(path);
  await part.restart(SOURCE);
  await part.write(bytes("hello"));
  tree.folder("file");
  await assertRejects(() => part.commit(), HttpError, "it is a folder");
  await part.suspend();
  Deno.removeSync(path);
  const again = await PartFile.open(path);
  assertEquals([again.size, again.source], [5, SOURCE]);
  await again.commit();
  assertEquals(await Deno.readTextFile(path), "hello");
});

Deno.test("only what can take a place can be resumed", async () => {
  const error = await assertRejects(() => PartFile.open("/dev/null"), HttpError);
  assertEquals(
    error.message,
    'Cannot write file "/dev/null": only a regular file can be resumed',
  );
});

Deno.test({
  name: "no descriptor of a partial file is left",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using tree = new TempTree();
    const before = countDescriptors();
    for (let i = 0; i < 10; i++) {
      await leave(`${tree.root}/a`, "hello");
      const part = await PartFile.open(`${tree.root}/a`);
      await PartFile.open(`${tree.root}/a`).catch(() => {});
      await (i % 2 === 0 ? part.commit() : part.discard());
    }
    assertEquals(countDescriptors(), before);
  },
});
