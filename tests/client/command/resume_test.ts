import { assert, assertEquals, assertRejects } from "@std/assert";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { list, Source, TEXT } from "../download/download_source.ts";
import { FakeWorld } from "./fake_world.ts";

Deno.test("resume() goes on with what an earlier transfer left", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const file = `${tree.root}/file`;
  const world = new FakeWorld();
  source.cutAfter = 10;
  await assertRejects(() => world.run("-C", "-o", file, source.url), HttpError);
  source.cutAfter = undefined;
  await world.run("-C", "-o", file, source.url);
  assertEquals([Deno.readTextFileSync(file), list(tree.root)], [TEXT, ["file"]]);
  assertEquals(source.asked.map(({ range }) => range), [undefined, "bytes=10-"]);
  assertEquals(world.warned, []);
});

Deno.test("resume() says so where the server names no version, without the password", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.etag = undefined;
  const world = new FakeWorld();
  const url = source.url.replace("//", "//user:secret@");
  await world.run("-C", "-o", `${tree.root}/file`, url);
  assertEquals(world.warned, [
    `"${source.url}" cannot be resumed: the server names no version of it (ETag, Last-Modified)`,
  ]);
});

Deno.test("resume() counts the first piece, too", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const world = new FakeWorld();
  await world.run("-C", "-o", `${tree.root}/file`, source.url);
  assert(!world.drawn.includes("(0 B/s)"), world.drawn);
});
