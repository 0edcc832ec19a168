import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { NewUpload, tooLarge } from "../../../server/changes/new_upload.ts";
import { LimitError } from "../../../wire/errors.ts";
import { TempTree } from "../files/temp_tree.ts";

const HELLO = new TextEncoder().encode("hello");

function names(tree: TempTree): string[] {
  return [...Deno.readDirSync(tree.root)].map(({ name }) => name);
}

Deno.test("an upload has a hidden name until it is placed", async () => {
  using tree = new TempTree();
  const upload = await NewUpload.create(`${tree.root}/`, Infinity);
  await upload.write(HELLO);
  await upload.write(HELLO);
  assertEquals(names(tree).length, 1);
  assertMatch(names(tree)[0]!, /^\.upload-/);
  await upload.place(`${tree.root}/file`, false);
  assertEquals([names(tree), upload.size], [["file"], 10]);
  await upload.discard();
  assertEquals(Deno.readTextFileSync(`${tree.root}/file`), "hellohello");
});

Deno.test("an upload that is discarded, or gets no name, leaves nothing", async () => {
  using tree = new TempTree();
  tree.write("file", "old");
  const upload = await NewUpload.create(tree.root, Infinity);
  await upload.write(HELLO);
  await assertRejects(() => upload.place(`${tree.root}/file`, false), Deno.errors.AlreadyExists);
  await upload.discard();
  await upload.discard();
  assertEquals(names(tree), ["file"]);
  assertEquals(Deno.readTextFileSync(`${tree.root}/file`), "old");
});

Deno.test("an upload may replace a file where that is allowed", async () => {
  using tree = new TempTree();
  tree.write("file", "old");
  const upload = await NewUpload.create(tree.root, Infinity);
  await upload.write(HELLO);
  await upload.place(`${tree.root}/file`, true);
  assertEquals(Deno.readTextFileSync(`${tree.root}/file`), "hello");
  assertEquals(names(tree), ["file"]);
});

Deno.test("an upload is not larger than allowed", async () => {
  using tree = new TempTree();
  const upload = await NewUpload.create(tree.root, 9);
  await upload.write(HELLO);
  const error = await assertRejects(() => upload.write(HELLO), LimitError);
  assertEquals([error.status, error.limit, error.max], [413, "--max-upload", 9]);
  await upload.write(HELLO.subarray(1));
  assertEquals(upload.size, 9);
  await upload.discard();
  assertThrows(() => tooLarge(9), LimitError);
});

Deno.test("an upload into no folder fails, and leaves nothing", async () => {
  using tree = new TempTree();
  await assertRejects(() => NewUpload.create(`${tree.root}/none`, Infinity));
  assertEquals(names(tree), []);
});
