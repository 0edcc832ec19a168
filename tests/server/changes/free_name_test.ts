import { assertEquals, assertRejects } from "@std/assert";
import type { Place } from "../../../server/changes/change.ts";
import { checkName } from "../../../server/changes/free_name.ts";
import { Refusal } from "../../../server/changes/refusal.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { TempTree } from "../files/temp_tree.ts";

function placeIn(tree: TempTree, name: string): Place {
  const asked = parseSafePath(`/${name}`) as SafePath;
  return { path: `${tree.root}/${name}`, parent: `${tree.root}/`, name, asked };
}

Deno.test("a free name may be taken", async () => {
  using tree = new TempTree();
  assertEquals(await checkName(placeIn(tree, "new"), false, "Cannot upload"), undefined);
});

Deno.test("a taken name is 409, unless a file or link may be replaced", async () => {
  using tree = new TempTree();
  tree.write("file");
  tree.link("link", "nowhere");
  tree.folder("folder");
  const refusal = async (name: string, overwrite: boolean): Promise<unknown[]> => {
    const check = () => checkName(placeIn(tree, name), overwrite, "Cannot upload");
    const { status, message } = await assertRejects(check, Refusal);
    return [status, message];
  };
  const taken = (what: string, name: string) => [
    409,
    `Cannot upload: there is ${what} named "${name}" already`,
  ];
  assertEquals(await refusal("file", false), taken("something", "file"));
  assertEquals(await refusal("link", false), taken("something", "link"));
  assertEquals(await refusal("folder", false), taken("a folder", "folder"));
  assertEquals(await refusal("folder", true), [
    409,
    'Cannot upload: there is a folder named "folder", which is not replaced by a file',
  ]);
  assertEquals((await checkName(placeIn(tree, "file"), true, ""))?.isFile, true);
  assertEquals((await checkName(placeIn(tree, "link"), true, ""))?.isSymlink, true);
});
