import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Change, placeOf } from "../../../server/changes/change.ts";
import { confirmPlaces, holdPlaces } from "../../../server/changes/hold_places.ts";
import { Refusal } from "../../../server/changes/refusal.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { TempTree } from "../files/temp_tree.ts";

Deno.test("a place is held by one change at a time", async () => {
  using tree = new TempTree();
  const folder = new Folder({ docroot: tree.root });
  const change = { folder } as Change;
  const place = placeOf(folder, parseSafePath("/a") as SafePath, "");
  const log: string[] = [];
  const hold = (name: string): Promise<void> =>
    holdPlaces(change, [place], "Cannot upload", async () => {
      log.push(`+${name}`);
      await Deno.lstat(tree.root);
      log.push(`-${name}`);
    });
  await Promise.all([hold("a"), hold("b")]);
  assertEquals(log, ["+a", "-a", "+b", "-b"]);
});

Deno.test("a place whose folder is gone, or a link by now, is none", async () => {
  using tree = new TempTree();
  tree.folder("d");
  tree.folder("e");
  const folder = new Folder({ docroot: tree.root });
  const change = { folder } as Change;
  const place = placeOf(folder, parseSafePath("/d/a") as SafePath, "");
  const refusal = (): unknown[] => {
    const check = (): void => confirmPlaces(change, [place], "Cannot delete");
    const { status, message } = assertThrows(check, Refusal);
    return [status, message];
  };
  confirmPlaces(change, [place], "Cannot delete");
  Deno.removeSync(`${tree.root}/d`);
  assertEquals(refusal()[0], 404);
  tree.link("d", "../outside");
  assertEquals(refusal()[0], 404);
  Deno.removeSync(`${tree.root}/d`);
  tree.link("d", "e");
  const moved = [409, "Cannot delete: its folder was moved meanwhile"];
  assertEquals(refusal(), moved);
  const run = (): Promise<never> => Promise.reject(new Error("it ran"));
  await assertRejects(
    () => holdPlaces(change, [place], "Cannot delete", run),
    Refusal,
    moved[1] as string,
  );
});
