import { assert, assertEquals, assertRejects } from "@std/assert";
import { HttpError } from "../../../wire/errors.ts";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import { Folder } from "../../../server/files/folder.ts";
import type { FolderEntry } from "../../../server/files/folder_entries.ts";
import { WINDOWS_NAMES } from "../../../server/files/locate.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { TempTree } from "./temp_tree.ts";

const posixTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: WINDOWS_NAMES, fn });

const IS_ROOT = !WINDOWS_NAMES && Deno.uid() === 0;

async function list(
  docroot: string,
  path: string,
  options?: FolderOptions,
): Promise<FolderEntry[]> {
  const folder = new Folder({ docroot, ...options });
  const entries = await Array.fromAsync(
    folder.list(parseSafePath(path, folder.pathPolicy) as SafePath),
  );
  return entries.sort((one, other) => one.name < other.name ? -1 : 1);
}

async function names(docroot: string, path: string, options?: FolderOptions): Promise<string> {
  const entries = await list(docroot, path, options);
  return entries.map(({ name, kind }) => kind === "folder" ? `${name}/` : name).join(" ");
}

Deno.test("Folder.list() tells files and folders with size and time", async () => {
  using tree = new TempTree();
  const path = tree.write("a/file.txt", "12345");
  tree.folder("a/sub");
  Deno.utimeSync(path, new Date(1_700_000_000_000), new Date(1_700_000_000_123));
  const [file, folder, ...others] = await list(tree.root, "/a/");
  assertEquals(file, { name: "file.txt", kind: "file", size: 5, mtimeMs: 1_700_000_000_123 });
  assertEquals([folder.name, folder.kind, folder.size], ["sub", "folder", 0]);
  assertEquals(typeof folder.mtimeMs, "number");
  assertEquals(others, []);
  assertEquals(await names(tree.root, "/"), "a/");
  assertEquals(await list(tree.root, "/a/sub/"), []);
});

posixTest("Folder.list() leaves out what would not be served", async () => {
  using tree = new TempTree();
  for (const name of ["a.txt", ".env", ".well-known/x", "b.bak", "no/x", "sub/.well-known/x"]) {
    tree.write(name);
  }
  for (const name of ["line\nbreak", "back\\slash", "ü", "<b>", "100%"]) tree.write(name);
  tree.write(`.upload-${"0".repeat(32)}`);
  tree.fifo("fifo");
  tree.writeOutside("secret.txt");
  tree.link("in", "a.txt");
  tree.link("env", ".env");
  tree.link("out", "../outside/secret.txt");
  tree.link("away", "../outside");
  tree.link("dead", "missing");
  tree.link("loop", "loop");
  const hidden = ["*.bak", "/no"];
  const shown = ".well-known/ 100% <b> a.txt";
  assertEquals(await names(tree.root, "/", { hidden }), `${shown} in sub/ ü`);
  assertEquals(await names(tree.root, "/", { hidden, links: "none" }), `${shown} sub/ ü`);
  assertEquals(
    await names(tree.root, "/", { hidden, links: "anywhere" }),
    `${shown} away/ in out sub/ ü`,
  );
  assertEquals(
    await names(tree.root, "/", { hidden, dotfiles: true }),
    `.env ${shown} env in sub/ ü`,
  );
  assertEquals(await names(tree.root, "/sub/"), "");
});

posixTest("Folder.list() lists what can be asked for, and nothing else", async () => {
  using tree = new TempTree();
  for (const name of ["a.txt", ".env", "b.bak", "sub/c.txt", "con", "a:b", "x ", "%41"]) {
    tree.write(name);
  }
  tree.link("env", ".env");
  tree.link("folder", "sub");
  tree.fifo("fifo");
  const all = [...Deno.readDirSync(tree.root)].map(({ name }) => name);
  for (const links of ["none", "inside", "anywhere"] as const) {
    for (const dotfiles of [false, true]) {
      const folder = new Folder({ docroot: tree.root, links, dotfiles, hidden: ["*.bak"] });
      const top = parseSafePath("/", folder.pathPolicy) as SafePath;
      const listed = (await Array.fromAsync(folder.list(top))).map(({ name }) => name);
      for (const name of all) {
        const path = parseSafePath(`/${encodeURIComponent(name)}`, folder.pathPolicy);
        const found = typeof path === "number" ? path : folder.find(path, {});
        assertEquals(listed.includes(name), typeof found === "object", `${links} ${name}`);
      }
    }
  }
});

