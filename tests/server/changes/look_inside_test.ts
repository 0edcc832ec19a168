import { assertEquals, assertRejects } from "@std/assert";
import { placeOf } from "../../../server/changes/change.ts";
import {
  checkMovable,
  checkRemovable,
  isServed,
  type LookLimits,
} from "../../../server/changes/look_inside.ts";
import { Refusal } from "../../../server/changes/refusal.ts";
import { makeTemporaryName } from "../../../server/changes/temporary_name.ts";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { TempTree } from "../files/temp_tree.ts";

const SHOWN = "Cannot delete: it has something in it that is not shown";
const MOUNTED = "Cannot delete: another file system is mounted there";

function folderOf({ root }: TempTree, options: FolderOptions = {}): Folder {
  return new Folder({ docroot: root, ...options });
}

function place(folder: Folder, raw: string) {
  return placeOf(folder, parseSafePath(raw) as SafePath, "");
}

/** Why a folder is not removed; `undefined` when it is. */
async function whyNot(
  folder: Folder,
  raw: string,
  limits?: LookLimits,
): Promise<string | undefined> {
  const checked = checkRemovable(folder, place(folder, raw), "Cannot delete", limits);
  return await checked.then(() => undefined, (error) => error.message);
}

Deno.test("a folder is removed with all that is shown in it, and uploads", async () => {
  using tree = new TempTree();
  tree.write("d/a/b/c");
  tree.write(`d/a/${makeTemporaryName()}`);
  tree.write(`d/${makeTemporaryName(5)}`);
  tree.link("d/file", "a/b/c");
  tree.link("d/a/folder", "../a");
  assertEquals(await whyNot(folderOf(tree), "/d"), undefined);
  assertEquals(await whyNot(folderOf(tree, { dotfiles: true }), "/d"), undefined);
  assertEquals(await whyNot(folderOf(tree), "/d", { maxThings: 7 }), undefined);
  assertEquals(
    await whyNot(folderOf(tree), "/d", { maxThings: 6 }),
    "Cannot delete: there is too much in it",
  );
});

Deno.test("a folder is not removed with what is not shown in it", async () => {
  using tree = new TempTree();
  tree.write("dot/a/.b");
  tree.write("name/a/x.key");
  tree.write("path/a/x");
  tree.folder("out");
  tree.link("out/x", "../../outside");
  tree.folder("dangling");
  tree.link("dangling/x", "y");
  tree.folder(`temporary/${makeTemporaryName()}`);
  const folder = folderOf(tree, { hidden: ["*.key", "path/*/x"] });
  for (const name of ["dot", "name", "path", "out", "dangling", "temporary"]) {
    assertEquals(await whyNot(folder, `/${name}`), SHOWN, name);
  }
  assertEquals(await whyNot(folderOf(tree, { dotfiles: true }), "/dot"), undefined);
  assertEquals(await whyNot(folderOf(tree, { links: "anywhere" }), "/out"), undefined);
});

Deno.test({
  name: "a folder is not removed with what is neither file nor folder, or has no name",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using tree = new TempTree();
    tree.folder("pipe");
    tree.fifo("pipe/x");
    tree.write("unspeakable/a\nb");
    tree.write("bytes/\ufffd");
    for (const name of ["pipe", "unspeakable", "bytes"]) {
      assertEquals(await whyNot(folderOf(tree), `/${name}`), SHOWN, name);
    }
    assertEquals(isServed(folderOf(tree), "pipe/x"), false);
    assertEquals(isServed(folderOf(tree), "pipe"), true);
  },
});

Deno.test("a folder on another file system is not removed, nor one with such a folder", async () => {
  using tree = new TempTree();
  tree.write("d/a/b");
  const folder = folderOf(tree);
  const { dev } = Deno.lstatSync(tree.root);
  assertEquals(await whyNot(folder, "/d", { device: dev + 1 }), MOUNTED);
  const { lstatSync, renameSync } = Deno;
  try {
    // As for a folder that is mounted on another one.
    Deno.renameSync = (from, to) => {
      if (!String(from).endsWith("/a")) return renameSync(from, to);
      throw Object.assign(new Error("no"), { code: "EXDEV" });
    };
    assertEquals(await whyNot(folder, "/d"), MOUNTED);
  } finally {
    Deno.renameSync = renameSync;
  }
  try {
    Deno.lstatSync = (path) => {
      const info = lstatSync(path);
      return String(path).endsWith("/a") ? { ...info, dev: dev + 1 } : info;
    };
    assertEquals(await whyNot(folder, "/d"), MOUNTED);
  } finally {
    Deno.lstatSync = lstatSync;
  }
  assertEquals(await whyNot(folder, "/d"), undefined);
});

Deno.test("a folder is moved unless that reveals something", async () => {
  using tree = new TempTree();
  tree.write("private/keys/id");
  tree.write("private/.dot");
  tree.folder("sub");
  const move = async (hidden: string[], to: string, limits?: LookLimits) => {
    const folder = folderOf(tree, { hidden });
    const [from, target] = [place(folder, "/private"), place(folder, to)];
    await checkMovable(folder, from, target, "Cannot move", limits);
  };
  const refused = async (...args: Parameters<typeof move>): Promise<string> =>
    (await assertRejects(() => move(...args), Refusal)).message;
  const why = "Cannot move: something in it is hidden, and would not be there";
  assertEquals(await refused(["private/keys"], "/p2"), why);
  assertEquals(await refused(["/private/keys/id"], "/sub/private"), why);
  assertEquals(
    await refused(["x/y"], "/p", { maxThings: 2 }),
    "Cannot move: there is too much in it",
  );
  await move(["*/keys"], "/p2");
  await move(["private/keys", "p2/**"], "/p2");
  await move(["x/y"], "/p2");
  // Names are hidden wherever they are.
  await move(["keys"], "/p2", { maxThings: 0 });
});

Deno.test("paths count by where things are, also in a folder that is a link", async () => {
  using tree = new TempTree();
  tree.write("private/keys/id");
  Deno.symlinkSync("root", `${tree.top}/link`);
  const folder = new Folder({ docroot: `${tree.top}/link`, hidden: ["private/keys"] });
  const check = checkMovable(folder, place(folder, "/private"), place(folder, "/p2"), "");
  await assertRejects(() => check, Refusal);
});
