import { assert, assertEquals, assertRejects } from "@std/assert";
import { PartialFile } from "../../../server/changes/partial_file.ts";
import { TempTree } from "../files/temp_tree.ts";

const HELLO = new TextEncoder().encode("hello");

Deno.test("a partial file is appended to, by one at a time", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/.part`;
  await PartialFile.create(path);
  const file = await PartialFile.open(path);
  assert(file instanceof PartialFile);
  assertEquals(file.size, 0);
  await file.write(HELLO);
  assertEquals(await PartialFile.open(path), "busy");
  assertEquals([file.size, await PartialFile.sizeOf(path)], [5, 5]);
  await file.sync();
  file.close();

  const again = await PartialFile.open(path);
  assert(again instanceof PartialFile);
  assertEquals(again.size, 5);
  await again.write(HELLO);
  again.close();
  assertEquals(Deno.readTextFileSync(path), "hellohello");
});

Deno.test("what is no partial file is not opened", async () => {
  using tree = new TempTree();
  tree.write("file", "12345");
  tree.link("link", "file");
  tree.folder("folder");
  for (const name of ["none", "link", "folder"]) {
    assertEquals(await PartialFile.open(`${tree.root}/${name}`), undefined, name);
    assertEquals(await PartialFile.sizeOf(`${tree.root}/${name}`), undefined, name);
  }
  await assertRejects(() => PartialFile.create(`${tree.root}/file`), Deno.errors.AlreadyExists);
});

Deno.test({
  name: "a write that fails leaves the size that is really there",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const opened = Deno.openSync("/dev/full", { write: true });
    const file = new PartialFile("/dev/full", opened, 7);
    await assertRejects(() => file.write(HELLO));
    assertEquals(file.size, 0);
    file.close();
  },
});

Deno.test({
  name: "a partial file that was removed before it could be locked is none",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using tree = new TempTree();
    const path = `${tree.root}/.part`;
    await PartialFile.create(path);
    const { tryLock } = Deno.FsFile.prototype;
    try {
      Deno.FsFile.prototype.tryLock = function (exclusive): Promise<boolean> {
        Deno.removeSync(path);
        return tryLock.call(this, exclusive);
      };
      assertEquals(await PartialFile.open(path), undefined);
    } finally {
      Deno.FsFile.prototype.tryLock = tryLock;
    }
  },
});
