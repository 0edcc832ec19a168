import { assertEquals, assertRejects } from "@std/assert";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { walkFolder, type ZipEntry } from "../../../server/zip/zip_entries.ts";
import { HttpError } from "../../../wire/errors.ts";
import { mayRead } from "../../../server/zip/may_read.ts";
import { TempTree } from "../files/temp_tree.ts";

async function walk(
  tree: TempTree,
  raw = "/",
  options: FolderOptions = {},
): Promise<ZipEntry[]> {
  const folder = new Folder({ ...options, docroot: tree.root });
  return await Array.fromAsync(walkFolder(folder, parseSafePath(raw) as SafePath, "top"));
}

async function names(tree: TempTree, raw = "/", options: FolderOptions = {}): Promise<string[]> {
  return (await walk(tree, raw, options)).map(({ name }) => name).sort();
}

Deno.test("an archive has all files and folders below one, named from its own name on", async () => {
  using tree = new TempTree();
  tree.write("a b/c.txt", "12345");
  tree.write("a b/d/e");
  tree.folder("a b/empty");
  tree.write("beside");
  assertEquals(await names(tree, "/a%20b/"), [
    "top/",
    "top/c.txt",
    "top/d/",
    "top/d/e",
    "top/empty/",
  ]);
  assertEquals((await names(tree)).length, 7);
  const file = (await walk(tree, "/a%20b/")).find(({ kind }) => kind === "file");
  const { mtime } = Deno.statSync(`${tree.root}/a b/c.txt`);
  assertEquals(file, {
    name: "top/c.txt",
    relative: "a b/c.txt",
    kind: "file",
    size: 5,
    mtimeMs: mtime!.getTime(),
  });
});

Deno.test("folders come before what is in them", async () => {
  using tree = new TempTree();
  tree.write("a/b/c/d");
  assertEquals((await walk(tree)).map(({ name }) => name), [
    "top/",
    "top/a/",
    "top/a/b/",
    "top/a/b/c/",
    "top/a/b/c/d",
  ]);
});

Deno.test("what is not served is not in it", async () => {
  using tree = new TempTree();
  for (const path of [".git/x", ".env", "a/.x", "b.secret", "c.secret/x", "a/ok"]) tree.write(path);
  tree.write("a\\..\\b");
  tree.write("a\nb");
  tree.fifo("fifo");
  tree.link("out", "../outside");
  tree.link("hostname", "/etc/hostname");
  tree.link("dangling", "nowhere");
  tree.link("to-env", ".env");
  assertEquals(await names(tree, "/", { hidden: ["*.secret"] }), ["top/", "top/a/", "top/a/ok"]);
  assertEquals(await names(tree, "/", { dotfiles: true, links: "none", hidden: ["*.secret"] }), [
    "top/",
    "top/.env",
    "top/.git/",
    "top/.git/x",
    "top/a/",
    "top/a/.x",
    "top/a/ok",
  ]);
});

Deno.test("links are followed, but a folder is in an archive once, and under its own name", async () => {
  using tree = new TempTree();
  tree.write("a/x");
  tree.link("a/up", "..");
  tree.link("a/self", ".");
  tree.link("b", "a");
  tree.link("file", "a/x");
  assertEquals(await names(tree), [
    "top/",
    "top/a/",
    "top/a/x",
    "top/file",
  ]);
  // Of what is elsewhere the first link counts.
  tree.write("elsewhere/y");
  tree.write("part/own");
  for (const name of ["one", "two"]) tree.link(`part/${name}`, "../elsewhere");
  assertEquals(await names(tree, "/part/"), ["top/", "top/one/", "top/one/y", "top/own"]);
});

Deno.test("folders that all link to each other are no more than they are", async () => {
  using tree = new TempTree();
  const folders = Array.from({ length: 9 }, (_, i) => `f${i}`);
  for (const folder of folders) {
    tree.write(`${folder}/file`);
    for (const other of folders) {
      if (other !== folder) tree.link(`${folder}/to-${other}`, `../${other}`);
    }
  }
  assertEquals(await names(tree), [
    "top/",
    ...folders.flatMap((it) => [`top/${it}/`, `top/${it}/file`]),
  ]);
});

Deno.test("a folder that is not there fails at the first look", async () => {
  using tree = new TempTree();
  tree.write("file");
  for (const raw of ["/none/", "/file/"]) {
    const error = await assertRejects(() => walk(tree, raw), HttpError);
    assertEquals(error.status, 404);
  }
});

Deno.test("files that the server may not read are not announced, and folders are empty", async () => {
  using tree = new TempTree();
  tree.write("ok");
  const [secret, folder] = [tree.write("secret"), `${tree.root}/folder`];
  tree.write("folder/x");
  if (Deno.build.os !== "windows") {
    Deno.chmodSync(secret, 0o200);
    Deno.chmodSync(folder, 0o300);
  }
  // For root nothing is kept secret.
  const all = ["top/", "top/folder/", "top/folder/x", "top/ok", "top/secret"];
  const expected = mayRead(secret) ? all : ["top/", "top/folder/", "top/ok"];
  assertEquals(await names(tree), expected);
  if (Deno.build.os !== "windows") Deno.chmodSync(folder, 0o700);
});

Deno.test("entries are in the order of their names, with the times that they have", async () => {
  using tree = new TempTree();
  const inOrder = ["B", "a", "c10", "c9", "é"];
  for (const name of ["c9", "é", "a", "c10", "B"]) {
    tree.write(name);
    tree.write(`d/${name}/x`);
  }
  const time = new Date(1_700_000_000_000);
  Deno.utimeSync(tree.root, time, time);
  const entries = await walk(tree);
  assertEquals(entries.map(({ name }) => name), [
    "top/",
    ...inOrder.map((name) => `top/${name}`),
    "top/d/",
    ...inOrder.flatMap((name) => [`top/d/${name}/`, `top/d/${name}/x`]),
  ]);
  assertEquals(entries[0]!.mtimeMs, time.getTime());
});
