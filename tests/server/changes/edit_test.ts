import { assertEquals } from "@std/assert";
import { moveError } from "../../../server/changes/edit.ts";
import { Refusal } from "../../../server/changes/refusal.ts";
import { makeEtag } from "../../../server/files/etag.ts";
import { assertRefused, Changing } from "./changing.ts";

async function move(
  it: Changing,
  from: string,
  to: string,
  ...fields: string[]
): Promise<number> {
  return (await it.ask(`MOVE ${from}`, [`Destination: ${to}`, ...fields])).status;
}

Deno.test("MKCOL makes a folder, once", async () => {
  await using it = new Changing();
  assertEquals((await it.ask("MKCOL /a%20b/")).status, 201);
  assertEquals((await it.ask("MKCOL /a%20b/c")).status, 201);
  assertEquals(it.list(), ["a b/", "a b/c/"]);
  const again = await it.ask("MKCOL /a%20b/");
  assertRefused(
    again,
    405,
    'Cannot make folder "a b": there is something of that name already',
  );
  assertEquals(again.headers["allow"], "GET, HEAD, OPTIONS, POST, DELETE, MOVE");
  assertEquals((await it.ask("MKCOL /")).status, 405);
});

Deno.test("MKCOL does not make what it is in, nor outside, nor of a body", async () => {
  await using it = new Changing();
  it.tree.write("file");
  it.tree.link("out", "../outside");
  assertEquals((await it.ask("MKCOL /none/a/")).status, 404);
  assertEquals((await it.ask("MKCOL /file/a/")).status, 404);
  assertEquals((await it.ask("MKCOL /out/a/")).status, 404);
  assertEquals((await it.ask("MKCOL /out/")).status, 405);
  assertEquals((await it.ask("MKCOL /a/", [], "<xml/>")).status, 415);
  assertEquals(it.list(), ["file", "out"]);
  assertEquals([...Deno.readDirSync(it.tree.outside)], []);
});

Deno.test("MOVE gives files and folders other names, also in other folders", async () => {
  await using it = new Changing();
  it.tree.write("a", "1");
  it.tree.write("d/x/y", "2");
  it.tree.folder("e");
  assertEquals(await move(it, "/a", "/b%20c"), 201);
  assertEquals(await move(it, "/b%20c", "http://localhost/e/a"), 201);
  assertEquals(await move(it, "/d/", "/e/d/"), 201);
  assertEquals(it.list(), ["e/", "e/a", "e/d/", "e/d/x/", "e/d/x/y"]);
  assertEquals([it.read("e/a"), it.read("e/d/x/y")], ["1", "2"]);
});

Deno.test("MOVE takes no name that is taken", async () => {
  await using it = new Changing();
  it.tree.write("a", "1");
  it.tree.write("b", "2");
  it.tree.folder("d");
  it.tree.write("e/x");
  assertRefused(
    await it.ask("MOVE /a", ["Destination: /b"]),
    409,
    'Cannot move "a": there is something named "b" already',
  );
  assertEquals(await move(it, "/a", "/b", "Overwrite: F"), 412);
  assertEquals(await move(it, "/a", "/d"), 409);
  assertEquals(await move(it, "/e", "/d"), 409);
  assertEquals(await move(it, "/e", "/b"), 409);
  assertEquals(it.list(), ["a", "b", "d/", "e/", "e/x"]);
  assertEquals([it.read("a"), it.read("b")], ["1", "2"]);
});

Deno.test("MOVE replaces a file with the right to overwrite, unless told otherwise", async () => {
  await using it = new Changing({ rights: { overwrite: true } });
  it.tree.write("a", "1");
  it.tree.write("b", "2");
  it.tree.folder("d");
  assertEquals(await move(it, "/a", "/b", "Overwrite: F"), 412);
  assertEquals(await move(it, "/d", "/b"), 409);
  assertEquals(await move(it, "/a", "/d"), 409);
  assertEquals(await move(it, "/a", "/b"), 204);
  assertEquals([it.list(), it.read("b")], [["b", "d/"], "1"]);
});

