import { assertEquals } from "@std/assert";
import type { RequestFields } from "../../../server/files/conditional.ts";
import type { FoundFile } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import { ask, find, pathOf } from "./asking.ts";
import { TempTree } from "./temp_tree.ts";

Deno.test("Folder.find() sends an application's page for what may be one of its paths", () => {
  using tree = new TempTree();
  const index = tree.write("index.html");
  const app = tree.write("app/main.html");
  tree.write("assets/a.js");
  const page = { accept: "text/html,application/xhtml+xml;q=0.9" };
  const folder = new Folder({ docroot: tree.root, spa: true });
  const cases: [path: string, fields: RequestFields, expected: string | number][] = [
    ["/users/42", page, index],
    ["/users/42/", page, index],
    ["/assets/", page, index],
    ["/users/42", {}, index],
    ["/users/42", { accept: "*/*" }, index],
    ["/users/42", { accept: "application/json" }, 404],
    ["/users/42", { accept: "text/html;q=0, */*" }, 404],
    ["/missing.js", page, 404],
    ["/v1.2/", page, 404],
    ["/.git", page, 404],
    ["/assets", page, "-> assets/"],
    ["/../x", page, 400],
  ];
  for (const [path, fields, expected] of cases) {
    assertEquals(pathOf(ask(folder, path, fields)), expected, `${path} ${fields.accept}`);
  }
  const found = ask(folder, "/users/42", page) as FoundFile;
  assertEquals([found.name, found.status, found.fields], ["index.html", undefined, [[
    "Vary",
    "Accept",
  ]]]);
  const other = new Folder({ docroot: tree.root, spa: "/app/main.html" });
  assertEquals(pathOf(ask(other, "/users", page)), app);
  const none = new Folder({ docroot: tree.root, spa: "gone.html" });
  assertEquals(ask(none, "/users", page), 404);
});

Deno.test("Folder.find() sends a page that says that something is not there", () => {
  using tree = new TempTree();
  const page = tree.write("errors/404.html");
  tree.write("errors/404.html.gz", "packed");
  tree.write("index.html");
  const folder = new Folder({ docroot: tree.root, notFound: "errors/404.html", gzip: true });
  for (const path of ["/gone", "/gone/", "/.env", "/errors/", "/a//b"]) {
    const found = find(folder, path) as FoundFile;
    assertEquals(
      [found.status, found.facts.path, found.name],
      [404, page, "errors/404.html"],
      path,
    );
  }
  assertEquals((find(folder, "/gone", "gzip") as FoundFile).coding, "gzip");
  assertEquals((find(folder, "/errors/404.html") as FoundFile).status, undefined);
  assertEquals(find(folder, "/%00"), 400);
  assertEquals(find(new Folder({ docroot: tree.root, notFound: "x.html" }), "/gone"), 404);
});

Deno.test("Folder.find() knows pages by their names without extension", () => {
  using tree = new TempTree();
  for (
    const name of [
      "index.html",
      "about.html",
      "about/team.html",
      "a/index.html",
      "exact",
      "exact.html",
    ]
  ) {
    tree.write(name);
  }
  tree.write("about.html.gz");
  tree.write("twice.html.html");
  tree.write("folder.html/index.html");
  const folder = new Folder({ docroot: tree.root, cleanUrls: true, gzip: true });
  const at = (name: string) => `${tree.root}/${name}`;
  const cases: [path: string, expected: string | number][] = [
    ["/about", at("about.html")],
    ["/about.html", "-> about"],
    ["/about/", 404],
    ["/about/team", at("about/team.html")],
    ["/about/team.html", "-> team"],
    ["/index.html", "-> ./"],
    ["/index", "-> ./"],
    ["/a", "-> a/"],
    ["/a/", at("a/index.html")],
    ["/a/index.html", "-> ./"],
    ["/exact", at("exact")],
    ["/exact.html", at("exact.html")],
    ["/twice.html", at("twice.html.html")],
    ["/twice.html.html", "-> twice.html"],
    ["/folder", 404],
    ["/folder.html", "-> folder.html/"],
    ["/missing", 404],
    ["/about.html/x", 404],
  ];
  for (const [path, expected] of cases) assertEquals(pathOf(find(folder, path)), expected, path);
  const packed = find(folder, "/about", "gzip") as FoundFile;
  assertEquals([packed.name, packed.coding], ["about.html", "gzip"]);
});
