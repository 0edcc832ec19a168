// serveFile() with every kind of what may stand behind a path: files in all their forms, folders, other places.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  brotliCompressSync,
  brotliDecompressSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import type { FileSource, Found, FoundFile } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import type { FileFacts } from "../../../server/files/locate.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { serveFile } from "../../../server/files/serve_file.ts";
import { countDescriptors } from "../../open_descriptors.ts";
import { ask, Recorder } from "./recorder.ts";
import { atOnce, later, TempTree } from "./temp_tree.ts";

const TEXT = "All work and no play makes Jack a dull boy. ".repeat(100);

/** A source that has one answer to every path. */
function sourceOf(found: Found, others: Partial<FileSource> = {}): FileSource {
  const none = { confirms: () => true, keeps: () => false, keep() {} };
  return { settings: { cache: false }, find: () => found, ...none, ...others };
}

const FACTS: FileFacts = { path: "/x", size: 10, mtimeMs: 0, ctimeMs: 0, dev: 0, ino: 0 };
const IN_MEMORY: FoundFile = {
  kind: "file",
  name: "a.txt",
  size: 10,
  mtimeMs: null,
  varies: false,
  facts: FACTS,
  bytes: new TextEncoder().encode("0123456789"),
};

Deno.test("serveFile() redirects to another name in the same folder, escaped, with the query", async () => {
  const cases: [rawPath: string, to: string, location: string][] = [
    ["/a", "a/", "/a/"],
    ["/a?x=/", "a/", "/a/?x=/"],
    ["/b/page.html", "page", "/b/page"],
    ["/b/index.html?x", "./", "/b/?x"],
    ["/index.html", "./", "/"],
    ["/b/%61%20b", "a b/", "/b/a%20b/"],
    ["/%C3%BC", "\u00fc/", "/%C3%BC/"],
    ["/x", "a%2fb?c#d", "/a%252fb%3Fc%23d"],
    ["/x", "a:b@c/", "/a:b@c/"],
    ["/x", "\ud800/", "/%EF%BF%BD/"],
  ];
  for (const [rawPath, to, location] of cases) {
    const source = sourceOf({ kind: "redirect", to });
    for (const method of ["GET", "HEAD"]) {
      const con = await ask(source, rawPath, { method });
      assertEquals([con.status, con.fields["Location"]], [301, location], rawPath);
      const below = await ask(source, rawPath, { method, prefix: "/static/v%201" });
      assertEquals(below.fields["Location"], `/static/v%201${location}`);
      const relative = await ask(source, rawPath, { method, relative: true });
      const url = new URL(relative.fields["Location"]!, `http://host/far${rawPath}`);
      assertEquals(url.pathname + url.search, `/far${location}`);
      assert(relative.fields["Location"]!.startsWith("./"));
    }
  }
});

Deno.test("serveFile() gives a folder to the listing, where there is one", async () => {
  const path = parseSafePath("/a/") as SafePath;
  const found: Found = { kind: "folder", path };
  assertEquals((await ask(sourceOf(found), "/a/")).status, 404);
  const listed: unknown[] = [];
  const source = sourceOf(found, {
    listing(con, req, path) {
      listed.push([req.method, req.rawPath, path]);
      con.sendKept(new TextEncoder().encode("listing"));
      return Promise.resolve(true);
    },
  });
  for (const method of ["GET", "HEAD"]) {
    assertEquals((await ask(source, "/a/?x", { method })).text, "listing");
  }
  assertEquals(listed, [["GET", "/a/?x", path], ["HEAD", "/a/?x", path]]);
  assertEquals((await ask(source, "/a/", { method: "POST" })).status, 405);
});

