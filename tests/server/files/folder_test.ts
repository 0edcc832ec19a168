import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { HttpError } from "../../../wire/errors.ts";
import type { FoundFile } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import { WINDOWS_NAMES } from "../../../server/files/locate.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { find, pathOf } from "./asking.ts";
import { TempTree } from "./temp_tree.ts";

const posixTest = (name: string, fn: () => void) => Deno.test({ name, ignore: WINDOWS_NAMES, fn });

Deno.test("Folder.find() finds files, indexes and folders without their slash", () => {
  using tree = new TempTree();
  const page = tree.write("a/page.html");
  const index = tree.write("a/index.html");
  const top = tree.write("index.html");
  tree.folder("empty");
  tree.folder("odd/index.html");
  const folder = new Folder({ docroot: tree.root });
  const cases: [string, string | number][] = [
    ["/a/page.html", page],
    ["/a/", index],
    ["/a/index.html", index],
    ["/", top],
    ["/a", "-> a/"],
    ["/empty", "-> empty/"],
    ["/empty/", 404],
    ["/odd/", 404],
    ["/odd/index.html", "-> index.html/"],
    ["/a/page.html/", 404],
    ["/a/page.html/x", 404],
    ["/missing", 404],
    ["/missing/", 404],
    ["/a//page.html", 404],
    ["/a/../a/page.html", 400],
  ];
  for (const [path, expected] of cases) assertEquals(pathOf(find(folder, path)), expected, path);
});

Deno.test("Folder.find() names a folder's index for its media type", () => {
  using tree = new TempTree();
  tree.write("a/home.htm");
  tree.write("home.htm");
  const folder = new Folder({ docroot: tree.root, index: "home.htm" });
  assertEquals((find(folder, "/a/") as FoundFile).name, "a/home.htm");
  assertEquals((find(folder, "/") as FoundFile).name, "home.htm");
});

Deno.test("Folder touches nothing before it is used, and open() says what is wrong", () => {
  using tree = new TempTree();
  const folder = new Folder({ docroot: `${tree.root}/later` });
  assertThrows(() => folder.open(), Deno.errors.NotFound);
  tree.write("later/a.txt");
  folder.open();
  assertEquals(typeof find(folder, "/a.txt"), "object");
});

