import { assertEquals, assertRejects } from "@std/assert";
import { makeFolders, setModified } from "../../../client/command/file_options.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

Deno.test("makeFolders() makes the folders above a file, and leaves those that there are", async () => {
  using tree = new TempTree();
  await makeFolders(`${tree.root}/a/b/file`);
  await makeFolders(`${tree.root}/a/b/file`);
  assertEquals([...Deno.readDirSync(`${tree.root}/a/b`)], []);
  const file = tree.write("plain", "");
  const error = await assertRejects(() => makeFolders(`${file}/c/d`), HttpError);
  assertEquals([error.code, error.operation], ["file", "write"]);
});

Deno.test("setModified() gives a file the time of Last-Modified, if that is one", async () => {
  using tree = new TempTree();
  const file = tree.write("file", "");
  await setModified(file, "Sun, 06 Nov 1994 08:49:37 GMT");
  const time = Deno.statSync(file).mtime?.toISOString();
  assertEquals(time, "1994-11-06T08:49:37.000Z");
  for (const text of [undefined, "yesterday"]) await setModified(file, text);
  assertEquals(Deno.statSync(file).mtime?.toISOString(), time);
  const lastModified = "Sun, 06 Nov 1994 08:49:37 GMT";
  await assertRejects(() => setModified(`${file}.no`, lastModified), HttpError, "no such file");
});
