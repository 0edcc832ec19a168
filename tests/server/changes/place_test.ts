import { assertEquals, assertRejects } from "@std/assert";
import {
  type Linking,
  lookAt,
  newFolder,
  placeFile,
  placeFolder,
  placeOver,
  removeFile,
  removeFolder,
} from "../../../server/changes/place.ts";
import { TempTree } from "../files/temp_tree.ts";

const NO_LINKS: Linking = {
  link: () => Promise.reject(Object.assign(new Error("no links here"), { code: "EPERM" })),
};

function names(tree: TempTree): string[] {
  return [...Deno.readDirSync(tree.root)].map(({ name }) => name).sort();
}

for (const [linking, how] of [[Deno, "with links"], [NO_LINKS, "without links"]] as const) {
  Deno.test(`placeFile() gives a file its name (${how})`, async () => {
    using tree = new TempTree();
    await placeFile(tree.write("from", "new"), `${tree.root}/to`, linking);
    assertEquals(names(tree), ["to"]);
    assertEquals(Deno.readTextFileSync(`${tree.root}/to`), "new");
  });

  Deno.test(`placeFile() takes no name that is taken, by whatever (${how})`, async () => {
    using tree = new TempTree();
    const from = tree.write("from", "new");
    tree.write("file", "old");
    tree.folder("folder");
    tree.link("dangling", "nowhere");
    for (const name of ["file", "folder", "dangling"]) {
      await assertRejects(
        () => placeFile(from, `${tree.root}/${name}`, linking),
        Deno.errors.AlreadyExists,
      );
    }
    assertEquals(names(tree), ["dangling", "file", "folder", "from"]);
    assertEquals(Deno.readTextFileSync(`${tree.root}/file`), "old");
    assertEquals(await lookAt(`${tree.root}/nowhere`), undefined);
  });

  Deno.test(`placeFile() of what is not there takes no name (${how})`, async () => {
    using tree = new TempTree();
    await assertRejects(
      () => placeFile(`${tree.root}/none`, `${tree.root}/to`, linking),
      Deno.errors.NotFound,
    );
    assertEquals(names(tree), []);
  });
}

Deno.test("only one of many placeFile() gets a name", async () => {
  using tree = new TempTree();
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => {
    return placeFile(tree.write(`from${at}`, `${at}`), `${tree.root}/to`);
  }));
  assertEquals(all.filter(({ status }) => status === "fulfilled").length, 1);
  const winner = all.findIndex(({ status }) => status === "fulfilled");
  assertEquals(Deno.readTextFileSync(`${tree.root}/to`), `${winner}`);
  assertEquals(names(tree).length, 20);
});

Deno.test("placeFile() goes on where a crash left both names", async () => {
  using tree = new TempTree();
  const from = tree.write("from", "new");
  await Deno.link(from, `${tree.root}/to`);
  await placeFile(from, `${tree.root}/to`);
  assertEquals(names(tree), ["to"]);
});

Deno.test("placeFile() moves a link, not what it leads to", async () => {
  using tree = new TempTree();
  tree.write("target", "kept");
  tree.link("from", "target");
  await placeFile(`${tree.root}/from`, `${tree.root}/to`);
  assertEquals(Deno.readLinkSync(`${tree.root}/to`), "target");
  assertEquals(names(tree), ["target", "to"]);
});

Deno.test("placeFolder() moves a folder with all in it, onto no name that is taken", async () => {
  using tree = new TempTree();
  tree.write("from/sub/file", "x");
  tree.folder("empty");
  tree.write("file", "old");
  for (const name of ["empty", "file"]) {
    await assertRejects(
      () => placeFolder(`${tree.root}/from`, `${tree.root}/${name}`),
      Deno.errors.AlreadyExists,
    );
  }
  await placeFolder(`${tree.root}/from`, `${tree.root}/to`);
  assertEquals(names(tree), ["empty", "file", "to"]);
  assertEquals(Deno.readTextFileSync(`${tree.root}/to/sub/file`), "x");
});

Deno.test("placeFolder() of what is not there takes no name", async () => {
  using tree = new TempTree();
  await assertRejects(() => placeFolder(`${tree.root}/none`, `${tree.root}/to`));
  assertEquals(names(tree), []);
});

Deno.test("placeOver() replaces a file with its permissions, a link, but no folder", async () => {
  using tree = new TempTree();
  const secret = tree.write("secret", "old");
  if (Deno.build.os !== "windows") Deno.chmodSync(secret, 0o640);
  await placeOver(tree.write("from", "new"), secret);
  assertEquals(Deno.readTextFileSync(secret), "new");
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(secret).mode! & 0o777, 0o640);

  tree.write("target", "kept");
  tree.link("link", "target");
  await placeOver(tree.write("from", "new"), `${tree.root}/link`);
  assertEquals(Deno.readTextFileSync(`${tree.root}/target`), "kept");
  assertEquals(Deno.lstatSync(`${tree.root}/link`).isFile, true);

  tree.folder("folder");
  await assertRejects(() => placeOver(tree.write("from", "new"), `${tree.root}/folder`));
  assertEquals(names(tree), ["folder", "from", "link", "secret", "target"]);
});

Deno.test("lookAt() sees links themselves, and nothing where nothing is", async () => {
  using tree = new TempTree();
  tree.link("link", "nowhere");
  assertEquals((await lookAt(`${tree.root}/link`))?.isSymlink, true);
  assertEquals(await lookAt(`${tree.root}/nowhere`), undefined);
  const file = tree.write("file");
  await assertRejects(() => lookAt(`${file}/child`));
});

Deno.test("newFolder() makes one that was not there, removeFolder() takes all in it away", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/d`;
  await newFolder(path);
  await assertRejects(() => newFolder(path), Deno.errors.AlreadyExists);
  tree.write("d/e/x");
  tree.writeOutside("kept");
  tree.link("d/out", "../../outside");
  await assertRejects(() => removeFile(path));
  await removeFile(`${path}/e/x`);
  tree.write("d/e/x");
  await removeFolder(path);
  assertEquals(names(tree), []);
  assertEquals(Deno.readTextFileSync(`${tree.outside}/kept`), "outside");
});

Deno.test("placeFile() of what another takes away meanwhile leaves no copy", async () => {
  using tree = new TempTree();
  const from = tree.write("from");
  const link = async (one: string, other: string): Promise<void> => {
    await Deno.link(one, other);
    await Deno.remove(one);
  };
  await assertRejects(
    () => placeFile(from, `${tree.root}/to`, { link }),
    Deno.errors.NotFound,
  );
  assertEquals(names(tree), []);
});

Deno.test("placeOver() makes one name of two that are the same file", async () => {
  using tree = new TempTree();
  const from = tree.write("a", "content");
  Deno.linkSync(from, `${tree.root}/b`);
  await placeOver(from, `${tree.root}/b`);
  assertEquals([...Deno.readDirSync(tree.root)].map(({ name }) => name), ["b"]);
  assertEquals(Deno.readTextFileSync(`${tree.root}/b`), "content");
});
