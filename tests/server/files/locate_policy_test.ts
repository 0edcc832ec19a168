import { assert, assertEquals } from "@std/assert";
import { Docroot, WINDOWS_NAMES } from "../../../server/files/locate.ts";
import { TempTree } from "./temp_tree.ts";

const posixTest = (name: string, fn: () => void) => Deno.test({ name, ignore: WINDOWS_NAMES, fn });

posixTest("Docroot.find() follows links as it is told, and never to what is hidden", () => {
  using tree = new TempTree();
  const file = tree.write("a/file.txt");
  const secret = tree.writeOutside("secret.txt");
  tree.write("hidden/x.txt");
  tree.link("link", "a/file.txt");
  tree.link("folder", "a");
  tree.link("out", "../outside/secret.txt");
  tree.link("away", "../outside");
  tree.link("shown", "hidden");
  const hides = (relative: string) => relative.startsWith("hidden");
  const pathAt = (root: Docroot, relative: string) => {
    const found = root.find(relative);
    return typeof found === "object" ? found.path : found;
  };
  const cases: [
    relative: string,
    none: string | number,
    inside: string | number,
    all: string | number,
  ][] = [
    ["a/file.txt", file, file, file],
    ["", "folder", "folder", "folder"],
    ["link", 404, file, file],
    ["folder", 404, "folder", "folder"],
    ["folder/file.txt", 404, file, file],
    ["out", 404, 404, secret],
    ["away", 404, 404, "folder"],
    ["away/secret.txt", 404, 404, secret],
    ["shown/x.txt", 404, 404, 404],
    ["shown", 404, 404, 404],
    ["hidden/x.txt", 404, 404, 404],
  ];
  (["none", "inside", "anywhere"] as const).forEach((links, at) => {
    const root = new Docroot(tree.root, { links, hides });
    for (const [relative, ...expected] of cases) {
      assertEquals(pathAt(root, relative), expected[at], `${links} ${relative}`);
    }
  });
});

posixTest("Docroot.findFolder() and look() keep to the same rules", () => {
  using tree = new TempTree();
  tree.write("a/file.txt");
  tree.fifo("a/fifo");
  tree.link("folder", "a");
  tree.link("out", "../outside");
  const root = new Docroot(tree.root);
  assertEquals(root.findFolder(""), tree.root);
  assertEquals(root.findFolder("a"), `${tree.root}/a`);
  assertEquals(root.findFolder("folder"), `${tree.root}/a`);
  assertEquals(root.findFolder("a/file.txt"), 404);
  assertEquals(root.findFolder("out"), 404);
  assertEquals(root.findFolder("missing"), 404);
  assertEquals(new Docroot(tree.root, { links: "none" }).findFolder("folder"), 404);
  assertEquals(new Docroot(tree.root, { links: "anywhere" }).findFolder("out"), tree.outside);
  const info = root.look("a/file.txt");
  assert(typeof info === "object" && info.isFile && info.size === 10);
  const fifo = root.look("a/fifo");
  assert(typeof fifo === "object" && !fifo.isFile && !fifo.isDirectory);
  assertEquals(root.look("out"), 404);
});

posixTest("Docroot.placeFor() names places in folders inside", () => {
  using tree = new TempTree();
  tree.folder("a/b");
  tree.link("in", "a/b");
  tree.link("out", "../outside");
  tree.link("a/b/dead", "../../../outside/new");
  const root = new Docroot(tree.root, { links: "anywhere", hides: (it) => it === "a/b/no" });
  assertEquals(root.placeFor("x"), `${tree.root}/x`);
  assertEquals(root.placeFor("in/x"), `${tree.root}/a/b/x`);
  // A link that is there would be replaced, not followed.
  assertEquals(root.placeFor("in/dead"), `${tree.root}/a/b/dead`);
  for (const relative of ["", "out/x", "in/no", "a/b/no", "missing/x"]) {
    assertEquals(root.placeFor(relative), 404, relative);
  }
  Deno.symlinkSync("root", `${tree.top}/link`);
  assertEquals(new Docroot(`${tree.top}/link`).placeFor("in/x"), `${tree.top}/link/a/b/x`);
  assertEquals(new Docroot("/").placeFor("x"), "/x");
});

posixTest("Docroot.isStraight() sees a link that has taken the place of a folder", () => {
  using tree = new TempTree();
  tree.write("a/file.txt");
  tree.writeOutside("file.txt");
  const root = new Docroot(tree.root, { links: "anywhere" });
  const found = root.find("a/file.txt");
  assert(typeof found === "object" && root.isStraight(found));
  Deno.renameSync(`${tree.root}/a`, `${tree.root}/b`);
  tree.link("a", "../outside");
  assertEquals(root.isStraight(found), false);
  Deno.removeSync(`${tree.root}/a`);
  tree.link("a", "b");
  assertEquals(root.isStraight(found), false);
});
