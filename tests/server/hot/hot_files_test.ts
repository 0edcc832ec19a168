import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import { Folder } from "../../../server/files/folder.ts";
import { serveFile } from "../../../server/files/serve_file.ts";
import { HotFiles, type HotSite } from "../../../server/hot/hot_files.ts";
import { type ParsedRequest, parseRequest } from "../../../server/parsed_request.ts";
import { resolveOptions } from "../../../server/options.ts";
import { bytesOf, textOf } from "../../wire/fakes.ts";
import { later, TempTree } from "../files/temp_tree.ts";
import { get, serveAll } from "../served.ts";

const SETTINGS = resolveOptions({}, () => {});

function parse(text: string): ParsedRequest {
  const bytes = bytesOf(text);
  return parseRequest(bytes, 0, bytes.length, text, SETTINGS, "http");
}

/** A tree with files of some kinds. */
function makeTree(): TempTree {
  const tree = new TempTree();
  tree.write("index.html", "<p>index");
  tree.write("a.txt", "0123456789");
  tree.write("a.txt.gz", "packed");
  tree.write("empty.txt", "");
  tree.write("sub/b.css", "b{}");
  tree.write("404.html", "none");
  tree.write("large.txt", "large".repeat(500));
  return tree;
}

/** What a handler sends to the second of two equal requests, and what is in memory for it; without the time. */
async function bothAnswers(
  tree: TempTree,
  text: string,
  options: FolderOptions = {},
  site: Omit<HotSite, "source"> = {},
): Promise<[handler: string, memory: string | undefined]> {
  const folder = new Folder({ docroot: tree.root, ...options });
  const { prefix = "", fields = [] } = site;
  return await later(async () => {
    const served = await serveAll([text.repeat(2)], (con, req) => {
      for (const [name, value] of fields) con.addHeader(name, value);
      const { method, rawPath, headers } = req;
      const below = { method, rawPath: rawPath.slice(prefix.length), headers, prefix };
      return serveFile(con, below, folder);
    });
    const answer = new HotFiles({ source: folder, ...site }).makeAnswer(parse(text));
    const withoutTime = (it: string) => it.replace(/^Date: .*\r\n/m, "");
    const sent = withoutTime(served.conn.text.slice(0, served.conn.text.length / 2));
    return [sent, answer && withoutTime(textOf(answer.bytes))];
  });
}

Deno.test("an answer in memory is what the handler sends, byte for byte", async () => {
  using tree = makeTree();
  const cases: [string, FolderOptions?, Omit<HotSite, "source">?][] = [
    [get("/")],
    [get("/a.txt")],
    [get("/sub/b.css")],
    [get("/empty.txt")],
    [get("/a.txt").replace("GET", "HEAD")],
    [get("/a.txt", "If-None-Match: *")],
    [get("/a.txt", "If-None-Match: *").replace("GET", "HEAD")],
    [get("/a.txt", 'If-Range: "x"', "Range: bytes=1-2")],
    [get("/a.txt", "Accept-Encoding: gzip"), { gzip: true }],
    [get("/a.txt", "Accept-Encoding: br"), { gzip: true }],
    [get("/a.txt", "Accept-Encoding: gzip", "If-None-Match: *"), { gzip: true }],
    [get("/a.txt"), { headers: { "X-One": "1", "Vary": "Cookie" }, cacheControl: "no-cache" }],
    [get("/a.txt", "If-None-Match: *"), { headers: { "X-One": "1" }, cacheControl: "no-cache" }],
    [get("/no/such/page"), { spa: true }],
    [get("/files/a.txt"), {}, { prefix: "/files" }],
    [get("/a.txt"), {}, { fields: [["Access-Control-Allow-Origin", "*"], ["X-One", "1"]] }],
    [get("/a.txt"), { gzip: true }, { fields: [["Vary", "Cookie"]] }],
    [get("/large.txt"), { compress: true }],
  ];
  for (const [text, options, site] of cases) {
    const [handler, memory] = await bothAnswers(tree, text, options, site);
    assertEquals(memory, handler, text);
  }
});

Deno.test("what is not a whole file in memory, or not modified, is left to the handler", async () => {
  using tree = makeTree();
  const cases: [string, FolderOptions?, Omit<HotSite, "source">?][] = [
    [get("/missing")],
    [get("/missing"), { notFound: "404.html" }],
    [get("/sub")],
    [get("/sub/")],
    [get("/a/../a.txt")],
    [get("/.hidden")],
    [get("/a.txt", "Range: bytes=1-2")],
    [get("/a.txt", "Range: bytes=100-")],
    [get("/a.txt", 'If-Match: "other"')],
    [get("/a.txt"), {}, { prefix: "/files" }],
    [get("/files"), {}, { prefix: "/files" }],
    [get("/large.txt", "Accept-Encoding: br"), { compress: true }],
    [get("/a.txt"), { cache: false }],
    [get("/a.txt"), { cache: { maxFileBytes: 9 } }],
  ];
  for (const [text, options, site] of cases) {
    const [, memory] = await bothAnswers(tree, text, options, site);
    assertEquals(memory, undefined, text);
  }
});

Deno.test("a file is looked at whenever an answer is made, however long it may be remembered", async () => {
  using tree = makeTree();
  const folder = new Folder({ docroot: tree.root, cache: { maxAge: 3600 } });
  const hot = new HotFiles({ source: folder });
  const request = parse(get("/a.txt"));
  await later(async () => {
    await serveAll([get("/a.txt").repeat(3)], (con, req) => serveFile(con, req, folder));
    assertEquals(hot.makeAnswer(request)?.bodyBytes, 10);
    tree.write("a.txt", "another content");
    assertEquals(hot.makeAnswer(request), undefined);
    Deno.removeSync(`${tree.root}/a.txt`);
    assertEquals(hot.makeAnswer(request), undefined);
  });
});

Deno.test("the content is in memory once: where the answer is, as long as its head is the same", async () => {
  using tree = makeTree();
  const folder = new Folder({ docroot: tree.root });
  const hot = new HotFiles({ source: folder });
  await later(async () => {
    await serveAll([get("/a.txt").repeat(2)], (con, req) => serveFile(con, req, folder));
    const makeAnswer = (...fields: string[]) => hot.makeAnswer(parse(get("/a.txt", ...fields)))!;
    const whole = makeAnswer();
    const again = makeAnswer("Accept: */*");
    assertStrictEquals(again.bytes.buffer, whole.bytes.buffer);
    const head = hot.makeAnswer(parse(get("/a.txt").replace("GET", "HEAD")))!;
    assertEquals(head.bytes.length, whole.bytes.length - 10);
    assert(head.bytes.buffer !== whole.bytes.buffer);
    assertEquals(makeAnswer("If-None-Match: *").status, 304);
    assertStrictEquals(makeAnswer().bytes.buffer, whole.bytes.buffer);
  });
});

Deno.test("a folder that must be looked at more often than once a second has no answers", () => {
  using tree = makeTree();
  const maxBytesOf = (cache: FolderOptions["cache"]) =>
    new HotFiles({ source: new Folder({ docroot: tree.root, cache }) }).maxBytes;
  assertEquals(maxBytesOf(undefined), 64 * 1024 * 1024);
  assertEquals(maxBytesOf({ maxBytes: 1000, maxAge: 5 }), 1000);
  assertEquals(maxBytesOf({ maxAge: 0.5 }), 0);
  assertEquals(maxBytesOf({ maxAge: 0 }), 0);
  assertEquals(maxBytesOf(false), 0);
});
