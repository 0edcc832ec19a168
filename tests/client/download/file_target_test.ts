import { assertEquals, assertRejects } from "@std/assert";
import { locateTarget, toFileError } from "../../../client/download/file_target.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

async function assertRefused(path: string, reason: string): Promise<void> {
  const error = await assertRejects(() => locateTarget(path), HttpError);
  assertEquals([error.code, error.message], ["file", `Cannot write file "${path}": ${reason}`]);
}

Deno.test("locateTarget() finds the folder and name of a file that is not there yet", async () => {
  using tree = new TempTree();
  const { path, folder, name, inPlace, existing } = await locateTarget(`${tree.root}/new`);
  assertEquals([path, folder, name], [`${tree.root}/new`, tree.root, "new"]);
  assertEquals([inPlace, existing], [false, undefined]);
});

Deno.test("locateTarget() finds a file that is there, and leaves it alone", async () => {
  using tree = new TempTree();
  const file = tree.write("old", "content");
  const before = Deno.statSync(file).mtime;
  const { path, inPlace, existing } = await locateTarget(file);
  assertEquals([path, inPlace, existing?.size], [file, false, 7]);
  assertEquals([await Deno.readTextFile(file), Deno.statSync(file).mtime], ["content", before]);
});

Deno.test("locateTarget() follows links, in a row, relative, and to nothing", async () => {
  using tree = new TempTree();
  tree.write("folder/file", "content");
  tree.link("folder/second", "file");
  tree.link("first", "folder/second");
  assertEquals((await locateTarget(`${tree.root}/first`)).path, `${tree.root}/folder/file`);
  tree.link("dangling", "folder/new");
  assertEquals((await locateTarget(`${tree.root}/dangling`)).path, `${tree.root}/folder/new`);
});

Deno.test('locateTarget() does not take ".." behind a linked folder for the folder before it', async () => {
  using tree = new TempTree();
  tree.folder("far/away");
  tree.link("near", "far/away");
  tree.link("near/up", "../file");
  assertEquals((await locateTarget(`${tree.root}/near/up`)).path, `${tree.root}/far/file`);
});

Deno.test("locateTarget() refuses a folder, and a link to one", async () => {
  using tree = new TempTree();
  tree.folder("folder");
  tree.link("link", "folder");
  for (const path of [`${tree.root}/folder`, `${tree.root}/folder/`, `${tree.root}/link`]) {
    await assertRefused(path, "it is a folder");
  }
  await assertRefused(`${tree.root}/new/`, "it is not the name of a file");
});

Deno.test("locateTarget() refuses a file without a folder", async () => {
  using tree = new TempTree();
  await assertRefused(`${tree.root}/none/file`, "there is no such folder");
  tree.link("dangling", "none/file");
  await assertRefused(`${tree.root}/dangling`, "there is no such folder");
  tree.write("file");
  await assertRefused(`${tree.root}/file/below`, "not a directory");
});

Deno.test("locateTarget() refuses links that lead nowhere but to each other", async () => {
  using tree = new TempTree();
  tree.link("a", "b");
  tree.link("b", "a");
  const error = await assertRejects(() => locateTarget(`${tree.root}/a`), HttpError);
  assertEquals(error.code, "file");
});

Deno.test("locateTarget() writes devices, FIFOs and open files in place", async () => {
  using tree = new TempTree();
  tree.fifo("fifo");
  for (const path of ["/dev/null", `${tree.root}/fifo`]) {
    const { path: found, inPlace } = await locateTarget(path);
    assertEquals([found, inPlace], [path, true]);
  }
});

Deno.test("locateTarget() takes no path for a mistake of the caller", async () => {
  await assertRejects(() => locateTarget(""), TypeError, "Cannot write file");
});

Deno.test("toFileError() says what happened, and keeps the cause", () => {
  const cause = Object.assign(new Error("Stale file handle (os error 116): write"), {
    code: "ESTALE",
  });
  const error = toFileError("a", cause);
  assertEquals(error.message, 'Cannot write file "a": stale file handle');
  assertEquals([error.code, error.cause], ["file", cause]);
  assertEquals(toFileError("b", error), error);
});