Deno.test("MOVE goes nowhere else: not out, not into itself, not to another server", async () => {
  await using it = new Changing();
  it.tree.write("a", "1");
  it.tree.write("d/x");
  it.tree.folder("d/e");
  it.tree.link("out", "../outside");
  const cases: [string, string, number][] = [
    ["/a", "/out/a", 404],
    ["/a", "/../outside/a", 400],
    ["/a", "/%2e%2e/outside/a", 400],
    ["/a", "/.hidden", 404],
    ["/a", "/none/a", 404],
    ["/a", "http://b.example/a", 502],
    ["/a", "b", 400],
    ["/a", "/", 403],
    ["/a", "/a", 403],
    ["/d", "/d/e/f", 409],
    ["/d", "/d/d", 409],
    ["/d/", "/d", 403],
    ["/", "/x", 403],
    ["/none", "/x", 404],
    ["/.git", "/x", 404],
  ];
  for (const [from, to, status] of cases) {
    assertEquals(await move(it, from, to), status, `${from} to ${to}`);
  }
  assertEquals((await it.ask("MOVE /a")).status, 400);
  assertEquals(it.list(), ["a", "d/", "d/e/", "d/x", "out"]);
  assertEquals([...Deno.readDirSync(it.tree.outside)], []);
});

Deno.test("MOVE of a link keeps it in its folder, and only one that leads inside", async () => {
  await using it = new Changing();
  it.tree.write("target");
  it.tree.folder("d");
  it.tree.link("link", "target");
  it.tree.link("out", "../outside");
  assertEquals(await move(it, "/link", "/d/link"), 409);
  assertEquals(await move(it, "/out", "/out2"), 404);
  assertEquals(await move(it, "/link", "/other"), 201);
  assertEquals(Deno.readLinkSync(`${it.tree.root}/other`), "target");
  assertEquals(it.list(), ["d/", "other", "out", "target"]);
});

Deno.test("MOVE below a prefix stays below it", async () => {
  await using it = new Changing({ site: { prefix: "/site", host: "public.example" } });
  it.tree.write("a");
  assertEquals(await move(it, "/site/a", "/b"), 502);
  assertEquals(await move(it, "/site/a", `${it.url}/site/b`), 502);
  assertEquals(await move(it, "/site/a", "https://public.example/site/b"), 201);
  assertEquals(await move(it, "/site/b", "/site/c"), 201);
  assertEquals(it.list(), ["c"]);
});

Deno.test("DELETE removes a file, a link itself, a folder with all in it but what links lead to", async () => {
  await using it = new Changing();
  it.tree.write("file");
  it.tree.write("kept/x");
  it.tree.write("d/e/y");
  it.tree.link("d/in", "../kept");
  it.tree.link("d/e/self", "y");
  it.tree.link("in", "kept");
  for (const path of ["/file", "/in/", "/d/"]) {
    assertEquals((await it.ask(`DELETE ${path}`)).status, 204, path);
  }
  assertEquals(it.list(), ["kept/", "kept/x"]);
});

Deno.test("DELETE removes neither the root nor what is not served", async () => {
  await using it = new Changing({ folder: { hidden: ["secret"] } });
  it.tree.write("secret/x");
  it.tree.write(".git/x");
  it.tree.link("out", "../outside");
  it.tree.writeOutside("z");
  const root = await it.ask("DELETE /");
  assertRefused(root, 403, 'Cannot delete "/": it is the folder that is served');
  it.tree.link("dangling", "nowhere");
  it.tree.link("in", "secret/x");
  for (const name of ["none", "secret", "secret/x", ".git/", "out", "out/z", "dangling", "in"]) {
    const path = `/${name}`;
    assertEquals((await it.ask(`DELETE ${path}`)).status, 404, path);
  }
  for (const path of ["/../outside", "/%2e%2e/outside/z"]) {
    assertEquals((await it.ask(`DELETE ${path}`)).status, 400, path);
  }
  assertEquals(it.list(), [".git/", ".git/x", "dangling", "in", "out", "secret/", "secret/x"]);
  assertEquals(Deno.readTextFileSync(`${it.tree.outside}/z`), "outside");
});