Deno.test("Folder serves the working directory unless told otherwise", () => {
  using tree = new TempTree();
  const path = tree.write("index.html");
  const before = Deno.cwd();
  try {
    Deno.chdir(tree.root);
    assertEquals(pathOf(find(new Folder(), "/")), path);
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("Folder.find() tells the fields of a file: of its own, and Cache-Control by rules", () => {
  using tree = new TempTree();
  for (const name of ["assets/app.3f2a9c1b.js", "assets/app.js", "page.html"]) tree.write(name);
  const folder = new Folder({
    docroot: tree.root,
    headers: { "X-Own": "yes", "cache-control": "no-store" },
    cacheControl: [
      { glob: "assets/**", value: "immutable" },
      { glob: "*.js", value: "max-age=60" },
    ],
  });
  const fieldsOf = (path: string) => (find(folder, path) as FoundFile).fields;
  assertEquals(fieldsOf("/assets/app.3f2a9c1b.js"), [
    ["X-Own", "yes"],
    ["Cache-Control", "public, max-age=31536000, immutable"],
  ]);
  assertEquals(fieldsOf("/assets/app.js"), [["X-Own", "yes"], ["Cache-Control", "max-age=60"]]);
  assertEquals(fieldsOf("/page.html"), [["X-Own", "yes"], ["cache-control", "no-store"]]);
});

Deno.test("Folder.find() says that there is a folder where listings are wanted", () => {
  using tree = new TempTree();
  tree.write("a/file.txt");
  tree.write("site/index.html");
  tree.folder(".git");
  const folder = new Folder({ docroot: tree.root, listing: true, spa: true });
  const found = find(folder, "/a/");
  assert(typeof found === "object" && found.kind === "folder");
  assertEquals(found.path.relative, "a");
  assertEquals(pathOf(find(folder, "/")), "[folder]");
  assertEquals(pathOf(find(folder, "/site/")), `${tree.root}/site/index.html`);
  assertEquals(pathOf(find(folder, "/b/")), 404);
  assertEquals(pathOf(find(folder, "/.git/")), 404);
  const answers = new Folder({ docroot: tree.root });
  assertEquals(pathOf(find(answers, "/a/")), 404);
  answers.listing = () => Promise.resolve(true);
  assertEquals(pathOf(find(answers, "/a/")), "[folder]");
});

posixTest("Folder.resolveNew() gives places inside that may be served, whatever the links", () => {
  using tree = new TempTree();
  tree.folder("real/sub");
  tree.write("file.txt");
  tree.link("in", "real");
  tree.link("out", "../outside");
  tree.link("dead", "../outside/new");
  tree.folder(".git");
  tree.link("git", ".git");
  const at = (name: string) => `${tree.root}/${name}`;
  const cases: [path: string, none: string | number, others: string | number][] = [
    ["/new.txt", at("new.txt"), at("new.txt")],
    ["/real/sub/new/", at("real/sub/new"), at("real/sub/new")],
    ["/file.txt", at("file.txt"), at("file.txt")],
    ["/in/new.txt", 404, at("real/new.txt")],
    ["/dead", at("dead"), at("dead")],
    ["/out/new.txt", 404, 404],
    ["/missing/new.txt", 404, 404],
    ["/file.txt/new.txt", 404, 404],
    ["/git/config", 404, 404],
    ["/a.bak", 404, 404],
    ["/in/a.bak", 404, 404],
    ["/real/locked", 404, 404],
    ["/in/locked", 404, 404],
    ["/", 404, 404],
  ];
  (["none", "inside", "anywhere"] as const).forEach((links) => {
    const folder = new Folder({ docroot: tree.root, links, hidden: ["*.bak", "real/locked"] });
    for (const [path, none, others] of cases) {
      const safe = parseSafePath(path, folder.pathPolicy);
      assert(typeof safe === "object");
      const expected = links === "none" ? none : others;
      assertEquals(folder.resolveNew(safe), expected, `${links} ${path}`);
    }
  });
});

posixTest("Folder works with a folder that is a link, which its paths begin with", async () => {
  using tree = new TempTree();
  tree.write("a/page.html");
  tree.write("a/page.html.gz");
  tree.link("inside", "a");
  const root = `${tree.top}/link`;
  Deno.symlinkSync("root", root);
  const folder = new Folder({ docroot: root, listing: true, gzip: true });
  assertEquals(pathOf(find(folder, "/")), "[folder]");
  const found = find(folder, "/inside/page.html", "gzip") as FoundFile;
  assertEquals(found.facts.path, `${root}/a/page.html.gz`);
  assert(folder.confirms(found));
  const top = parseSafePath("/") as SafePath;
  const names: string[] = [];
  for await (const { name } of folder.list(top)) names.push(name);
  assertEquals(names.sort(), ["a", "inside"]);
  assertEquals(folder.resolveNew(parseSafePath("/new") as SafePath), `${root}/new`);
});

Deno.test("a link whose own name is hidden is not listed, whatever it leads to", async () => {
  using tree = new TempTree();
  tree.write("shown/a.txt");
  tree.link("secret", "shown");
  const folder = new Folder({ docroot: tree.root, hidden: ["secret"] });
  const path = parseSafePath("/secret/") as SafePath;
  const error = await assertRejects(
    () => Promise.resolve().then(() => folder.list(path).next()),
    HttpError,
  );
  assertEquals(error.status, 404);
});

Deno.test("a folder that is not there is the server's fault, not the path's", () => {
  using tree = new TempTree();
  const folder = new Folder({ docroot: `${tree.root}/none` });
  const error = assertThrows(() => find(folder, "/a.txt"), HttpError, "Cannot serve folder");
  assertEquals(error.status, 503);
});
