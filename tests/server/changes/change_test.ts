import { assertEquals, assertThrows } from "@std/assert";
import { type Change, hostOf, nameOf, placeOf } from "../../../server/changes/change.ts";
import { Refusal } from "../../../server/changes/refusal.ts";
import { makeTemporaryName } from "../../../server/changes/temporary_name.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { TempTree } from "../files/temp_tree.ts";

function pathOf(raw: string): SafePath {
  return parseSafePath(raw, { dotfiles: true }) as SafePath;
}

Deno.test("a place is a name in a real folder inside of the root", () => {
  using tree = new TempTree();
  tree.folder("a/b");
  tree.link("link", "a");
  tree.link("out", "../outside");
  const folder = new Folder({ docroot: tree.root, hidden: ["*.secret"] });
  const place = (raw: string) => placeOf(folder, pathOf(raw), "Cannot upload");
  assertEquals(place("/new"), {
    path: `${tree.root}/new`,
    parent: `${tree.root}/`,
    name: "new",
    asked: pathOf("/new"),
  });
  assertEquals(place("/a/b/new/").path, `${tree.root}/a/b/new`);
  assertEquals(place("/link/b/new").path, `${tree.root}/a/b/new`);
  // The link itself is what has that name.
  assertEquals(place("/link").path, `${tree.root}/link`);
  for (const raw of ["/out/new", "/none/new", "/.hidden", "/x.secret", "/a.secret/x"]) {
    assertEquals(assertThrows(() => place(raw), Refusal).status, 404, raw);
  }
});

Deno.test("the root itself is no place, nor is the name of an upload under way", () => {
  using tree = new TempTree();
  const folder = new Folder({ docroot: tree.root, dotfiles: true });
  const status = (raw: string): number =>
    assertThrows(() => placeOf(folder, pathOf(raw), "Cannot delete"), Refusal).status;
  assertEquals(status("/"), 403);
  assertEquals(status(`/${makeTemporaryName()}`), 404);
  assertEquals(status(`/${makeTemporaryName(5)}`), 404);
  assertEquals(placeOf(folder, pathOf("/.env"), "").name, ".env");
});

Deno.test("names are shown quoted, and the host is that of the site", () => {
  assertEquals([nameOf(pathOf("/a/b%22c")), nameOf(pathOf("/"))], ['"b\\"c"', '"/"']);
  const change = { req: { headers: { host: "a" } }, site: {} } as unknown as Change;
  assertEquals(hostOf(change), "a");
  assertEquals(hostOf({ ...change, site: { host: "b" } }), "b");
  assertEquals(hostOf({ ...change, req: { headers: {} } as Change["req"] }), "");
});
