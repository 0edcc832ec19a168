import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Change } from "../../../server/changes/change.ts";
import { Refusal } from "../../../server/changes/refusal.ts";
import { continueUpload } from "../../../server/changes/resumable.ts";
import { makeTemporaryName, parseTemporaryName } from "../../../server/changes/temporary_name.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath } from "../../../server/files/safe_path.ts";
import { within } from "../../conformance/waiting.ts";
import type { RawResponse } from "../raw_client.ts";
import { TempTree } from "../files/temp_tree.ts";
import { ALL, assertRefused, Changing } from "./changing.ts";

/** Begins an upload and gives the target that continues it. */
async function begin(it: Changing, target: string, length: number): Promise<string> {
  const { status, headers } = await it.ask(`POST ${target}`, [
    `Upload-Length: ${length}`,
    "Content-Length: 0",
  ]);
  assertEquals([status, headers["upload-offset"]], [201, "0"]);
  return new URL(headers["location"]!, `http://a${target}`).href.slice("http://a".length);
}

function patch(it: Changing, target: string, offset: number, body: string): Promise<RawResponse> {
  return it.ask(`PATCH ${target}`, [`Upload-Offset: ${offset}`], body);
}

async function offsetOf(it: Changing, target: string): Promise<unknown[]> {
  const { status, headers } = await it.ask(`HEAD ${target}`);
  return [status, headers["upload-offset"], headers["upload-length"]];
}

async function untilOffset(it: Changing, target: string, offset: string): Promise<void> {
  const reached = async (): Promise<void> => {
    while ((await offsetOf(it, target))[1] !== offset);
  };
  await within(`the upload is at ${offset}`, reached());
}

Deno.test("an upload goes on where it was left, and then is in its place", async () => {
  await using it = new Changing();
  it.tree.folder("sub");
  const target = await begin(it, "/sub/b:%20c%3F.txt", 10);
  assertMatch(target, /^\/sub\/b%3A%20c%3F\.txt\?upload=[0-9a-f]{32}-a$/);
  assertEquals(await offsetOf(it, target), [204, "0", "10"]);
  const first = await patch(it, target, 0, "hello");
  assertEquals([first.status, first.headers["upload-offset"]], [204, "5"]);
  assertEquals(await offsetOf(it, target), [204, "5", "10"]);
  const last = await patch(it, target, 5, "world");
  assertEquals([last.status, last.headers["upload-offset"]], [201, "10"]);
  assertEquals(it.list(), ["sub/", "sub/b: c?.txt"]);
  assertEquals(it.read("sub/b: c?.txt"), "helloworld");
  assertEquals((await offsetOf(it, target))[0], 404);
  assertEquals((await patch(it, target, 10, "")).status, 404);
});

Deno.test("an upload of no bytes is complete at once", async () => {
  await using it = new Changing();
  assertEquals(await begin(it, "/a:%20b", 0), "/a%3A%20b");
  assertEquals([it.list(), it.read("a: b")], [["a: b"], ""]);
  const fields = ["Upload-Length: 0", "Content-Length: 0"];
  const again = await it.ask("POST /a:%20b", fields);
  assertEquals([again.status, it.list()], [409, ["a: b"]]);
});

Deno.test("what came before the client left stays, and another server goes on with it", async () => {
  await using it = new Changing();
  const target = await begin(it, "/a", 10);
  using client = await it.connect();
  await client.request(`PATCH ${target}`, ["Upload-Offset: 0", "Content-Length: 10"]);
  await client.send("hel");
  await untilOffset(it, target, "3");
  // From here on: those that asked how far it is were handled, too.
  const handled = new Promise<void>((resolve) => it.onHandled = resolve);
  client.close();
  await within("the PATCH was handled", handled);

  await using other = new Changing();
  for (const { name } of Deno.readDirSync(it.tree.root)) {
    Deno.renameSync(`${it.tree.root}/${name}`, `${other.tree.root}/${name}`);
  }
  assertEquals(await offsetOf(other, target), [204, "3", "10"]);
  assertEquals((await patch(other, target, 3, "loworld")).status, 201);
  assertEquals(other.read("a"), "helloworld");
});

Deno.test("a PATCH at another offset is 409, and tells the right one", async () => {
  await using it = new Changing();
  const target = await begin(it, "/a", 10);
  await patch(it, target, 0, "hello");
  for (const offset of [0, 4, 6]) {
    const refused = await patch(it, target, offset, "x");
    assertEquals([refused.status, refused.headers["upload-offset"]], [409, "5"]);
  }
  for (const offset of ["-1", "5.0", "0x5", "", "5, 5"]) {
    const { status } = await it.ask(`PATCH ${target}`, [`Upload-Offset: ${offset}`], "x");
    assertEquals(status, 400, offset);
  }
  assertEquals((await it.ask(`PATCH ${target}`, [], "x")).status, 400);
  assertEquals(await offsetOf(it, target), [204, "5", "10"]);
});

Deno.test("a PATCH beyond the length is 400, and what came in time stays", async () => {
  await using it = new Changing();
  const target = await begin(it, "/a", 6);
  const announced = await patch(it, target, 0, "1234567");
  assertRefused(
    announced,
    400,
    'Cannot upload "a": it is longer than the 6 bytes that were announced',
  );
  using client = await it.connect();
  const fields = "Host: a\r\nUpload-Offset: 0\r\nTransfer-Encoding: chunked\r\n";
  await client.send(`PATCH ${target} HTTP/1.1\r\n${fields}\r\n4\r\n1234\r\n`);
  await untilOffset(it, target, "4");
  await client.send("4\r\n5678\r\n0\r\n\r\n");
  assertEquals((await client.readResponse()).status, 400);
  assertEquals((await patch(it, target, 4, "56")).status, 201);
  assertEquals(it.read("a"), "123456");
});