Deno.test("serveFile() answers what it refuses itself with the page for that, if there is one", async () => {
  const page: FoundFile = { ...IN_MEMORY, status: 404 };
  const source = sourceOf(404, { missing: () => page });
  const con = await ask(source, "/.env");
  assertEquals([con.status, con.text, con.error], [404, "0123456789", false]);
  assertEquals((await ask(source, "/%00")).status, 400);
  const head = await ask(source, "/.env", { method: "HEAD", headers: { "if-none-match": "*" } });
  assertEquals([head.status, head.body, head.fields["Content-Length"]], [404, undefined, "10"]);
  for (const refusal of [403, 404, 503] as const) {
    assertEquals((await ask(sourceOf(refusal), "/a")).status, refusal);
  }
});

/** The contents of the parts of a body. */
function contentsOf(text: string, boundary: string): string[] {
  return text.split(`--${boundary}`).slice(1, -1).map((part) =>
    part.split("\r\n\r\n")[1]!.slice(0, -2)
  );
}

Deno.test("serveFile() sends several ranges, from memory and from the file", async () => {
  using tree = new TempTree();
  const folder = new Folder({ docroot: tree.root });
  const headers = { range: "bytes=100-120, 0-10, -5, 90-99" };
  const round = async (): Promise<boolean> => {
    const con = await ask(folder, "/a.txt", { headers });
    const boundary = /boundary=(.+)/.exec(con.fields["Content-Type"]!)![1]!;
    assertEquals([con.status, con.fields["Content-Length"]], [206, String(con.body!.length)]);
    assertEquals(contentsOf(con.text!, boundary), [
      TEXT.slice(90, 121),
      TEXT.slice(0, 11),
      TEXT.slice(-5),
    ]);
    return con.kept;
  };
  const before = countDescriptors();
  await atOnce(async () => {
    tree.write("a.txt", TEXT);
    assertEquals(await round(), false);
  });
  await later(async () => {
    assertEquals(await round(), true);
    assertEquals(await round(), true);
  });
  assertEquals(countDescriptors(), before);
});

async function unpack(stream: ReadableStream<Uint8Array> | undefined): Promise<string> {
  const bytes = await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
  return new TextDecoder().decode(brotliDecompressSync(bytes));
}

Deno.test("serveFile() compresses on the way, from memory and from the file, and never a range", async () => {
  using tree = new TempTree();
  tree.write("a.txt", TEXT);
  const folder = new Folder({ docroot: tree.root, compress: true });
  const headers = { "accept-encoding": "br" };
  const before = countDescriptors();
  const round = async (): Promise<void> => {
    const con = await ask(folder, "/a.txt", { headers });
    assertEquals([con.status, con.fields["Content-Encoding"]], [200, "br"]);
    assertEquals([con.fields["Content-Length"], con.fields["Accept-Ranges"]], [
      undefined,
      undefined,
    ]);
    assert(con.fields["ETag"]!.startsWith('W/"'));
    // Nobody has read it: no file is open.
    assertEquals(countDescriptors(), before);
    assertEquals(await unpack(con.stream), TEXT);

    const head = await ask(folder, "/a.txt", { headers, method: "HEAD" });
    assertEquals([head.stream, head.body, head.fields], [undefined, undefined, con.fields]);
    const known = { ...headers, "if-none-match": con.fields["ETag"]! };
    assertEquals((await ask(folder, "/a.txt", { headers: known })).status, 304);
    const part = await ask(folder, "/a.txt", { headers: { ...headers, range: "bytes=0-3" } });
    assertEquals([part.status, part.text, part.fields["Content-Encoding"]], [
      206,
      "All ",
      undefined,
    ]);
    assertEquals([part.fields["Vary"], part.stream], ["Accept-Encoding", undefined]);
  };
  await round();
  await later(async () => {
    await round();
    await round();
  });
  assertEquals(countDescriptors(), before);
});

Deno.test("serveFile() lets an application vary by more", async () => {
  using tree = new TempTree();
  tree.write("a.txt", TEXT);
  const folder = new Folder({ docroot: tree.root, compress: true });
  const con = new Recorder();
  con.addHeader("Vary", "Origin");
  await serveFile(con, { method: "HEAD", rawPath: "/a.txt", headers: {} }, folder);
  assertEquals(con.fields["Vary"], "Origin, Accept-Encoding");
});

