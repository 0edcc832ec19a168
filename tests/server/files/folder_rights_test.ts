// A folder under the rights to read it, and nothing else.

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { FoundFile } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import { WINDOWS_NAMES } from "../../../server/files/locate.ts";
import { openLocated } from "../../../server/files/open_file.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { find, pathOf } from "./asking.ts";
import { TempTree } from "./temp_tree.ts";

// The rights of a test are named when it is declared.
const tree = new TempTree();
addEventListener("unload", () => tree[Symbol.dispose]());
tree.write("a/page.html", "page");
tree.write("a/page.html.gz", "packed");
tree.write("index.html");
tree.writeOutside("secret.html");
const linked = `${tree.top}/linked`;
if (!WINDOWS_NAMES) {
  tree.link("in", "a/page.html");
  tree.link("out", "../outside/secret.html");
  Deno.symlinkSync("root", linked);
}

for (const root of WINDOWS_NAMES ? [tree.root] : [tree.root, linked]) {
  const kind = root === linked ? "a link to a folder" : "a folder";
  Deno.test({
    name: `Folder needs no rights but to read ${kind} that it serves`,
    // To open what is behind a link, the runtime also wants the right to read what it leads to.
    permissions: {
      read: root === linked ? [root, tree.root] : [root],
      write: false,
      run: false,
      env: false,
      sys: false,
      ffi: false,
    },
    async fn() {
      const options = { docroot: root, gzip: true, cleanUrls: true, spa: true, hidden: ["*.bak"] };
      const folder = new Folder({ ...options, notFound: "404.html" });
      assertThrows(() => Deno.statSync(tree.outside), Deno.errors.NotCapable);
      const page = find(folder, "/a/page") as FoundFile;
      assertEquals(page.facts.path, `${root}/a/page.html`);
      openLocated(page.facts)!.close();
      assert(folder.confirms(page));
      const packed = find(folder, "/a/page", "gzip") as FoundFile;
      assertEquals(packed.facts.path, `${root}/a/page.html.gz`);
      assertEquals(pathOf(find(folder, "/")), `${root}/index.html`);
      assertEquals(pathOf(find(folder, "/a")), "-> a/");
      assertEquals(pathOf(find(folder, "/gone.js")), 404);
      assertEquals(folder.resolveNew(parseSafePath("/a/new") as SafePath), `${root}/a/new`);
      const listed = await Array.fromAsync(folder.list(parseSafePath("/") as SafePath));
      const names = listed.map(({ name }) => name).sort().join(" ");
      assertEquals(names, WINDOWS_NAMES ? "a index.html" : "a in index.html");
      if (WINDOWS_NAMES) return;
      assertEquals(pathOf(find(folder, "/in")), `${root}/a/page.html`);
      assertEquals(find(new Folder({ docroot: root }), "/out"), 404);
      // What links lead to takes rights of its own.
      assertEquals(find(new Folder({ docroot: root, links: "anywhere" }), "/out"), 403);
    },
  });
}
