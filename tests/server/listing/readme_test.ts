import { assertEquals } from "@std/assert";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { collectEntries, type Entry } from "../../../server/listing/entries.ts";
import {
  findReadme,
  MAX_README_BYTES,
  type Readme,
  readReadme,
} from "../../../server/listing/readme.ts";
import { TempTree } from "../files/temp_tree.ts";

const ROOT = parseSafePath("/") as SafePath;

function entry(name: string, kind: "file" | "folder" = "file"): Entry {
  return { name, kind, size: 0, mtimeMs: 0, key: "" };
}

async function read(tree: TempTree, rawPath = "/"): Promise<Readme | undefined> {
  const folder = new Folder({ docroot: tree.root });
  const path = parseSafePath(rawPath) as SafePath;
  const found = findReadme((await collectEntries(() => folder.list(path))).all);
  return found && await readReadme(folder, path, found);
}

Deno.test("findReadme() prefers Markdown, and takes no folder", () => {
  const cases: [string[], string | undefined][] = [
    [["README", "readme.txt", "ReadMe.md", "a"], "ReadMe.md"],
    [["README", "README.TXT"], "README.TXT"],
    [["readme"], "readme"],
    [["README.md.bak", "xREADME.md", "readme.html"], undefined],
  ];
  for (const [names, expected] of cases) {
    assertEquals(findReadme(names.map((name) => entry(name)))?.name, expected);
  }
  assertEquals(findReadme([entry("README.md", "folder")]), undefined);
});

Deno.test("readReadme() renders Markdown, and shows text as it is", async () => {
  using tree = new TempTree();
  tree.write("README.md", "\ufeff# Hi\n");
  tree.write("sub folder%/é/readme.txt", " 1 < 2\n");
  assertEquals(await read(tree), {
    name: "README.md",
    html: `<h3 class="h1" id="readme-hi">Hi</h3>\n`,
  });
  assertEquals(await read(tree, "/sub%20folder%25/%C3%A9/"), {
    name: "readme.txt",
    html: `<pre class="text"> 1 &lt; 2\n</pre>`,
  });
});

Deno.test("readReadme() shows no README that is empty, gone or out of reach", async () => {
  using tree = new TempTree();
  tree.write("README.md", " \n");
  tree.writeOutside("README.md", "secret");
  tree.folder("sub");
  tree.link("sub/README.md", "../../outside/README.md");
  const folder = new Folder({ docroot: tree.root });
  assertEquals(await read(tree), undefined);
  assertEquals(await readReadme(folder, ROOT, entry("README.txt")), undefined);
  const sub = parseSafePath("/sub/") as SafePath;
  assertEquals(await readReadme(folder, sub, entry("README.md")), undefined);
});

Deno.test("readReadme() only links to what is too long", async () => {
  using tree = new TempTree();
  tree.write("README.txt", "a".repeat(MAX_README_BYTES));
  assertEquals(
    (await read(tree))?.html.length,
    MAX_README_BYTES + '<pre class="text"></pre>'.length,
  );
  tree.write("README.txt", "a".repeat(MAX_README_BYTES + 1));
  assertEquals(
    (await read(tree))?.html,
    `<p>It is too long to be shown here: <a href="./README.txt">open it</a>.</p>`,
  );
});