Deno.test("Folder.list() says which folder cannot be listed", async () => {
  using tree = new TempTree();
  tree.write("file.txt");
  tree.folder(".git");
  for (const path of ["/missing/", "/file.txt", "/file.txt/"]) {
    const error = await assertRejects(() => list(tree.root, path), HttpError, "Cannot list folder");
    assertEquals(error.status, 404, path);
  }
});

Deno.test({
  name: "Folder.list() answers 403 for a folder that may not be read (not as root, who may)",
  ignore: WINDOWS_NAMES || IS_ROOT,
  async fn() {
    using tree = new TempTree();
    tree.write("closed/file.txt");
    Deno.chmodSync(`${tree.root}/closed`, 0o300);
    try {
      const error = await assertRejects(() => list(tree.root, "/closed/"), HttpError);
      assertEquals(error.status, 403);
    } finally {
      Deno.chmodSync(`${tree.root}/closed`, 0o700);
    }
  },
});

Deno.test("Folder.list() lets others have their turn in a large folder", async () => {
  using tree = new TempTree();
  const count = 3000;
  for (let at = 0; at < count; at++) Deno.writeTextFileSync(`${tree.root}/${at}`, "");
  const folder = new Folder({ docroot: tree.root });
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns++;
    if (!isDone) setTimeout(turn, 0);
  };
  setTimeout(turn, 0);
  let listed = 0;
  for await (const { kind } of folder.list(parseSafePath("/") as SafePath)) {
    assertEquals(kind, "file");
    listed++;
  }
  isDone = true;
  // The last turn has still to come: nothing may be left over after the test.
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(listed, count);
  assert(turns >= 3, `only ${turns} turns`);
});

Deno.test("Folder.list() ends when nobody wants more of it", async () => {
  using tree = new TempTree();
  for (let at = 0; at < 10; at++) tree.write(`${at}`);
  const folder = new Folder({ docroot: tree.root });
  for await (const _ of folder.list(parseSafePath("/") as SafePath)) break;
  assertEquals((await list(tree.root, "/")).length, 10);
});

posixTest(
  "Folder.list() tells of names that nobody can ask for, but of no hidden ones",
  async () => {
    using tree = new TempTree();
    for (const name of ["a", "line\nbreak", "back\\slash", ".b\ti", "no\t1"]) tree.write(name);
    const path = parseSafePath("/") as SafePath;
    for (const [dotfiles, expected] of [[false, 2], [true, 3]] as const) {
      const folder = new Folder({ docroot: tree.root, dotfiles, hidden: ["no*"] });
      let count = 0;
      const entries = await Array.fromAsync(folder.list(path, () => count++));
      assertEquals([entries.map(({ name }) => name), count], [["a"], expected]);
    }
  },
);

Deno.test({
  name: "Folder.list() tells of names that are not UTF-8",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using tree = new TempTree();
    tree.write("a");
    const script = "printf x > \"$(printf 'bad\\377')\"";
    const { success } = await new Deno.Command("sh", { args: ["-c", script], cwd: tree.root })
      .output();
    assert(success);
    let count = 0;
    const folder = new Folder({ docroot: tree.root });
    const path = parseSafePath("/") as SafePath;
    const entries = await Array.fromAsync(folder.list(path, () => count++));
    assertEquals([entries.map(({ name }) => name), count], [["a"], 1]);
  },
});
