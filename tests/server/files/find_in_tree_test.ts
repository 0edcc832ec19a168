import { assertEquals } from "@std/assert";
import { findInTree, findMissing, type Tree } from "../../../server/files/find_in_tree.ts";
import type { Found } from "../../../server/files/file_source.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";

type Settings = Tree<{ name: string }>["settings"];

const NAMES = [
  ...["index.html", "about.html", "both", "both.html", "app.js", "sub/index.html", "404.html"],
  ...["bare/page.html", "twin.html", "twin/x", "odd/index.html/x", ".html"],
];

/** A tree of names whose forms are their names. */
function treeOf(settings: Partial<Settings> = {}, lists = false): Tree<{ name: string }> {
  return {
    lists,
    settings: {
      index: "index.html",
      spa: false,
      notFound: undefined,
      cleanUrls: false,
      ...settings,
    },
    look(relative) {
      if (relative === "locked") return 403;
      if (NAMES.includes(relative)) return { name: relative };
      const isFolder = relative === "" || NAMES.some((it) => it.startsWith(`${relative}/`));
      return isFolder ? "folder" : 404;
    },
    form(relative) {
      return { kind: "file", name: relative } as ReturnType<Tree<object>["form"]>;
    },
  };
}

/** What is found, in short: the name of a file, where to go, or a status. */
function brief(found: Found): string | number {
  if (typeof found === "number") return found;
  if (found.kind === "redirect") return `-> ${found.to}`;
  if (found.kind === "folder") return "folder";
  return found.status === undefined ? found.name : `${found.status} ${found.name}`;
}

function find(
  path: string,
  settings: Partial<Settings>,
  accept?: string,
): string | number {
  return brief(findInTree(treeOf(settings), parseSafePath(path) as SafePath, { accept }));
}

function assertFinds(settings: Partial<Settings>, cases: Record<string, string | number>): void {
  for (const [path, expected] of Object.entries(cases)) {
    assertEquals([path, find(path, settings)], [path, expected]);
  }
}

Deno.test("findInTree() finds files, indexes of folders, and where folders begin", () => {
  assertFinds({}, {
    "/": "index.html",
    "/index.html": "index.html",
    "/about": 404,
    "/about.html": "about.html",
    "/about.html/": 404,
    "/sub": "-> sub/",
    "/sub/": "sub/index.html",
    "/bare": "-> bare/",
    "/bare/": 404,
    "/odd/": 404,
    "/none": 404,
    "/none/": 404,
    "/locked": 403,
  });
  for (const path of ["/bare/", "/odd/", "/none/", "/about.html/", "/sub/"]) {
    const found = brief(findInTree(treeOf({}, true), parseSafePath(path) as SafePath, {}));
    const expected = { "/bare/": "folder", "/odd/": "folder", "/sub/": "sub/index.html" };
    assertEquals([path, found], [path, expected[path as keyof typeof expected] ?? 404]);
  }
  assertFinds({ index: "page.html" }, { "/bare/": "bare/page.html", "/": 404 });
});

Deno.test("findInTree() knows pages by their names without extension", () => {
  assertFinds({ cleanUrls: true }, {
    "/": "index.html",
    "/about": "about.html",
    "/about/": 404,
    "/about.html": "-> about",
    "/index": "-> ./",
    "/index.html": "-> ./",
    "/sub/index.html": "-> ./",
    "/sub/": "sub/index.html",
    "/bare/page": "bare/page.html",
    "/both": "both",
    "/both.html": "both.html",
    "/twin": "twin.html",
    "/twin.html": "-> twin",
    "/app.js": "app.js",
    "/locked": 403,
  });
});

Deno.test("findInTree() sends the application for pages that are not there", () => {
  const settings = { spa: "index.html" };
  assertFinds(settings, {
    "/settings/profile": "index.html",
    "/settings/": "index.html",
    "/bare/": "index.html",
    "/missing.js": 404,
    "/app.js": "app.js",
    "/sub": "-> sub/",
    "/locked": 403,
  });
  assertEquals(find("/settings", settings, "text/html,*/*;q=0.1"), "index.html");
  assertEquals(find("/settings", settings, "application/json"), 404);
  assertFinds({ spa: "none.html" }, { "/settings": 404 });
});

Deno.test("findInTree() and findMissing() send the page that says that nothing is there", () => {
  const settings = { notFound: "404.html" };
  assertFinds(settings, {
    "/none": "404 404.html",
    "/none.js": "404 404.html",
    "/404.html": "404.html",
    "/locked": 403,
  });
  assertFinds({ ...settings, spa: "index.html" }, {
    "/none": "index.html",
    "/x.js": "404 404.html",
  });
  assertEquals(brief(findMissing(treeOf(settings), {})), "404 404.html");
  assertEquals(brief(findMissing(treeOf({ notFound: "none" }), {})), 404);
  assertEquals(brief(findMissing(treeOf(), {})), 404);
});
