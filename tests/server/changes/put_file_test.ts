import { assertEquals } from "@std/assert";
import { makeEtag } from "../../../server/files/etag.ts";
import { curl, testWith } from "../../peers/programs.ts";
import { assertRefused, Changing } from "./changing.ts";

Deno.test("PUT saves its body as the file, 201 when there was none", async () => {
  await using it = new Changing();
  it.tree.folder("sub");
  assertEquals((await it.ask("PUT /sub/a.txt", [], "hello")).status, 201);
  assertEquals((await it.ask("PUT /empty", ["Content-Length: 0"])).status, 201);
  const chunked = "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
  using client = await it.connect();
  await client.send(`PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`);
  assertEquals((await client.readResponse()).status, 201);
  assertEquals(it.list(), ["c", "empty", "sub/", "sub/a.txt"]);
  assertEquals([it.read("sub/a.txt"), it.read("empty"), it.read("c")], ["hello", "", "abcd"]);
});

Deno.test("PUT on what exists is 409, or 204 with the right to overwrite", async () => {
  await using it = new Changing();
  it.tree.write("a", "old");
  const message = 'Cannot upload "a": there is something named "a" already';
  assertRefused(await it.ask("PUT /a", [], "new"), 409, message);
  assertEquals([it.list(), it.read("a")], [["a"], "old"]);

  await using other = new Changing({ rights: { overwrite: true } });
  other.tree.write("a", "old");
  other.tree.folder("folder");
  assertEquals((await other.ask("PUT /a", [], "new")).status, 204);
  assertEquals((await other.ask("PUT /folder", [], "new")).status, 409);
  assertEquals([other.list(), other.read("a")], [["a", "folder/"], "new"]);
});

Deno.test("PUT honours conditions, before it reads and before it replaces", async () => {
  await using it = new Changing({ rights: { overwrite: true } });
  const path = it.tree.write("a", "old");
  const { size, mtime } = Deno.statSync(path);
  const etag = makeEtag(size, mtime!.getTime());
  const put = async (...fields: string[]): Promise<number> =>
    (await it.ask("PUT /a", fields, "new")).status;
  assertEquals(await put('If-Match: "other"'), 412);
  assertEquals(await put("If-None-Match: *"), 412);
  assertEquals(await put(`If-None-Match: ${etag}`), 412);
  assertEquals(await put("If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT"), 412);
  assertEquals(it.read("a"), "old");
  assertEquals(await put(`If-Match: ${etag}`), 204);
  assertEquals(it.read("a"), "new");
  assertEquals((await it.ask("PUT /b", ["If-Match: *"], "new")).status, 412);
  assertEquals((await it.ask("PUT /b", ["If-None-Match: *"], "new")).status, 201);

  // Changed while the body was under way.
  using client = await it.connect();
  await client.request("PUT /c", ["If-None-Match: *", "Content-Length: 5", "Expect: 100-continue"]);
  assertEquals((await client.readHead()).status, 100);
  it.tree.write("c", "other");
  await client.send("hello");
  assertEquals((await client.readResponse()).status, 412);
  assertEquals([it.list(), it.read("c")], [["a", "b", "c"], "other"]);
});

Deno.test("PUT of a part, or of something coded, is refused", async () => {
  await using it = new Changing();
  const part = await it.ask("PUT /a", ["Content-Range: bytes 0-4/10"], "hello");
  assertRefused(part, 400, 'Cannot upload "a": Content-Range is not supported');
  const coded = await it.ask("PUT /a", ["Content-Encoding: gzip"], "hello");
  assertEquals([coded.status, coded.headers["accept-encoding"]], [415, "identity"]);
  assertEquals((await it.ask("PUT /a", ["Content-Encoding: identity"], "hello")).status, 201);
});

Deno.test("PUT of more than allowed is refused before a byte is sent, or once it shows", async () => {
  await using it = new Changing({ rights: { maxUploadBytes: 4 } });
  using client = await it.connect();
  await client.request("PUT /a", ["Content-Length: 5", "Expect: 100-continue"]);
  assertEquals((await client.readResponse()).status, 413);
  using other = await it.connect();
  const head = "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  await other.send(`${head}4\r\nabcd\r\n1\r\ne\r\n`);
  assertEquals((await other.readResponse()).status, 413);
  assertEquals(it.list(), []);
  assertEquals((await it.ask("PUT /a", [], "abcd")).status, 201);
});

Deno.test("PUT of a body that the server itself refuses leaves nothing", async () => {
  await using it = new Changing({ server: { maxBodyBytes: 4 } });
  const chunked = (chunks: string): string =>
    `PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
  for (const [chunks, status] of [["3\r\nabc\r\n3\r\ndef\r\n", 413], ["3\r\nabc\r\nx\r\n", 400]]) {
    using client = await it.connect();
    await client.send(chunked(chunks as string));
    assertEquals((await client.readResponse()).status, status);
  }
  assertEquals(it.list(), []);
});

Deno.test("PUT into no folder is 404, through a link inside it is not", async () => {
  await using it = new Changing();
  it.tree.folder("real");
  it.tree.link("in", "real");
  it.tree.link("out", "../outside");
  assertEquals((await it.ask("PUT /none/a", [], "x")).status, 404);
  assertEquals((await it.ask("PUT /out/a", [], "x")).status, 404);
  assertEquals((await it.ask("PUT /in/a", [], "x")).status, 201);
  assertEquals(it.list(), ["in", "out", "real/", "real/a"]);
  assertEquals([...Deno.readDirSync(it.tree.outside)], []);
});

testWith(["curl"], "curl -T uploads a file, and says when it cannot", async () => {
  await using it = new Changing();
  const path = it.tree.writeOutside("local.bin", "0123456789".repeat(300_000));
  assertEquals((await curl(["-f", "-T", path, `${it.url}/`])).code, 0);
  assertEquals(it.list(), ["local.bin"]);
  assertEquals(it.read("local.bin"), Deno.readTextFileSync(path));
  assertEquals((await curl(["-f", "-T", path, `${it.url}/`])).code, 22);
});

Deno.test("PUT of what another process makes meanwhile is 409, or 412 by its condition", async () => {
  await using it = new Changing();
  const { link } = Deno;
  try {
    Deno.link = async (from, to) => {
      it.tree.write("a", "other");
      await link(from, to);
    };
    const refused = await it.ask("PUT /a", ["If-None-Match: *"], "mine");
    assertRefused(refused, 412, 'Cannot upload "a": it is not what the request expects');
    Deno.removeSync(`${it.tree.root}/a`);
    assertRefused(
      await it.ask("PUT /a", [], "mine"),
      409,
      'Cannot upload "a": it exists already',
    );
  } finally {
    Deno.link = link;
  }
  assertEquals([it.list(), it.read("a")], [["a"], "other"]);
});

Deno.test("PUT is judged by one look before its body", async () => {
  await using it = new Changing();
  const { lstat } = Deno;
  try {
    // The name is taken right behind each look that finds it free.
    Deno.lstat = async (path) => {
      try {
        return await lstat(path);
      } finally {
        it.tree.write("a", "other");
      }
    };
    assertEquals((await it.ask("PUT /a", ["If-None-Match: *"], "mine")).status, 412);
  } finally {
    Deno.lstat = lstat;
  }
  assertEquals([it.list(), it.read("a")], [["a"], "other"]);
});
