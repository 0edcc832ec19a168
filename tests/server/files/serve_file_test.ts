import { assert, assertEquals, assertRejects } from "@std/assert";
import type { FoundFile } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import { WINDOWS_NAMES } from "../../../server/files/locate.ts";
import { serveFile } from "../../../server/files/serve_file.ts";
import { ask, Recorder } from "./recorder.ts";
import { atOnce, later, TempTree } from "./temp_tree.ts";
import { countDescriptors } from "../../open_descriptors.ts";

Deno.test("serveFile() sends a file, with a query or without", async () => {
  using tree = new TempTree();
  tree.write("a/page.html", "hello");
  for (
    const target of ["/a/page.html", "/a/page.html?x=1", "/a/page.html?", "/%61/page.html?/.."]
  ) {
    const con = await ask(tree, target);
    assertEquals([con.status, con.text, con.error], [200, "hello", false], target);
    assertEquals(con.fields["Content-Length"], "5");
    assertEquals(con.fields["Content-Type"], "text/html; charset=UTF-8");
  }
});

Deno.test("serveFile() sends the index of a folder", async () => {
  using tree = new TempTree();
  tree.write("index.html", "top");
  tree.write("a/index.html", "a");
  assertEquals((await ask(tree, "/")).text, "top");
  assertEquals((await ask(tree, "/?x")).text, "top");
  assertEquals((await ask(tree, "/a/")).text, "a");
});

Deno.test("serveFile() redirects to a folder with its path and query as they were sent", async () => {
  using tree = new TempTree();
  for (const name of ["a/b", "with space", "ü", "a:b"]) tree.folder(name);
  const cases: [string, string][] = [
    ["/a", "/a/"],
    ["/a/b", "/a/b/"],
    ["/a?x=1&y=/", "/a/?x=1&y=/"],
    ["/a?", "/a/?"],
    ["/a?//host", "/a/?//host"],
    ["/with%20space", "/with%20space/"],
    ["/%C3%BC?q=%0d%0a", "/%C3%BC/?q=%0d%0a"],
    ["/a:b", "/a:b/"],
  ];
  for (const [target, location] of cases) {
    for (const method of ["GET", "HEAD"]) {
      const con = await ask(tree, target, { method });
      assertEquals([con.status, con.fields["Location"]], [301, location], target);
    }
  }
});

Deno.test("serveFile() never redirects to another host", async () => {
  using tree = new TempTree();
  for (const name of ["example.com", "a"]) tree.folder(name);
  const targets = [
    "//example.com",
    "//example.com/",
    "///example.com",
    "/\\example.com",
    "/%2fexample.com",
  ]
    .concat(["/%5cexample.com", "//a", "/.//example.com", "/\t/example.com", "/%09/example.com"])
    .concat(["/a?\r\nX: y", "/a?x y", "/a?\u00e9", "http://example.com/a", "example.com", ""]);
  for (const target of targets) {
    const con = await ask(tree, target);
    assert(con.status === 400 || con.status === 404, `${target}: ${con.status}`);
    assertEquals(con.fields["Location"], undefined);
  }
});

Deno.test("serveFile() answers 400, 403 or 404 to what it does not serve", async () => {
  using tree = new TempTree();
  tree.write("file", "x");
  tree.write(".env", "secret");
  tree.writeOutside("secret", "secret");
  const targets = [
    "/missing",
    "/file/",
    "/file/child",
    "/.env",
    "/../outside/secret",
    "/%00",
    "/%ff",
  ]
    .concat(["/%2e%2e/outside/secret", "/..%2foutside%2fsecret", "/..%5coutside", "/a//b", "/"])
    .concat([`/${"x".repeat(300)}`, "/x".repeat(4000), "*", "/file%", "/file%00.html"]);
  if (!WINDOWS_NAMES) {
    tree.fifo("fifo");
    tree.link("out", "../outside/secret");
    tree.link("loop", "loop");
    targets.push("/fifo", "/out", "/loop", "/fifo/");
  }
  for (const target of targets) {
    for (const method of ["GET", "HEAD"]) {
      const con = await ask(tree, target, { method }, { gzip: true });
      assert([400, 403, 404].includes(con.status), `${target}: ${con.status}`);
      assertEquals([con.error, con.body], [true, undefined], target);
    }
  }
});

Deno.test("serveFile() answers 405 with Allow, and OPTIONS with 204, whatever the path", async () => {
  using tree = new TempTree();
  tree.write("file");
  for (const target of ["/file", "/missing", "/%00"]) {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "BREW"]) {
      const con = await ask(tree, target, { method });
      assertEquals([con.status, con.error], [405, true], method);
      assertEquals(con.fields["Allow"], "GET, HEAD, OPTIONS");
    }
  }
  for (const target of ["/file", "*"]) {
    const con = await ask(tree, target, { method: "OPTIONS" });
    assertEquals([con.status, con.error, con.body], [204, false, undefined]);
    assertEquals(con.fields, { "Allow": "GET, HEAD, OPTIONS" });
  }
});

