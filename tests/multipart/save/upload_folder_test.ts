import {
  assert,
  assertEquals,
  assertIsError,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { toFileUrl } from "@std/path";
import { UploadFolder } from "../../../multipart/save/upload_folder.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function list(path: string): string[] {
  return [...Deno.readDirSync(path)].map((it) => it.name).sort();
}

/** Creates a file with one line in it; returns its path. */
async function put(folder: UploadFolder, name?: string, text = "new"): Promise<string> {
  const file = await folder.create(name);
  await file.write(new TextEncoder().encode(text));
  file.close();
  return file.path;
}

Deno.test("UploadFolder creates files under random names", async () => {
  using tree = new TempTree();
  const folder = new UploadFolder(tree.root);
  const paths = [await put(folder), await put(folder)];
  assertEquals(paths.map((it) => Deno.readTextFileSync(it)), ["new", "new"]);
  assertEquals(list(tree.root).length, 2);
  for (const name of list(tree.root)) assert(UUID.test(name), name);
});

Deno.test("UploadFolder takes a folder as a path, with a slash or without, or as a URL", async () => {
  using tree = new TempTree();
  for (
    const given of [tree.root, `${tree.root}/`, toFileUrl(tree.root), toFileUrl(`${tree.root}/`)]
  ) {
    const folder = new UploadFolder(given);
    assertEquals(await put(folder, "a.txt"), `${tree.root}/a.txt`);
    await folder.remove();
  }
});

Deno.test("UploadFolder refuses what is no folder's path", () => {
  assertThrows(() => new UploadFolder(""), TypeError, "its folder is not a path or URL");
  assertThrows(() => new UploadFolder(undefined as unknown as string), TypeError, "not a path");
  assertThrows(() => new UploadFolder(new URL("https://example.com/a")), TypeError);
});

Deno.test("UploadFolder follows a link before it follows ..", async () => {
  using tree = new TempTree();
  Deno.mkdirSync(`${tree.outside}/deep`);
  tree.link("link", `${tree.outside}/deep`);
  await put(new UploadFolder(`${tree.root}/link/..`), "a");
  assertEquals(list(tree.outside), ["a", "deep"]);
});

Deno.test("UploadFolder says what is missing where there is no Deno", () => {
  const { Deno: deno } = globalThis;
  Reflect.deleteProperty(globalThis, "Deno");
  try {
    assertThrows(
      () => new UploadFolder("a"),
      TypeError,
      "Cannot save form: only Deno writes files",
    );
  } finally {
    Reflect.set(globalThis, "Deno", deno);
  }
});

Deno.test("UploadFolder numbers names that are taken, whatever took them", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "old");
  tree.folder("a (2).txt");
  tree.writeOutside("target", "outside");
  tree.link("a (3).txt", `${tree.outside}/target`);
  tree.link("a (4).txt", `${tree.outside}/nothing`);
  tree.fifo("a (5).txt");
  const folder = new UploadFolder(tree.root);
  assertEquals(await put(folder, "a.txt"), `${tree.root}/a (6).txt`);
  assertEquals(await put(folder, "a.txt"), `${tree.root}/a (7).txt`);
  assertEquals(Deno.readTextFileSync(`${tree.root}/a.txt`), "old");
  assertEquals(list(tree.outside), ["target"]);
  assertEquals(Deno.readTextFileSync(`${tree.outside}/target`), "outside");
  await folder.remove();
  assertEquals(
    list(tree.root),
    ["a (2).txt", "a (3).txt", "a (4).txt", "a (5).txt", "a.txt"],
  );
});

/** Counts how often files are opened for it, as long as it is there. */
class OpenCounter {
  count = 0;
  readonly #open = Deno.open;

  constructor(open: typeof Deno.open = Deno.open) {
    Deno.open = (path, options) => {
      this.count++;
      return open(path, options);
    };
  }

  [Symbol.dispose](): void {
    Deno.open = this.#open;
  }
}

Deno.test("UploadFolder remembers which number a name has reached", async () => {
  using tree = new TempTree();
  const folder = new UploadFolder(tree.root);
  using opens = new OpenCounter();
  for (let number = 1; number <= 50; number++) {
    await put(folder, "a.txt");
    await put(folder, "b");
  }
  assertEquals(opens.count, 100);
  assertEquals(list(tree.root).length, 100);
  assert(list(tree.root).includes("a (50).txt") && list(tree.root).includes("b (50)"));
});

Deno.test("UploadFolder never uses up a name, and tries few", async () => {
  using tree = new TempTree();
  tree.write("photo.jpg", "");
  for (let number = 2; number <= 12; number++) tree.write(`photo (${number}).jpg`, "");
  const folder = new UploadFolder(tree.root);
  using opens = new OpenCounter();
  const first = await put(folder, "photo.jpg");
  assertEquals(opens.count, 11);
  const second = await put(folder, "photo.jpg");
  assertEquals(opens.count, 12);
  for (const path of [first, second]) {
    assertMatch(path.slice(tree.root.length + 1), /^photo \([0-9a-f]{8}\)\.jpg$/);
  }
  assert(first !== second);
  await folder.remove();
  assertEquals(list(tree.root).length, 12);
});

Deno.test("UploadFolder gives up where every name is taken", async () => {
  using tree = new TempTree();
  using opens = new OpenCounter(() => Promise.reject(new Deno.errors.AlreadyExists("taken")));
  const folder = new UploadFolder(tree.root);
  for (const counts of [20, 30]) {
    const error = await assertRejects(() => folder.create("a"), HttpError);
    assertEquals(error.message, `Cannot write file "${tree.root}/a": no name like it is free`);
    assertEquals([error.code, error.operation, opens.count], ["file", "write", counts]);
  }
});

