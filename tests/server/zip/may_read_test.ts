import { assertEquals } from "@std/assert";
import { mayRead } from "../../../server/zip/may_read.ts";
import { TempTree } from "../files/temp_tree.ts";

Deno.test("what is there may be read, what is not there may not", () => {
  using tree = new TempTree();
  assertEquals(mayRead(tree.write("a")), true);
  assertEquals(mayRead(`${tree.root}/none`), false);
});

Deno.test("what its permissions keep from us may not be read, for root there is no such thing", () => {
  using tree = new TempTree();
  const path = tree.write("a");
  if (Deno.build.os === "windows") return;
  Deno.chmodSync(path, 0o200);
  const { stdout } = new Deno.Command("cat", { args: [path] }).outputSync();
  assertEquals(mayRead(path), stdout.length > 0);
});