Deno.test("serveFile() answers conditional and range requests", async () => {
  using tree = new TempTree();
  tree.write("file.txt", "0123456789");
  const folder = new Folder({ docroot: tree.root });
  const etag = (await ask(folder, "/file.txt")).fields["ETag"];

  const same = await ask(folder, "/file.txt", { headers: { "if-none-match": etag } });
  assertEquals([same.status, same.body, same.error], [304, undefined, false]);

  const part = await ask(folder, "/file.txt", {
    headers: { range: "bytes=2-4", "if-range": etag },
  });
  assertEquals([part.status, part.text], [206, "234"]);
  assertEquals(part.fields["Content-Range"], "bytes 2-4/10");

  const beyond = await ask(folder, "/file.txt", { headers: { range: "bytes=10-" } });
  assertEquals([beyond.status, beyond.error], [416, true]);
  assertEquals(beyond.fields["Content-Range"], "bytes */10");

  Deno.writeTextFileSync(`${tree.root}/file.txt`, "abcdefghij!");
  const changed = await ask(folder, "/file.txt", {
    headers: { range: "bytes=2-4", "if-range": etag },
  });
  assertEquals([changed.status, changed.text], [200, "abcdefghij!"]);
});

Deno.test("serveFile() sends gzip siblings with their own validators", async () => {
  using tree = new TempTree();
  tree.write("page.html", "the page as it is");
  tree.write("page.html.gz", "packed");
  const folder = new Folder({ docroot: tree.root, gzip: true });
  const plain = await ask(folder, "/page.html");
  const packed = await ask(folder, "/page.html", { headers: { "accept-encoding": "br, gzip" } });
  assertEquals([plain.text, packed.text], ["the page as it is", "packed"]);
  assertEquals([plain.fields["Content-Encoding"], packed.fields["Content-Encoding"]], [
    undefined,
    "gzip",
  ]);
  assertEquals(packed.fields["Content-Type"], "text/html; charset=UTF-8");
  assertEquals([plain.fields["Vary"], packed.fields["Vary"]], [
    "Accept-Encoding",
    "Accept-Encoding",
  ]);
  assert(plain.fields["ETag"] !== packed.fields["ETag"]);

  const headers = { "accept-encoding": "gzip", "if-none-match": packed.fields["ETag"] };
  assertEquals((await ask(folder, "/page.html", { headers })).status, 304);
  const other = { "accept-encoding": "gzip", "if-none-match": plain.fields["ETag"] };
  assertEquals((await ask(folder, "/page.html", { headers: other })).status, 200);
  const range = { "accept-encoding": "gzip", range: "bytes=-3" };
  assertEquals((await ask(folder, "/page.html", { headers: range })).text, "ked");
});

Deno.test("serveFile() announces the length to HEAD and opens nothing", async () => {
  using tree = new TempTree();
  tree.write("file.txt", "0123456789");
  const con = await ask(tree, "/file.txt", { method: "HEAD", headers: { range: "bytes=2-4" } });
  assertEquals([con.status, con.body, con.fields["Content-Length"]], [200, undefined, "10"]);
});

Deno.test("serveFile() sends an empty file without opening it", async () => {
  using tree = new TempTree();
  tree.write("empty.txt", "");
  const con = await ask(tree, "/empty.txt");
  assertEquals([con.status, con.body, con.fields["Content-Length"]], [200, undefined, "0"]);
});

Deno.test({
  name: "serveFile() leaves no descriptor behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using tree = new TempTree();
    tree.write("file.txt", "0123456789");
    const folder = new Folder({ docroot: tree.root });
    const etag = (await ask(folder, "/file.txt")).fields["ETag"];
    const before = countDescriptors();
    for (let at = 0; at < 200; at++) {
      await ask(folder, "/file.txt", { headers: { "if-none-match": etag } });
      await ask(folder, "/file.txt", { method: "HEAD" });
      await ask(folder, "/file.txt", { headers: { range: "bytes=99-" } });
      await ask(folder, "/missing");
      await ask(folder, "/file.txt");
    }
    assertEquals(countDescriptors(), before);
  },
});

Deno.test("serveFile() closes the file when its head cannot be sent", async () => {
  using tree = new TempTree();
  tree.write("file.txt");
  const con = new Recorder();
  con.addHeader = () => {
    throw new TypeError("the head was sent already");
  };
  const request = { method: "GET", rawPath: "/file.txt", headers: {} };
  await assertRejects(() => serveFile(con, request, new Folder({ docroot: tree.root })), TypeError);
});

class ChangingFolder extends Folder {
  looks = 0;
  readonly #settlesAfter: number;

  constructor(docroot: string, settlesAfter: number) {
    super({ docroot });
    this.#settlesAfter = settlesAfter;
  }