Deno.test("DELETE and MOVE honour conditions", async () => {
  await using it = new Changing();
  const path = it.tree.write("a");
  const { size, mtime } = Deno.statSync(path);
  const etag = makeEtag(size, mtime!.getTime());
  assertEquals((await it.ask("DELETE /a", ['If-Match: "x"'])).status, 412);
  assertEquals(await move(it, "/a", "/b", 'If-Match: "x"'), 412);
  assertEquals(it.list(), ["a"]);
  assertEquals(await move(it, "/a", "/b", `If-Match: ${etag}`), 201);
  assertEquals((await it.ask("DELETE /b", [`If-Match: ${etag}`])).status, 204);
  assertEquals(it.list(), []);
});

Deno.test({
  name: "what is neither file nor folder is neither moved nor deleted",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using it = new Changing();
    it.tree.fifo("pipe");
    assertEquals((await it.ask("DELETE /pipe")).status, 404);
    assertEquals(await move(it, "/pipe", "/b"), 404);
    assertEquals(it.list(), ["pipe"]);
  },
});

Deno.test("MOVE of a folder reveals nothing that a glob about paths hides in it", async () => {
  await using it = new Changing({ folder: { hidden: ["private/keys", "/a/*/x"] } });
  it.tree.write("private/keys/id");
  it.tree.write("a/b/x");
  it.tree.folder("d");
  it.tree.folder("e/x");
  assertRefused(
    await it.ask("MOVE /private/", ["Destination: /p2/"]),
    409,
    'Cannot move "private": something in it is hidden, and would not be there',
  );
  assertEquals(await move(it, "/a/b", "/d/b"), 409);
  assertEquals(await move(it, "/a", "/d/a"), 409);
  assertEquals(await move(it, "/a/b", "/a/c"), 201);
  // To hide something is no harm.
  assertEquals(await move(it, "/e", "/a/e"), 201);
  assertEquals(await move(it, "/d", "/d2"), 201);
  assertEquals((await it.ask("DELETE /d2")).status, 204);
  assertEquals(it.list(), [
    ...["a/", "a/c/", "a/c/x", "a/e/", "a/e/x/"],
    ...["private/", "private/keys/", "private/keys/id"],
  ]);
});

Deno.test("DELETE of a folder removes nothing that is not shown in it", async () => {
  await using it = new Changing({ folder: { hidden: ["*.key"] } });
  it.tree.write("a/b/.env");
  it.tree.write("c/id.key");
  it.tree.folder("d");
  it.tree.link("d/out", "../../outside");
  for (const name of ["a", "c", "d"]) {
    assertRefused(
      await it.ask(`DELETE /${name}/`),
      409,
      `Cannot delete "${name}": it has something in it that is not shown`,
    );
  }
  assertEquals(it.list(), ["a/", "a/b/", "a/b/.env", "c/", "c/id.key", "d/", "d/out"]);
});

Deno.test("DELETE of a folder ends the uploads to it", async () => {
  await using it = new Changing();
  it.tree.folder("d");
  assertEquals((await it.ask("POST /d/a", ["Upload-Length: 5"])).status, 201);
  assertEquals(it.list().length, 2);
  assertEquals((await it.ask("DELETE /d")).status, 204);
  assertEquals(it.list(), []);
});

Deno.test("a move that the file system takes for one into itself is refused as such", () => {
  const refused = (code: string, isFolder: boolean): unknown => {
    const error = moveError(Object.assign(new Error("no"), { code }), isFolder, "Cannot move");
    return error instanceof Refusal ? [error.status, error.message] : (error as Error).message;
  };
  assertEquals(refused("EINVAL", true), [409, "Cannot move: it would be inside of itself"]);
  assertEquals(refused("EEXIST", false), [409, "Cannot move: there is one already"]);
  assertEquals([refused("EINVAL", false), refused("EIO", true)], ["no", "no"]);
});
