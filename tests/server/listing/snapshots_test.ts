import type { Entries } from "../../../server/listing/entries.ts";
import { assertEquals, assertRejects } from "@std/assert";
import type { FolderEntry } from "../../../server/files/folder_entries.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { Snapshots } from "../../../server/listing/snapshots.ts";

const LARGE = 2000;
const pathOf = (raw: string): SafePath => parseSafePath(raw) as SafePath;

/** Counts how often each folder is looked at; a look waits for `gate`. */
class Folders {
  readonly looks: string[] = [];
  active = 0;
  mostActive = 0;
  gate: Promise<void> = Promise.resolve();
  count = LARGE;

  async *list({ relative }: SafePath): AsyncGenerator<FolderEntry> {
    this.looks.push(relative);
    this.mostActive = Math.max(this.mostActive, ++this.active);
    await this.gate;
    for (let at = 0; at < this.count; at++) {
      yield { name: `${at}`, kind: "file", size: 0, mtimeMs: 0 };
    }
    this.active--;
  }
}

/** What is in a folder. */
function take(snapshots: Snapshots, path: SafePath, fresh: boolean): Promise<Entries> {
  return snapshots.use(path, fresh, (entries) => Promise.resolve(entries));
}

Deno.test("Snapshots remember one large folder for a moment", async () => {
  const folders = new Folders();
  let nowMs = 0;
  const snapshots = new Snapshots((path) => folders.list(path), () => 0, () => nowMs);
  const entries = await take(snapshots, pathOf("/a/"), false);
  nowMs = 4999;
  assertEquals(await take(snapshots, pathOf("/a/"), false) === entries, true);
  nowMs = 5000;
  assertEquals(await take(snapshots, pathOf("/a/"), false) === entries, false);
  await take(snapshots, pathOf("/b/"), false);
  await take(snapshots, pathOf("/a/"), false);
  assertEquals(folders.looks, ["a", "a", "b", "a"]);
});

Deno.test("Snapshots look again when what they remember will not do", async () => {
  const folders = new Folders();
  const snapshots = new Snapshots((path) => folders.list(path), () => 0, () => 0);
  await take(snapshots, pathOf("/a/"), false);
  folders.count = LARGE + 1;
  assertEquals((await take(snapshots, pathOf("/a/"), true)).all.length, LARGE + 1);
  assertEquals((await take(snapshots, pathOf("/a/"), false)).all.length, LARGE + 1);
  folders.count = 1;
  await take(snapshots, pathOf("/a/"), true);
  assertEquals((await take(snapshots, pathOf("/a/"), false)).all.length, 1);
  assertEquals(folders.looks.length, 4);
});

Deno.test("Snapshots do not remember small folders", async () => {
  const folders = new Folders();
  folders.count = LARGE - 1;
  const snapshots = new Snapshots((path) => folders.list(path), () => 0, () => 0);
  await take(snapshots, pathOf("/a/"), false);
  await take(snapshots, pathOf("/a/"), false);
  assertEquals(folders.looks.length, 2);
});

Deno.test("Snapshots look at three folders at once, and at none twice for those who wait", async () => {
  const folders = new Folders();
  const gate = Promise.withResolvers<void>();
  folders.gate = gate.promise;
  const snapshots = new Snapshots((path) => folders.list(path), () => 0, () => 0);
  const paths = ["/a/", "/b/", "/c/", "/c/", "/c/"];
  const taken = paths.map((path) => take(snapshots, pathOf(path), false));
  gate.resolve();
  await Promise.all(taken);
  assertEquals([folders.looks, folders.mostActive], [["a", "b", "c"], 3]);
});

Deno.test("Snapshots go on after a folder that cannot be looked at", async () => {
  let broken = true;
  const folders = new Folders();
  const snapshots = new Snapshots((path) => {
    if (broken) throw new Error("broken");
    return folders.list(path);
  }, () => 0);
  for (let count = 0; count < 5; count++) {
    await assertRejects(() => take(snapshots, pathOf("/a/"), false), Error, "broken");
  }
  broken = false;
  assertEquals((await take(snapshots, pathOf("/a/"), false)).all.length, LARGE);
});

Deno.test("Snapshots forget what we change, even while they look", async () => {
  const folders = new Folders();
  let changes = 0;
  const snapshots = new Snapshots((path) => folders.list(path), () => changes, () => 0);
  const path = pathOf("/a/");
  await take(snapshots, path, false);
  changes++;
  folders.count = LARGE + 1;
  const gate = Promise.withResolvers<void>();
  folders.gate = gate.promise;
  const looking = take(snapshots, path, false);
  changes++;
  gate.resolve();
  assertEquals((await looking).all.length, LARGE + 1);
  await take(snapshots, path, false);
  await take(snapshots, path, false);
  assertEquals(folders.looks, ["a", "a", "a"]);
});

Deno.test("Snapshots count what has no name to ask for", async () => {
  const snapshots = new Snapshots(async function* (_path, unlisted) {
    unlisted();
    yield { name: "a", kind: "file", size: 0, mtimeMs: 0 };
    unlisted();
  });
  const { all, unlisted } = await take(snapshots, pathOf("/"), false);
  assertEquals([all.length, unlisted], [1, 2]);
});
