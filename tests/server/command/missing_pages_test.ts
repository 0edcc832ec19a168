import { assertEquals } from "@std/assert";
import {
  type MissingPage,
  missingPageMessage,
  missingPages,
} from "../../../server/command/missing_pages.ts";
import type { FileOptions } from "../../../server/files/file_options.ts";
import { Folder } from "../../../server/files/folder.ts";
import { TempTree } from "../files/temp_tree.ts";

Deno.test("missingPages() tells the pages that are not there", () => {
  using tree = new TempTree();
  for (const name of ["index.html", "404.html", "sub/app.html", ".secret.html"]) tree.write(name);
  tree.link("out.html", tree.writeOutside("a.html"));
  const missing = (files: FileOptions): MissingPage[] =>
    missingPages(files, new Folder({ docroot: tree.root, ...files }));
  for (const cleanUrls of [false, true]) {
    assertEquals(missing({ cleanUrls }), []);
    assertEquals(missing({ cleanUrls, spa: "index.html", notFound: "404.html" }), []);
    assertEquals(missing({ cleanUrls, spa: "sub/app.html", notFound: "index.html" }), []);
    assertEquals(missing({ cleanUrls, spa: "app.html", notFound: "none.html" }), [
      ["spa", "app.html"],
      ["404", "none.html"],
    ]);
    assertEquals(missing({ cleanUrls, spa: "app.html", notFound: "404.html" }), [
      ["spa", "app.html"],
    ]);
    for (const spa of ["sub", ".secret.html", "out.html", "404.html/x"]) {
      assertEquals(missing({ cleanUrls, spa }), [["spa", spa]], spa);
    }
  }
});

Deno.test("missingPageMessage() names option and file", () => {
  assertEquals(
    missingPageMessage("SERVE_404", ["404", "a b.html"]),
    'SERVE_404 names "a b.html", which is no file in the site',
  );
});
