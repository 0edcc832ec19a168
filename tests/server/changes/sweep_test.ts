import { assert, assertEquals } from "@std/assert";
import { PartialFile } from "../../../server/changes/partial_file.ts";
import { sweepFolder } from "../../../server/changes/sweep.ts";
import { makeTemporaryName } from "../../../server/changes/temporary_name.ts";
import { TempTree } from "../files/temp_tree.ts";

const HOUR_MS = 60 * 60 * 1000;

function count(tree: TempTree): number {
  return [...Deno.readDirSync(tree.root)].length;
}

Deno.test("what was not written to for a day is removed, and nothing else", async () => {
  using tree = new TempTree();
  const now = Date.now();
  const [old, resumable, recent] = [makeTemporaryName(), makeTemporaryName(5), makeTemporaryName()];
  const others = [".upload-mine", "upload", ".upload-"];
  for (const name of [old, resumable, recent, ...others]) {
    const path = tree.write(name);
    const ageMs = name === recent ? 23 * HOUR_MS : 25 * HOUR_MS;
    Deno.utimeSync(path, new Date(now - ageMs), new Date(now - ageMs));
  }
  const folder = makeTemporaryName();
  tree.folder(folder);
  Deno.utimeSync(`${tree.root}/${folder}`, 1, 1);
  await sweepFolder(tree.root, now);
  const left = [...Deno.readDirSync(tree.root)].map(({ name }) => name);
  assertEquals(left.sort(), [recent, folder, ...others].sort());
});

Deno.test("a folder is looked through once an hour, and a few files at a time", async () => {
  using tree = new TempTree();
  const abandon = (): void => Deno.utimeSync(tree.write(makeTemporaryName()), 1, 1);
  const now = Date.now();
  for (let i = 0; i < 101; i++) abandon();
  await sweepFolder(tree.root, now);
  assertEquals(count(tree), 1);
  await sweepFolder(tree.root, now + HOUR_MS - 1);
  assertEquals(count(tree), 1);
  await sweepFolder(tree.root, now + HOUR_MS);
  assertEquals(count(tree), 0);
});

Deno.test("a folder that cannot be looked through is nobody's problem", async () => {
  using tree = new TempTree();
  await sweepFolder(`${tree.root}/none`);
});

Deno.test("what a request is going on with is not removed, however old it is", async () => {
  using tree = new TempTree();
  const path = tree.write(makeTemporaryName(10));
  Deno.utimeSync(path, 1, 1);
  const file = await PartialFile.open(path);
  assert(file instanceof PartialFile);
  const now = Date.now();
  await sweepFolder(tree.root, now);
  assertEquals(count(tree), 1);
  file.close();
  await sweepFolder(tree.root, now + HOUR_MS);
  assertEquals(count(tree), 0);
});
