import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Docroot,
  type FileFacts,
  type FileRefusal,
  statusOfFileError,
  WINDOWS_NAMES,
} from "../../../server/files/locate.ts";
import { TempTree } from "./temp_tree.ts";

const IS_ROOT = !WINDOWS_NAMES && Deno.uid() === 0;
const posixTest = (name: string, fn: () => void) => Deno.test({ name, ignore: WINDOWS_NAMES, fn });

type Found = FileFacts | "folder" | FileRefusal;

function contentOf(found: Found): string {
  assert(typeof found === "object", `not a file: ${found}`);
  return Deno.readTextFileSync(found.path);
}

Deno.test("Docroot.find() tells the facts of a regular file", () => {
  using tree = new TempTree();
  const path = tree.write("a/b/page.html", "12345");
  Deno.utimeSync(path, new Date(1_700_000_000_000), new Date(1_700_000_000_123));
  const info = Deno.statSync(path);
  assertEquals(new Docroot(tree.root).find("a/b/page.html"), {
    path,
    size: 5,
    mtimeMs: 1_700_000_000_123,
    ctimeMs: info.ctime!.getTime(),
    dev: info.dev,
    ino: info.ino,
  });
});

Deno.test("Docroot.find() tells folders from files and both from nothing", () => {
  using tree = new TempTree();
  tree.write("a/b.txt");
  const root = new Docroot(tree.root);
  assertEquals(root.find("a"), "folder");
  assertEquals(root.find(""), "folder");
  assertEquals(contentOf(root.find("a/b.txt")), "a/b.txt");
  assertEquals(root.find("missing"), 404);
  assertEquals(root.find("a/missing/x"), 404);
});

Deno.test("Docroot.find() takes names as they are", () => {
  using tree = new TempTree();
  const names = [
    "with space.txt",
    "ümlaut €😀.txt",
    "100%.txt",
    "%2e%2e",
    "..foo",
    "...",
    "a&b;c=d",
  ]
    .concat(["x".repeat(255), "-rf", "~"]);
  for (const name of names) tree.write(name);
  const root = new Docroot(tree.root);
  for (const name of names) assertEquals(contentOf(root.find(name)), name);
});

posixTest("Docroot.find() takes names that only Windows would read differently", () => {
  using tree = new TempTree();
  const names = ["a:b", "con", "name.", "name ", "?*<>|", "back\\slash"];
  for (const name of names) tree.write(name);
  const root = new Docroot(tree.root);
  for (const name of names) assertEquals(contentOf(root.find(name)), name);
});

Deno.test("Docroot.find() does not find a file used as a folder, nor over-long names", () => {
  using tree = new TempTree();
  tree.write("file");
  const root = new Docroot(tree.root);
  assertEquals(root.find("file/child"), 404);
  assertEquals(root.find("file/child/index.html"), 404);
  assertEquals(root.find("x".repeat(256)), 404);
  assertEquals(root.find("x".repeat(5000)), 404);
  assertEquals(root.find("x/".repeat(5000) + "x"), 404);
  assertEquals(root.find("ü".repeat(200)), 404);
  assertEquals(root.find("nul\0byte"), 404);
});

posixTest("Docroot.find() follows links that stay inside, and names the file itself", () => {
  using tree = new TempTree();
  const path = tree.write("real/file.txt", "inside");
  tree.link("relative", "real/file.txt");
  tree.link("absolute", path);
  tree.link("chain3", "chain2");
  tree.link("chain2", "relative");
  tree.link("linked-folder", "real");
  tree.link("real/up", "..");
  const root = new Docroot(tree.root);
  const links = ["relative", "absolute", "chain3", "linked-folder/file.txt"];
  for (const name of [...links, "real/up/real/up/real/file.txt"]) {
    const found = root.find(name);
    assertEquals(contentOf(found), "inside", name);
    assertEquals((found as FileFacts).path, path, name);
  }
  assertEquals(root.find("linked-folder"), "folder");
  assertEquals(root.find("real/up"), "folder");
});