Deno.test("one PATCH at a time: the other is 423, and may try again", async () => {
  await using it = new Changing();
  const target = await begin(it, "/a", 10);
  using client = await it.connect();
  await client.request(`PATCH ${target}`, ["Upload-Offset: 0", "Content-Length: 10"]);
  await client.send("hello");
  await untilOffset(it, target, "5");
  assertRefused(
    await patch(it, target, 5, "x"),
    423,
    'Cannot upload "a": another request is continuing it',
  );
  await client.send("world");
  assertEquals((await client.readResponse()).status, 201);
  assertEquals(it.read("a"), "helloworld");
});

Deno.test("an upload that is given up is gone, also under the request that continues it", async () => {
  await using it = new Changing();
  const target = await begin(it, "/a", 10);
  assertEquals((await it.ask(`DELETE ${target}`)).status, 204);
  assertEquals((await it.ask(`DELETE ${target}`)).status, 404);
  const other = await begin(it, "/a", 10);
  using client = await it.connect();
  await client.request(`PATCH ${other}`, ["Upload-Offset: 0", "Content-Length: 10"]);
  await client.send("hello");
  await untilOffset(it, other, "5");
  assertEquals((await it.ask(`DELETE ${other}`)).status, 204);
  await client.send("world");
  assertEquals((await client.readResponse()).status, 404);
  assertEquals(it.list(), []);
});

Deno.test("ids that are none are 404, whatever is beside them", async () => {
  await using it = new Changing();
  const digits = "0123456789abcdef0123456789abcdef";
  it.tree.write(`.upload-${digits}`);
  it.tree.folder(`.upload-${digits}-a`);
  it.tree.link(`.upload-${digits}-b`, `.upload-${digits}`);
  const ids = ["", "x", digits, `${digits}-a`, `${digits}-b`, `${digits}-c`, `..%2F${digits}-a`];
  for (const id of ids) {
    for (const method of ["HEAD", "PATCH", "DELETE"]) {
      const { status } = await it.ask(`${method} /a?upload=${id}`, ["Upload-Offset: 0"]);
      assertEquals(status, 404, `${method} ${id}`);
    }
  }
  assertEquals(it.list().length, 3);
});

Deno.test("an upload is refused at once when it cannot end well", async () => {
  await using it = new Changing({ rights: { maxUploadBytes: 10 } });
  it.tree.write("taken");
  it.tree.folder("folder");
  const status = async (target: string, length: string): Promise<number> =>
    (await it.ask(`POST ${target}`, [`Upload-Length: ${length}`, "Content-Length: 0"])).status;
  assertEquals(await status("/a", "11"), 413);
  for (const length of ["-1", "1e3", "x", "1.5", "9".repeat(16)]) {
    assertEquals(await status("/a", length), 400, length);
  }
  assertEquals(await status("/taken", "1"), 409);
  assertEquals(await status("/folder", "1"), 409);
  assertEquals(await status("/none/a", "1"), 404);
  assertEquals(await status("/", "1"), 403);
  assertEquals(it.list(), ["folder/", "taken"]);
});

Deno.test("a name that is taken meanwhile is 409 in the end, and nothing stays", async () => {
  await using it = new Changing();
  const target = await begin(it, "/a", 5);
  it.tree.write("a", "old");
  assertRefused(await patch(it, target, 0, "hello"), 409, 'Cannot upload "a": it exists already');
  assertEquals([it.list(), it.read("a")], [["a"], "old"]);
});

Deno.test("with the right to overwrite the file is replaced when all of it is there", async () => {
  await using it = new Changing({ rights: { overwrite: true } });
  it.tree.write("a", "old");
  const target = await begin(it, "/a", 5);
  await patch(it, target, 0, "hell");
  assertEquals(it.read("a"), "old");
  assertEquals((await patch(it, target, 4, "o")).status, 201);
  assertEquals([it.list(), it.read("a")], [["a"], "hello"]);
});

Deno.test("an upload that was complete when the server crashed ends with an empty PATCH", async () => {
  await using it = new Changing();
  const target = await begin(it, "/a", 5);
  const [name] = it.list();
  Deno.writeTextFileSync(`${it.tree.root}/${name}`, "hello");
  // As far as the crash let it go: both names.
  Deno.linkSync(`${it.tree.root}/${name}`, `${it.tree.root}/a`);
  assertEquals((await patch(it, target, 5, "")).status, 201);
  assertEquals([it.list(), it.read("a")], [["a"], "hello"]);
});

Deno.test("a PATCH for which there is no space says how much there is", async () => {
  using tree = new TempTree();
  const name = makeTemporaryName(10);
  tree.write(name, "hello");
  const full = Object.assign(new Error("full"), { code: "ENOSPC" });
  const change = {
    con: { readBody: () => Promise.reject(full) },
    req: { method: "PATCH", headers: { "upload-offset": "5" } },
    path: parseSafePath("/a"),
    folder: new Folder({ docroot: tree.root }),
    rights: ALL,
    site: {},
  } as unknown as Change;
  const id = parseTemporaryName(name)!.id;
  const refusal = await assertRejects(() => continueUpload(change, id), Refusal);
  assertEquals([refusal.status, refusal.fields], [507, { "Upload-Offset": "5" }]);
  assertEquals(refusal.message, 'Cannot upload "a": there is no space left');
});
