import { assertEquals, assertRejects } from "@std/assert";
import { expandHeaders, type Input, readNamed, whyUnread } from "../../../client/command/input.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const STDIN: Input = {
  readAll: () => Promise.resolve(new TextEncoder().encode("Typed: 1\n")),
  stream: () => new Blob([]).stream(),
};

Deno.test("readNamed() reads a file, or the standard input", async () => {
  using tree = new TempTree();
  assertEquals(await readNamed(tree.write("a", "é"), STDIN), new TextEncoder().encode("é"));
  assertEquals((await readNamed("-", STDIN)).length, 9);
});

Deno.test("readNamed() says plainly what is wrong with a file", async () => {
  using tree = new TempTree();
  const none = `${tree.root}/none`;
  const error = await assertRejects(() => readNamed(none, STDIN), HttpError);
  assertEquals(error.message, `Cannot read file "${none}": there is no such file`);
  assertEquals([error.code, error.operation], ["file", "read"]);
  const folder = await assertRejects(() => readNamed(tree.root, STDIN), HttpError);
  assertEquals(folder.message, `Cannot read file "${tree.root}": it is a folder`);
});

Deno.test("whyUnread() drops what only repeats the name", () => {
  assertEquals(whyUnread(new Error("Odd thing (os error 99): readfile 'a'")), "Odd thing");
});

Deno.test("expandHeaders() puts the lines of files in their places", async () => {
  using tree = new TempTree();
  const file = tree.write("fields", "A: 1\r\n\nB: 2");
  assertEquals(await expandHeaders(["X: 0", `@${file}`, "@-", "Y: 9"], STDIN), [
    ...["X: 0", "A: 1", "B: 2", "Typed: 1", "Y: 9"],
  ]);
  await assertRejects(() => expandHeaders([`@${file}.no`], STDIN), HttpError, "no such file");
});