posixTest(
  "Docroot.find() does not find what links outside, and says the same of a dead link",
  () => {
    using tree = new TempTree();
    const secret = tree.writeOutside("secret.txt", "secret");
    tree.writeOutside("folder/secret.txt", "secret");
    tree.link("absolute", secret);
    tree.link("relative", "../outside/secret.txt");
    tree.link("chain", "absolute");
    tree.link("folder", "../outside/folder");
    tree.link("top", "/");
    tree.link("parent", "..");
    tree.link("dead", "../outside/missing");
    tree.link("dead-inside", "missing");
    const root = new Docroot(tree.root);
    const names = ["absolute", "relative", "chain", "folder", "folder/secret.txt", "top", "parent"]
      .concat(["top/etc/passwd", "parent/outside/secret.txt", "dead", "dead-inside"]);
    for (const name of names) assertEquals(root.find(name), 404, name);
  },
);

posixTest("Docroot.find() does not take a sibling folder with a longer name for its own", () => {
  using tree = new TempTree();
  Deno.mkdirSync(`${tree.root}-old`);
  Deno.writeTextFileSync(`${tree.root}-old/secret.txt`, "secret");
  tree.link("old", "../root-old/secret.txt");
  tree.link("old-folder", "../root-old");
  const root = new Docroot(tree.root);
  assertEquals(root.find("old"), 404);
  assertEquals(root.find("old-folder"), 404);
  assertEquals(root.find("old-folder/secret.txt"), 404);
});

posixTest("Docroot.find() may leave and come back on the way", () => {
  using tree = new TempTree();
  tree.write("file.txt", "inside");
  Deno.symlinkSync(`${tree.root}/file.txt`, `${tree.outside}/back`);
  tree.link("round", "../outside/back");
  assertEquals(contentOf(new Docroot(tree.root).find("round")), "inside");
});

posixTest("Docroot.find() does not end in loops", () => {
  using tree = new TempTree();
  tree.link("one", "two");
  tree.link("two", "one");
  tree.link("self", "self");
  const root = new Docroot(tree.root);
  for (const name of ["one", "two", "self", "self/x"]) assertEquals(root.find(name), 404);
});

posixTest("Docroot.find() never touches FIFOs, sockets and devices", () => {
  using tree = new TempTree();
  tree.fifo("fifo");
  tree.link("linked-fifo", "fifo");
  using _listener = Deno.listen({ transport: "unix", path: `${tree.root}/socket` });
  const root = new Docroot(tree.root);
  assertEquals(root.find("fifo"), 404);
  assertEquals(root.find("linked-fifo"), 404);
  assertEquals(root.find("socket"), 404);
  assertEquals(root.find("fifo/x"), 404);
  assertEquals(new Docroot("/dev").find("null"), 404);
});

Deno.test({
  name: "Docroot.find() answers 403 for a folder that may not be searched (not as root, who may)",
  ignore: WINDOWS_NAMES || IS_ROOT,
  fn() {
    using tree = new TempTree();
    tree.write("closed/file.txt");
    Deno.chmodSync(`${tree.root}/closed`, 0o000);
    try {
      assertEquals(new Docroot(tree.root).find("closed/file.txt"), 403);
    } finally {
      Deno.chmodSync(`${tree.root}/closed`, 0o700);
    }
  },
});

posixTest("Docroot takes a root that is a link, and names files by it", () => {
  using tree = new TempTree();
  tree.write("a/file.txt", "inside");
  tree.writeOutside("secret.txt");
  tree.link("out", "../outside/secret.txt");
  Deno.symlinkSync("root", `${tree.top}/link`);
  const root = new Docroot(`${tree.top}/link/`);
  const found = root.find("a/file.txt");
  assertEquals(contentOf(found), "inside");
  assertEquals((found as FileFacts).path, `${tree.top}/link/a/file.txt`);
  assertEquals(root.find("out"), 404);
});

posixTest("Docroot follows a root that is pointed to another folder", () => {
  using tree = new TempTree();
  tree.write("v1/file.txt", "one");
  tree.write("v2/file.txt", "two");
  tree.write("v2/new.txt", "new");
  tree.writeOutside("secret.txt");
  const current = `${tree.top}/current`;
  Deno.symlinkSync(`${tree.root}/v1`, current);
  const root = new Docroot(current);
  assertEquals(contentOf(root.find("file.txt")), "one");
  assertEquals(root.find("new.txt"), 404);
  Deno.symlinkSync(`${tree.root}/v2`, `${current}.new`);
  Deno.renameSync(`${current}.new`, current);
  assertEquals(contentOf(root.find("file.txt")), "two");
  assertEquals(contentOf(root.find("new.txt")), "new");
  tree.link("v2/out", "../../outside/secret.txt");
  tree.link("v2/old", "../v1/file.txt");
  assertEquals(root.find("out"), 404);
  assertEquals(root.find("old"), 404);
});

