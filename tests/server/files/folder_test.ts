import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Folder, type FoundFile } from "../../../server/files/folder.ts";
import { WINDOWS_NAMES } from "../../../server/files/locate.ts";
import { parseSafePath } from "../../../server/files/safe_path.ts";
import { TempTree } from "./temp_tree.ts";

const posixTest = (name: string, fn: () => void) => Deno.test({ name, ignore: WINDOWS_NAMES, fn });

function find(folder: Folder, rawPath: string, acceptEncoding?: string) {
  const path = parseSafePath(rawPath, WINDOWS_NAMES);
  return typeof path === "number" ? path : folder.find(path, acceptEncoding);
}

function pathOf(found: FoundFile | "redirect" | number): string | number {
  return typeof found === "object" ? found.facts.path : found;
}

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
    ["/a", "redirect"],
    ["/empty", "redirect"],
    ["/empty/", 404],
    ["/odd/", 404],
    ["/odd/index.html", "redirect"],
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

Deno.test("Folder.find() prefers the packed sibling for clients that take gzip", () => {
  using tree = new TempTree();
  const page = tree.write("page.html", "page page page");
  const packed = tree.write("page.html.gz", "packed");
  const alone = tree.write("alone.html");
  tree.write("only.html.gz");
  const index = tree.write("index.html.gz");
  tree.write("index.html");
  const folder = new Folder({ docroot: tree.root, gzip: true });

  const sent = find(folder, "/page.html", "gzip") as FoundFile;
  assertEquals([sent.facts.path, sent.coding, sent.varies], [packed, "gzip", true]);
  assertEquals([sent.name, sent.size], ["page.html", 6]);

  for (const accept of [undefined, "", "br", "gzip;q=0", "identity"]) {
    const plain = find(folder, "/page.html", accept) as FoundFile;
    assertEquals([plain.facts.path, plain.coding, plain.varies], [page, undefined, true], accept);
    assertEquals(plain.size, 14);
  }
  const lone = find(folder, "/alone.html", "gzip") as FoundFile;
  assertEquals([lone.facts.path, lone.coding, lone.varies], [alone, undefined, true]);
  assertEquals(pathOf(find(folder, "/", "gzip")), index);
  // Without the file itself, the sibling is a file of its own name only.
  assertEquals(find(folder, "/only.html", "gzip"), 404);
  const asked = find(folder, "/page.html.gz", "gzip") as FoundFile;
  assertEquals([asked.coding, asked.varies, asked.name], [undefined, false, "page.html.gz"]);
});

Deno.test("Folder.find() leaves siblings alone unless told otherwise", () => {
  using tree = new TempTree();
  const page = tree.write("page.html");
  tree.write("page.html.gz");
  const found = find(new Folder({ docroot: tree.root }), "/page.html", "gzip") as FoundFile;
  assertEquals([found.facts.path, found.coding, found.varies], [page, undefined, false]);
});

posixTest("Folder.find() holds index and sibling to the rules for links", () => {
  using tree = new TempTree();
  tree.writeOutside("secret.html");
  tree.writeOutside("secret.html.gz");
  const real = tree.write("real.html");
  tree.folder("in");
  tree.folder("out");
  tree.folder("fifo");
  tree.link("in/index.html", "../real.html");
  tree.link("out/index.html", "../../outside/secret.html");
  tree.fifo("fifo/index.html");
  tree.link("real.html.gz", "../outside/secret.html.gz");
  tree.link("away", "../outside");
  const folder = new Folder({ docroot: tree.root, gzip: true });
  assertEquals(pathOf(find(folder, "/in/")), real);
  assertEquals(find(folder, "/out/"), 404);
  assertEquals(find(folder, "/fifo/"), 404);
  assertEquals(pathOf(find(folder, "/real.html", "gzip")), real);
  // Neither a redirect nor the index tells that the folder exists.
  assertEquals(find(folder, "/away"), 404);
  assertEquals(find(folder, "/away/"), 404);
  assertEquals(find(folder, "/away/secret.html"), 404);
});

Deno.test("Folder refuses an index that is not the name of a file", () => {
  for (const index of ["", ".", "..", "a/b", "../x", "a\\b", "a\0b", "/x"]) {
    assertThrows(() => new Folder({ index }), TypeError, "name of a file", JSON.stringify(index));
  }
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

posixTest("Folder.find() never leaves the folder, whatever path it is asked for", () => {
  using tree = new TempTree();
  for (const name of ["a/b/c.txt", "a/index.html", "a/c.txt.gz", "c.txt", "b", "ü", "%2e%2e"]) {
    tree.write(name);
  }
  tree.writeOutside("c.txt");
  tree.writeOutside("a/c.txt");
  tree.writeOutside("index.html");
  tree.write(".env");
  tree.write(".well-known/c.txt");
  tree.fifo("fifo");
  tree.link("in", "a/b");
  tree.link("out", "../outside");
  tree.link("a/out", "../../outside/c.txt");
  tree.link("a/up", "..");
  tree.link("top", "/");
  tree.link("loop", "loop");
  tree.link("c.txt.gz", "../outside/c.txt");
  const folder = new Folder({ docroot: tree.root, gzip: true });

  const name = fc.constantFrom("a", "b", "c.txt", "index.html", "in", "out", "up", "top", "loop");
  const odd = fc.constantFrom("fifo", "..", ".", "%2e%2e", "%2E", ".env", ".well-known", "%c3%bc");
  const worse = fc.constantFrom(
    "",
    "%2f",
    "%5c",
    "..%2f",
    "\\..\\",
    "%00",
    "%ff",
    "%252e%252e",
    "%",
  );
  const long = fc.constantFrom(
    "x".repeat(255),
    "x".repeat(300),
    "etc",
    "passwd",
    "outside",
    "root",
  );
  const any = fc.string({ maxLength: 4, unit: "binary" });
  const segment = fc.oneof({ weight: 5, arbitrary: name }, odd, worse, long, any);
  const rawPath = fc.tuple(fc.array(segment, { maxLength: 7 }), fc.constantFrom("", "/"))
    .map(([segments, end]) => "/" + segments.join("/") + end);
  let files = 0;
  fc.assert(
    fc.property(rawPath, fc.constantFrom(undefined, "gzip"), (raw, accept) => {
      const found = find(folder, raw, accept);
      if (found === "redirect") return;
      if (typeof found === "number") return assert([400, 403, 404].includes(found), String(found));
      files++;
      const real = Deno.realPathSync(found.facts.path);
      assertEquals(real, found.facts.path);
      assert(real.startsWith(tree.root + "/"), real);
      assert(Deno.lstatSync(real).isFile);
      assert(!real.endsWith(".env"));
    }),
    { numRuns: 3000 },
  );
  assert(files > 30, `the paths are too wild to find any file: ${files}`);
});
