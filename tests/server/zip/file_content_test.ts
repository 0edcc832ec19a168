import { assertEquals, assertRejects } from "@std/assert";
import { changedError, contentOf } from "../../../server/zip/file_content.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../files/temp_tree.ts";

async function readAll(path: string, size: number, meanwhile?: () => void): Promise<number> {
  using file = Deno.openSync(path);
  let count = 0;
  for await (const piece of contentOf(file, "a", size)) {
    count += piece.length;
    meanwhile?.();
  }
  return count;
}

Deno.test("the content of a file comes in pieces, all of it", async () => {
  using tree = new TempTree();
  const path = tree.write("a", "x".repeat(300_000));
  assertEquals(await readAll(path, 300_000), 300_000);
  assertEquals(await readAll(tree.write("empty", ""), 0), 0);
});

Deno.test("a file that has another size breaks off, whenever it changed", async () => {
  using tree = new TempTree();
  const path = tree.write("a", "x".repeat(300_000));
  await assertRejects(() => readAll(path, 299_999), HttpError, "it changed meanwhile");
  await assertRejects(() => readAll(path, 300_001), HttpError, "it changed meanwhile");
  await assertRejects(() => readAll(path, 300_000, () => Deno.truncateSync(path, 200_000)));
  tree.write("a", "x".repeat(300_000));
  await assertRejects(() => readAll(path, 300_000, () => Deno.truncateSync(path, 300_001)));
  assertEquals([changedError("a").code, changedError("a").status], ["file", 503]);
});
