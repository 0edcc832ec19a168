import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FoundFile } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import { WINDOWS_NAMES } from "../../../server/files/locate.ts";
import { find, pathOf } from "./asking.ts";
import { TempTree } from "./temp_tree.ts";

const posixTest = (name: string, fn: () => void) => Deno.test({ name, ignore: WINDOWS_NAMES, fn });

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

posixTest("Folder.find() does not find hidden names, by whatever way", () => {
  using tree = new TempTree();
  const page = tree.write("page.html");
  for (const name of [".env", ".git/config", "notes.txt~", "private/a.txt", "a/private/b.txt"]) {
    tree.write(name);
  }
  tree.write("build/out.txt");
  tree.write("build/keep/in.txt");
  tree.write("page.html.gz");
  tree.link("env", ".env");
  tree.link("git", ".git");
  tree.link("draft", "notes.txt~");
  tree.link("shown", "private");
  tree.link("deep", "build/out.txt");
  tree.link("fine", "page.html");
  tree.link("linked.html.gz", ".env");
  tree.write("linked.html");
  const hidden = ["*~", "private", "/build/*.txt", "page.html.gz"];
  const folder = new Folder({ docroot: tree.root, hidden, gzip: true });
  const gone = [
    "/.env",
    "/env",
    "/git/config",
    "/git/",
    "/git",
    "/notes.txt~",
    "/draft",
    "/private",
  ]
    .concat(["/private/", "/private/a.txt", "/a/private/b.txt", "/shown", "/shown/a.txt"])
    .concat(["/build/out.txt", "/deep", "/page.html.gz"]);
  for (const path of gone) assertEquals(find(folder, path), 404, path);
  assertEquals(pathOf(find(folder, "/fine", "gzip")), page);
  assertEquals(pathOf(find(folder, "/page.html", "gzip")), page);
  assertEquals(pathOf(find(folder, "/linked.html", "gzip")), `${tree.root}/linked.html`);
  assertEquals(pathOf(find(folder, "/build/keep/in.txt")), `${tree.root}/build/keep/in.txt`);
  assertEquals(pathOf(find(folder, "/a/")), 404);
});

posixTest(
  "Folder.find() serves dot files where that is wanted, but never uploads under way",
  () => {
    using tree = new TempTree();
    const env = tree.write(".env");
    const upload = `.upload-${"0123456789abcdef".repeat(2)}`;
    tree.write(upload);
    tree.write(`a/${upload}-1z`);
    tree.link("env", ".env");
    tree.link("upload", upload);
    const folder = new Folder({ docroot: tree.root, dotfiles: true });
    assertEquals(pathOf(find(folder, "/.env")), env);
    assertEquals(pathOf(find(folder, "/env")), env);
    for (const path of [`/${upload}`, `/a/${upload}-1z`, "/upload"]) {
      assertEquals(
        find(folder, path),
        404,
      );
    }
    const usual = new Folder({ docroot: tree.root });
    for (const path of ["/.env", "/env"]) assertEquals(find(usual, path), 404, path);
  },
);

posixTest("Folder.find() follows no links, those inside, or all", () => {
  using tree = new TempTree();
  const page = tree.write("real/page.html");
  const index = tree.write("real/index.html");
  const secret = tree.writeOutside("secret.html");
  const packed = tree.writeOutside("secret.html.gz");
  tree.link("page.html", "real/page.html");
  tree.link("folder", "real");
  tree.link("secret.html", "../outside/secret.html");
  tree.link("outside", "../outside");
  tree.folder("index");
  tree.link("index/index.html", "../real/page.html");
  tree.write("x.html");
  tree.link("x.html.gz", "real/page.html");
  const cases: [
    path: string,
    none: string | number,
    inside: string | number,
    anywhere: string | number,
  ][] = [
    ["/real/page.html", page, page, page],
    ["/page.html", 404, page, page],
    ["/folder", 404, "-> folder/", "-> folder/"],
    ["/folder/", 404, index, index],
    ["/folder/page.html", 404, page, page],
    ["/index/", 404, page, page],
    ["/secret.html", 404, 404, packed],
    ["/outside", 404, 404, "-> outside/"],
    ["/outside/secret.html", 404, 404, packed],
    ["/x.html", `${tree.root}/x.html`, page, page],
  ];
  (["none", "inside", "anywhere"] as const).forEach((links, at) => {
    const folder = new Folder({ docroot: tree.root, links, gzip: true });
    for (const [path, ...expected] of cases) {
      const found = find(folder, path, "gzip");
      assertEquals(pathOf(found), expected[at], `${links} ${path}`);
      if (typeof found === "object" && found.kind === "file") assert(folder.confirms(found));
    }
  });
  const anywhere = new Folder({ docroot: tree.root, links: "anywhere" });
  const found = find(anywhere, "/secret.html") as FoundFile;
  assertEquals(found.facts.path, secret);
  Deno.removeSync(secret);
  Deno.symlinkSync("/etc/passwd", secret);
  assertEquals(anywhere.confirms(found), false);
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
  const segment = fc.oneof({ weight: 9, arbitrary: name }, odd, worse, long, any);
  const rawPath = fc.tuple(fc.array(segment, { maxLength: 6 }), fc.constantFrom("", "/"))
    .map(([segments, end]) => "/" + segments.join("/") + end);
  let files = 0;
  fc.assert(
    fc.property(rawPath, fc.constantFrom(undefined, "gzip"), (raw, accept) => {
      const found = find(folder, raw, accept);
      if (typeof found === "number") return assert([400, 403, 404].includes(found), String(found));
      if (found.kind !== "file") return assertEquals(found.kind, "redirect");
      files++;
      const real = Deno.realPathSync(found.facts.path);
      assertEquals(real, found.facts.path);
      assert(real.startsWith(tree.root + "/"), real);
      assert(Deno.lstatSync(real).isFile);
      assert(!real.endsWith(".env"));
    }),
    { numRuns: 3000 },
  );
  assert(files > 10, `the paths are too wild to find any file: ${files}`);
});