Deno.test("UploadFolder says that there is no such folder, in words of its own", async () => {
  using tree = new TempTree();
  const error = await assertRejects(
    () => new UploadFolder(`${tree.root}/missing`).create("a"),
    HttpError,
  );
  assertEquals(
    error.message,
    `Cannot write file "${tree.root}/missing/a": there is no such folder`,
  );
  assertEquals([error.code, error.operation], ["file", "write"]);
  assertIsError(error.cause, Deno.errors.NotFound);
});

Deno.test("UploadFolder leaves the number of the system's error away", async () => {
  using tree = new TempTree();
  const path = tree.write("file");
  const error = await assertRejects(() => new UploadFolder(path).create("a"), HttpError);
  assertEquals(error.message, `Cannot write file "${path}/a": not a directory`);
});

Deno.test({
  name: Deno.build.os === "linux"
    ? "UploadFolder says that the disk is full"
    : "UploadFolder says that the disk is full [ignored: only Linux has /dev/full]",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using tree = new TempTree();
    const { open } = Deno;
    Deno.open = async (path, options) => {
      (await open(path, options)).close();
      return await open("/dev/full", { write: true });
    };
    try {
      const folder = new UploadFolder(tree.root);
      const file = await folder.create("a");
      // Both of the ways in which it writes.
      for (const size of [1, 1_000_000]) {
        const error = await assertRejects(() => file.write(new Uint8Array(size)), HttpError);
        assertEquals(
          error.message,
          `Cannot write file "${tree.root}/a": no space left on the device`,
        );
        assertEquals([error.code, error.operation], ["file", "write"]);
      }
      file.close();
      await folder.remove();
      assertEquals(list(tree.root), []);
    } finally {
      Deno.open = open;
    }
  },
});

Deno.test("UploadFolder writes small and large pieces whole and in their order", async () => {
  using tree = new TempTree();
  const sizes = [1, 65536, 65537, 0, 1_000_000, 3];
  let all = "";
  const file = await new UploadFolder(tree.root).create("a");
  for (const [i, size] of sizes.entries()) {
    const text = String(i).repeat(size);
    await file.write(new TextEncoder().encode(text));
    all += text;
  }
  file.close();
  assert(Deno.readTextFileSync(file.path) === all);
});

Deno.test("remove() removes what was created, once", async () => {
  using tree = new TempTree();
  tree.write("other");
  const folder = new UploadFolder(tree.root);
  await put(folder);
  await put(folder, "a");
  await Promise.all([folder.remove(), folder.remove()]);
  assertEquals(list(tree.root), ["other"]);
  tree.write("a", "somebody else's");
  await folder.remove();
  assertEquals(list(tree.root), ["a", "other"]);
});

Deno.test("remove() leaves files that were moved, and what has their names now", async () => {
  using tree = new TempTree();
  const folder = new UploadFolder(tree.root);
  const random = await put(folder);
  const named = [await put(folder, "a"), await put(folder, "b"), await put(folder, "c")];
  Deno.renameSync(random, `${tree.outside}/random`);
  Deno.renameSync(named[0], `${tree.outside}/a`);
  Deno.renameSync(named[1], `${tree.outside}/b`);
  Deno.symlinkSync(`${tree.outside}/b`, named[1]);
  const other = new UploadFolder(tree.root);
  assertEquals(await put(other, "a", "other"), named[0]);
  await folder.remove();
  assertEquals(list(tree.root), ["a", "b"]);
  assertEquals(Deno.readTextFileSync(named[0]), "other");
  assertEquals(list(tree.outside), ["a", "b", "random"]);
});

Deno.test("remove() leaves a file that got the name and the number of one that is gone", async () => {
  using tree = new TempTree();
  const folder = new UploadFolder(tree.root);
  const path = await put(folder, "a");
  const { birthtime } = Deno.statSync(path);
  if (birthtime === null) return; // a system that does not tell: its files have only their numbers
  do {
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, "other");
  } while (Deno.statSync(path).birthtime!.getTime() === birthtime.getTime());
  await folder.remove();
  assertEquals(list(tree.root), ["a"]);
});

Deno.test("remove() removes files that were changed in their place", async () => {
  using tree = new TempTree();
  const folder = new UploadFolder(tree.root);
  Deno.writeTextFileSync(await put(folder, "a"), "more", { append: true });
  await folder.remove();
  assertEquals(list(tree.root), []);
});

Deno.test("remove() goes on after a file that it cannot remove, and tries that again", async () => {
  using tree = new TempTree();
  const folder = new UploadFolder(tree.root);
  const first = await put(folder);
  await put(folder);
  // A folder that is not empty, where the file was.
  Deno.removeSync(first);
  Deno.mkdirSync(first);
  Deno.writeTextFileSync(`${first}/x`, "");
  const error = await assertRejects(() => folder.remove(), HttpError);
  assert(error.message.startsWith(`Cannot remove file "${first}": `), error.message);
  assert(!error.message.includes("os error"), error.message);
  assertEquals(error.code, "file");
  assertEquals(list(tree.root).length, 1);
  Deno.removeSync(`${first}/x`);
  await folder.remove();
  assertEquals(list(tree.root), []);
});

Deno.test(
  "UploadFolder needs no permission to read for random names, and says so for chosen ones",
  {
    permissions: { read: false, write: true },
  },
  async () => {
    const top = await Deno.makeTempDir();
    const folder = new UploadFolder(top);
    try {
      const error = await assertRejects(() => folder.create("a"), HttpError);
      assert(error.message.includes("read access"), error.message);
      await put(folder);
      await folder.remove();
    } finally {
      // It fails if something is left.
      await Deno.remove(top);
    }
  },
);