Deno.test("serveFile() answers 412 and 416 without a body, whatever the file", async () => {
  for (
    const [headers, status] of [[{ "if-match": '"x"' }, 412], [
      { range: "bytes=99-" },
      416,
    ]] as const
  ) {
    const con = await ask(sourceOf(IN_MEMORY), "/a", { headers });
    assertEquals([con.status, con.error, con.body], [status, true, undefined]);
  }
});

const UNPACK: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  identity: (bytes) => bytes,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  gzip: gunzipSync,
};

Deno.test("parts fetched one by one, or at once, are one form of the file, whatever codings there are", async () => {
  using tree = new TempTree();
  const bytes = new TextEncoder().encode(TEXT);
  tree.write("plain.txt", TEXT);
  tree.write("stored.txt", TEXT);
  tree.write("stored.txt.br", new Uint8Array(brotliCompressSync(bytes)));
  tree.write("stored.txt.zst", new Uint8Array(zstdCompressSync(bytes)));
  tree.write("stored.txt.gz", new Uint8Array(gzipSync(bytes)));
  const folder = new Folder({ docroot: tree.root, precompressed: true, compress: true });
  const wish = fc.tuple(
    fc.constantFrom("br", "zstd", "gzip", "identity", "*", "x"),
    fc.constantFrom("", ";q=0", ";q=0.3", ";q=1"),
  ).map((it) => it.join(""));
  const accept = fc.option(fc.array(wish, { maxLength: 4 }).map((it) => it.join(", ")), {
    nil: undefined,
  });
  const cuts = fc.array(fc.nat({ max: 40 }), { maxLength: 3 });
  const name = fc.constantFrom("/plain.txt", "/stored.txt");
  await fc.assert(
    fc.asyncProperty(name, accept, cuts, async (name, accept, cuts) => {
      const headers: Record<string, string> = accept === undefined
        ? {}
        : { "accept-encoding": accept };
      const first = await ask(folder, name, { headers: { ...headers, range: "bytes=0-0" } });
      assertEquals(first.status, 206);
      const { ETag: etag, "Content-Encoding": coding = "identity" } = first.fields;
      const size = Number(first.fields["Content-Range"]!.split("/")[1]);
      const at = [...new Set([1, ...cuts.map((it) => it % size), size])].sort((a, b) => a - b);
      const parts = [first.body!];
      for (let i = 1; i < at.length; i++) {
        const range = `bytes=${at[i - 1]}-${at[i]! - 1}`;
        if (at[i - 1] === at[i] || at[i - 1] === 0) continue;
        const part = await ask(folder, name, {
          headers: { ...headers, range, "if-range": etag! },
        });
        assertEquals([part.status, part.fields["Content-Encoding"] ?? "identity"], [206, coding]);
        assertEquals(part.fields["Vary"], "Accept-Encoding");
        parts.push(part.body!);
      }
      const starts = at.filter((it) => it > 0 && it < size).length;
      assertEquals(parts.length, starts + 1);
      const joined = await new Blob(parts as Uint8Array<ArrayBuffer>[]).bytes();
      assertEquals(new TextDecoder().decode(UNPACK[coding]!(joined)), TEXT);

      const whole = await ask(folder, name, { headers });
      const content = whole.body ?? await new Response(
        whole.stream as ReadableStream<Uint8Array<ArrayBuffer>>,
      ).bytes();
      const unpack = UNPACK[whole.fields["Content-Encoding"] ?? "identity"]!;
      assertEquals(new TextDecoder().decode(unpack(content)), TEXT);
      // What is made on the way is never taken for what is stored.
      assertEquals(whole.fields["ETag"] === etag, whole.stream === undefined);
    }),
    { numRuns: 150 },
  );
});