  override find(...of: Parameters<Folder["find"]>): ReturnType<Folder["find"]> {
    const found = super.find(...of) as FoundFile;
    if (this.looks++ >= this.#settlesAfter) return found;
    return { ...found, facts: { ...found.facts, size: found.facts.size + 1 } };
  }
}

Deno.test("serveFile() looks again when the file changed before it was opened", async () => {
  using tree = new TempTree();
  tree.write("file.txt", "hello");
  const folder = new ChangingFolder(tree.root, 1);
  const con = await ask(folder, "/file.txt");
  assertEquals([con.status, con.text, folder.looks], [200, "hello", 2]);
});

Deno.test("serveFile() answers 503 when the file does not come to rest", async () => {
  using tree = new TempTree();
  tree.write("file.txt", "hello");
  const folder = new ChangingFolder(tree.root, Infinity);
  const con = await ask(folder, "/file.txt");
  assertEquals([con.status, con.fields, folder.looks], [503, {}, 3]);
});

Deno.test("serveFile() answers 404 when the file goes before it is opened", async () => {
  using tree = new TempTree();
  const path = tree.write("file.txt", "hello");
  const folder = new ChangingFolder(tree.root, 0);
  const find = folder.find.bind(folder);
  folder.find = (...of) => {
    const found = find(...of);
    Deno.removeSync(path);
    return found;
  };
  assertEquals((await ask(folder, "/file.txt")).status, 404);
});

Deno.test({
  name: "serveFile() answers 403 to a file that may not be read (not as root, who may)",
  ignore: WINDOWS_NAMES || Deno.uid() === 0,
  async fn() {
    using tree = new TempTree();
    Deno.chmodSync(tree.write("file.txt", "hello"), 0o000);
    assertEquals((await ask(tree, "/file.txt")).status, 403);
  },
});

Deno.test("serveFile() keeps small files in memory, but never one that may still change unseen", async () => {
  using tree = new TempTree();
  const folder = new Folder({ docroot: tree.root });
  await atOnce(async () => {
    tree.write("a.txt", "0123456789");
    tree.write("large.bin", new Uint8Array(65537));
    assertEquals((await ask(folder, "/a.txt")).kept, false, "it was changed just now");
  });
  await later(async () => {
    const large = [await ask(folder, "/large.bin"), await ask(folder, "/large.bin")];
    assertEquals(large.map(({ kept }) => kept), [false, true]);
    for (let i = 0; i < 2; i++) {
      const con = await ask(folder, "/a.txt");
      assertEquals([con.status, con.text, con.kept], [200, "0123456789", true]);
    }
    const part = await ask(folder, "/a.txt", { headers: { range: "bytes=2-4" } });
    assertEquals([part.status, part.text, part.kept], [206, "234", true]);
    const head = await ask(folder, "/a.txt", { method: "HEAD" });
    assertEquals([head.status, head.body, head.fields["Content-Length"]], [200, undefined, "10"]);
    const etag = { "if-none-match": head.fields["ETag"]! };
    assertEquals((await ask(folder, "/a.txt", { headers: etag })).status, 304);
  });
});

Deno.test("serveFile() looks at a file that it keeps in memory again after maxAge", async () => {
  using tree = new TempTree();
  const path = tree.write("a.txt", "before");
  const folder = new Folder({ docroot: tree.root, cache: { maxAge: 3600 } });
  const textAfter = async (ms: number) => {
    const now = Date.now;
    Date.now = () => now() + ms;
    try {
      return (await ask(folder, "/a.txt")).text;
    } finally {
      Date.now = now;
    }
  };
  await textAfter(10_000);
  await textAfter(11_000);
  Deno.writeTextFileSync(path, "changed");
  assertEquals(await textAfter(3_600_000), "before");
  assertEquals(await textAfter(3_611_000), "changed");
});

Deno.test("serveFile() looks each time at a file that it keeps in memory, if maxAge is 0", async () => {
  using tree = new TempTree();
  const path = tree.write("a.txt", "before");
  const secret = tree.writeOutside("secret.txt", "secret");
  const folder = new Folder({ docroot: tree.root, cache: { maxAge: 0 } });
  await later(async () => {
    assertEquals((await ask(folder, "/a.txt")).kept, true);
    Deno.writeTextFileSync(path, "changed");
    assertEquals((await ask(folder, "/a.txt")).text, "changed");
    Deno.removeSync(path);
    assertEquals((await ask(folder, "/a.txt")).status, 404);
    Deno.symlinkSync(secret, path);
    assertEquals((await ask(folder, "/a.txt")).status, 404);
    Deno.removeSync(path);
    tree.folder("a.txt");
    assertEquals((await ask(folder, "/a.txt")).status, 301);
  });
});

Deno.test("serveFile() leaves no descriptor open for files in memory", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "0123456789");
  const folder = new Folder({ docroot: tree.root });
  const before = countDescriptors();
  await later(async () => {
    for (let i = 0; i < 50; i++) await ask(folder, "/a.txt");
  });
  assertEquals(countDescriptors(), before);
});