Deno.test("Docroot answers 404 when its folder is gone", () => {
  using tree = new TempTree();
  tree.write("site/file.txt");
  const root = new Docroot(`${tree.root}/site`);
  Deno.removeSync(`${tree.root}/site`, { recursive: true });
  assertEquals(root.find("file.txt"), 404);
});

posixTest("Docroot can be the root of the file system", () => {
  using tree = new TempTree();
  const path = tree.write("file.txt", "inside");
  const found = new Docroot("/").find(path.slice(1));
  assertEquals(contentOf(found), "inside");
  assertEquals((found as FileFacts).path, path);
});

Deno.test("Docroot keeps its folder when the working directory changes", () => {
  using tree = new TempTree();
  tree.write("site/file.txt", "right");
  tree.write("file.txt", "wrong");
  const before = Deno.cwd();
  try {
    Deno.chdir(`${tree.root}/site`);
    const root = new Docroot(".");
    Deno.chdir(tree.root);
    assertEquals(contentOf(root.find("file.txt")), "right");
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("Docroot refuses what is not a folder", () => {
  using tree = new TempTree();
  const file = tree.write("file.txt");
  assertThrows(() => new Docroot(`${tree.root}/missing`), Deno.errors.NotFound);
  assertThrows(() => new Docroot(file), Deno.errors.NotADirectory, "not a folder");
  assertThrows(() => new Docroot(""), TypeError, "empty");
});

Deno.test("Docroot.findSibling() finds regular files of the same folder", () => {
  using tree = new TempTree();
  tree.write("a/page.html");
  tree.write("a/page.html.gz", "packed");
  tree.write("alone.html");
  tree.write("folder.html");
  tree.folder("folder.html.gz");
  const root = new Docroot(tree.root);
  const sibling = (name: string) => root.findSibling(root.find(name) as FileFacts, ".gz");
  assertEquals(sibling("a/page.html")?.path, `${tree.root}/a/page.html.gz`);
  assertEquals(sibling("a/page.html")?.size, 6);
  assertEquals(sibling("alone.html"), undefined);
  assertEquals(sibling("folder.html"), undefined);
});

posixTest("Docroot.findSibling() follows links by the same rules", () => {
  using tree = new TempTree();
  tree.writeOutside("secret.gz");
  const real = tree.write("real.gz", "packed");
  for (const name of ["in", "out", "dead", "fifo", "loop"]) tree.write(name);
  tree.link("in.gz", "real.gz");
  tree.link("out.gz", "../outside/secret.gz");
  tree.link("dead.gz", "missing");
  tree.link("loop.gz", "loop.gz");
  tree.fifo("fifo.gz");
  const root = new Docroot(tree.root);
  const sibling = (name: string) => root.findSibling(root.find(name) as FileFacts, ".gz");
  assertEquals(sibling("in")?.path, real);
  for (const name of ["out", "dead", "fifo", "loop"]) {
    assertEquals(sibling(name), undefined, name);
  }
});

Deno.test("statusOfFileError() maps the errors of file calls", () => {
  const withCode = (code: string) => Object.assign(new Error("x"), { code });
  const cases: [unknown, FileRefusal | undefined][] = [
    [withCode("ENOENT"), 404],
    [withCode("ENOTDIR"), 404],
    [withCode("ELOOP"), 404],
    [withCode("ENAMETOOLONG"), 404],
    [withCode("EACCES"), 403],
    [withCode("EPERM"), 403],
    [withCode("EMFILE"), 503],
    [withCode("ENFILE"), 503],
    [new Deno.errors.NotCapable("x"), 403],
    [new Deno.errors.PermissionDenied("x"), 403],
    [new Deno.errors.NotFound("x"), 404],
    [withCode("EIO"), 503],
    [withCode("ESTALE"), 503],
    [withCode("ENOMEM"), 503],
    [withCode("EINVAL"), 404],
    [withCode("ENXIO"), 404],
    [withCode("ERR_SOMETHING"), undefined],
    [new TypeError("x"), undefined],
    [undefined, undefined],
    [null, undefined],
    ["ENOENT", undefined],
  ];
  for (const [error, expected] of cases) {
    assertEquals(statusOfFileError(error), expected, String(error));
  }
});

Deno.test({
  name: "Docroot says so when it may not be read",
  permissions: { read: [], write: false },
  fn() {
    assertThrows(() => new Docroot("/"), Deno.errors.NotCapable);
  },
});
