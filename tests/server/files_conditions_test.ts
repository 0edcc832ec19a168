// What servers of files get wrong, on the wire: each request with the answer that it is to have, from con.serveFile and
// from serveFiles() under serve() and under Deno.serve.

import { assert, assertEquals } from "@std/assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import {
  listen,
  serve,
  serveFiles,
  type ServeFilesOptions,
  type Server,
} from "../../server/mod.ts";
import { latin1Encode } from "../conformance/raw_client.ts";
import { RawClient, until } from "../conformance/support.ts";
import { countDescriptors } from "../open_descriptors.ts";
import { countOpen } from "./count_open.ts";
import { TempTree } from "./files/temp_tree.ts";

const DIGITS = "0123456789".repeat(100);
/** More than sockets and the library's buffers take. */
const HUGE = 32 * 1024 * 1024;

type Tell = (method: string, target: string, ...fields: string[]) => Promise<Heard>;

interface Heard {
  status: number;
  fields: Record<string, string>;
  body: string;
}

/** Asks over one connection that is kept; a connection that is not framed right does not survive that. */
async function asker(port: number): Promise<Tell & Disposable> {
  const client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  const tell: Tell = async (method, target, ...fields) => {
    await client.send([`${method} ${target} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n"));
    const { status, fields: lines, body } = await client.read(method);
    const named = lines.map(([name, value]) => [name.toLowerCase(), value] as const);
    return { status, fields: Object.fromEntries(named), body };
  };
  return Object.assign(tell, { [Symbol.dispose]: () => client[Symbol.dispose]() });
}

/** Runs a test for each door. */
function testDoors(
  name: string,
  options: Omit<ServeFilesOptions, "docroot">,
  use: (tell: Tell, tree: TempTree, server: Server | undefined, port: number) => Promise<void>,
): void {
  const quiet = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const doors: Record<string, (docroot: string) => AsyncDisposable & { addr: Deno.Addr }> = {
    "con.serveFile": (docroot) => {
      const { index, gzip, prefix: _, ...files } = options;
      const own = { docroot, index, gzip, files, onError() {} };
      return listen("127.0.0.1", 0, own, (con, req) => con.serveFile(req));
    },
    "serve": (docroot) => serve(quiet, serveFiles({ ...options, docroot })),
    "Deno.serve": (docroot) => Deno.serve(quiet, serveFiles({ ...options, docroot })),
  };
  for (const [door, start] of Object.entries(doors)) {
    Deno.test(`${door}: ${name}`, async () => {
      using tree = new TempTree();
      tree.write("a.txt", DIGITS);
      tree.write("b.txt", DIGITS);
      tree.write("b.txt.gz", "packed and long enough to be parted");
      tree.folder("sub");
      await using server = start(tree.root);
      const { port } = server.addr as Deno.NetAddr;
      using tell = await asker(port);
      const own = door === "con.serveFile" ? server as unknown as Server : undefined;
      await use(tell, tree, own, port);
    });
  }
}

testDoors("conditions and ranges", { gzip: true }, async (tell) => {
  const { etag, "last-modified": date } = (await tell("HEAD", "/a.txt")).fields;
  const whole = ["200", DIGITS] as const;
  const cases: [fields: string[], status: string, body: string][] = [
    [[`If-None-Match: ${etag}`], "304", ""],
    [[`If-None-Match: "x", W/${etag}`], "304", ""],
    [[`If-Modified-Since: ${date}`], "304", ""],
    [[`If-None-Match: "x"`, `If-Modified-Since: ${date}`], ...whole],
    [[`If-Match: ${etag}`], ...whole],
    [[`If-Match: W/${etag}`], "412", ""],
    [[`If-Match: "x"`, `If-None-Match: ${etag}`], "412", ""],
    [[`If-Unmodified-Since: ${date}`], ...whole],
    [["If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"], "412", ""],
    [["Range: bytes=2-4"], "206", "234"],
    [["Range: bytes=0-0"], "206", "0"],
    [["Range: bytes=-0"], "416", ""],
    [["Range: bytes=1000-"], "416", ""],
    [["Range: bytes=-5000"], "206", DIGITS],
    [["Range: bytes=998-5000"], "206", "89"],
    [["Range: xbytes=0-3"], ...whole],
    [["Range: hello"], ...whole],
    [["Range: bytes=4-2"], ...whole],
    [["Range: bytes=2-4", `If-Range: ${etag}`], "206", "234"],
    [["Range: bytes=2-4", 'If-Range: "stale"'], ...whole],
    [["Range: bytes=2-4", `If-Range: W/${etag}`], ...whole],
    [["Range: bytes=2-4", "If-Range: Thu, 01 Jan 1970 00:00:00 GMT"], ...whole],
    [[`Range: bytes=${Array.from({ length: 199 }, (_, at) => `${at}-`)}`], "206", DIGITS],
    [[`Range: bytes=${Array.from({ length: 199 }, (_, at) => `${at * 4}-${at * 4}`)}`], ...whole],
    [["Range: bytes=0-1", `If-None-Match: ${etag}`], "304", ""],
    [["Range: bytes=5000-", 'If-Match: "x"'], "412", ""],
  ];
  for (const [fields, status, body] of cases) {
    const got = await tell("GET", "/a.txt", ...fields);
    assertEquals([String(got.status), got.body], [status, body], fields.join());
    if (status === "416") assertEquals(got.fields["content-range"], "bytes */1000");
    // HEAD is answered as GET is, but has no ranges.
    const head = await tell("HEAD", "/a.txt", ...fields);
    const expected = status === "206" || status === "416" ? 200 : got.status;
    assertEquals([head.status, head.body], [expected, ""], fields.join());
    if (head.status === 200) assertEquals(head.fields["content-length"], "1000");
  }
});

testDoors("several ranges in one answer", {}, async (tell) => {
  const got = await tell("GET", "/a.txt", "Range: bytes=500-509, 0-4, -3");
  const { "content-type": type, "content-length": length, "content-range": range } = got.fields;
  const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(type!)![1]!;
  const part = (range: string, content: string) =>
    `--${boundary}\r\nContent-Type: text/plain; charset=UTF-8\r\n` +
    `Content-Range: bytes ${range}/1000\r\n\r\n${content}\r\n`;
  const parts = part("500-509", "0123456789") + part("0-4", "01234") + part("997-999", "789");
  assertEquals([got.status, got.body, range], [206, `${parts}--${boundary}--\r\n`, undefined]);
  assertEquals(length, String(got.body.length));
  assert(got.body.length <= 1000);
  assertEquals((await tell("GET", "/a.txt")).body, DIGITS);
});

testDoors("several ranges of a large file", {}, async (tell, tree, server) => {
  const large = new Uint8Array(3_000_000).map((_, at) => 65 + (at * 7 + (at >> 8)) % 26);
  tree.write("large.bin", large);
  const got = await tell("GET", "/large.bin", "Range: bytes=2000000-2899999, 10-1000009");
  const boundary = /boundary=([\w-]+)$/.exec(got.fields["content-type"]!)![1]!;
  const contents = got.body.split(`--${boundary}`).slice(1, -1)
    .map((it) => latin1Encode(it.split("\r\n\r\n")[1]!.slice(0, -2)));
  assertEquals(contents.map(({ length }) => length), [900_000, 1_000_000]);
  const starts = [2_000_000, 10];
  for (const [at, content] of contents.entries()) {
    assert(content.every((byte, i) => byte === large[starts[at]! + i]));
  }
  assertEquals((await tell("GET", "/a.txt")).body, DIGITS);
  if (server !== undefined) assertEquals(server.stats().openFiles, 0);
});

testDoors("stored codings: own tags, Vary with every status, ranges of what is stored", {
  gzip: true,
}, async (tell) => {
  const gzip = "Accept-Encoding: gzip";
  const packed = await tell("GET", "/b.txt", gzip);
  const plain = await tell("GET", "/b.txt");
  const { etag } = packed.fields;
  assertEquals([packed.body, plain.body], ["packed and long enough to be parted", DIGITS]);
  assert(etag !== plain.fields["etag"] && !etag!.startsWith("W/"));
  const answers: [Heard, number, string][] = [
    [packed, 200, packed.body],
    [await tell("GET", "/b.txt", gzip, "Range: bytes=0-5"), 206, "packed"],
    [await tell("GET", "/b.txt", gzip, "Range: bytes=0-0, 5-5"), 200, packed.body],
    [await tell("GET", "/b.txt", gzip, `If-None-Match: ${etag}`), 304, ""],
    [await tell("GET", "/b.txt", gzip, "Range: bytes=99-"), 416, ""],
    [await tell("GET", "/b.txt", gzip, 'If-Match: "x"'), 412, ""],
  ];
  for (const [{ status, body, fields }, expected, content] of answers) {
    assertEquals([status, body, fields["vary"]], [expected, content, "Accept-Encoding"]);
    const isCoded = status === 200 || status === 206;
    assertEquals(fields["content-encoding"], isCoded ? "gzip" : undefined);
  }
  assertEquals((await tell("GET", "/b.txt", `If-None-Match: ${etag}`)).status, 200);
});

testDoors("compression on the way: never of a range, with a weak tag", {
  compress: true,
}, async (tell, tree, server) => {
  const text = DIGITS.repeat(300);
  tree.write("c.txt", text);
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
  for (const coding of ["br", "gzip"] as const) {
    const accept = `Accept-Encoding: ${coding}`;
    const { status, fields, body } = await tell("GET", "/c.txt", accept);
    assertEquals([status, fields["content-encoding"], fields["vary"]], [
      200,
      coding,
      "Accept-Encoding",
    ]);
    assertEquals([fields["content-length"], fields["accept-ranges"]], [undefined, undefined]);
    assert(fields["etag"]!.startsWith('W/"') && fields["etag"]!.endsWith(`-${coding}"`));
    assertEquals(new TextDecoder().decode(unpack[coding](latin1Encode(body))), text);

    const head = await tell("HEAD", "/c.txt", accept);
    assertEquals([head.status, head.fields["etag"]], [200, fields["etag"]]);
    const known = await tell("GET", "/c.txt", accept, `If-None-Match: ${fields["etag"]}`);
    assertEquals([known.status, known.fields["vary"]], [304, "Accept-Encoding"]);
    const part = await tell("GET", "/c.txt", accept, "Range: bytes=2-4");
    assertEquals([part.status, part.body, part.fields["content-encoding"]], [
      206,
      "234",
      undefined,
    ]);
    assertEquals(part.fields["content-range"], `bytes 2-4/${text.length}`);
    assert(!part.fields["etag"]!.startsWith("W/"));
    const weak = `If-Range: ${fields["etag"]}`;
    const stale = await tell("GET", "/c.txt", accept, "Range: bytes=2-4", weak);
    assertEquals([stale.status, stale.body.length], [200, text.length]);
  }
  if (server !== undefined) assertEquals(server.stats().openFiles, 0);
});

testDoors("other methods: OPTIONS and 405 say what is allowed", {}, async (tell) => {
  const allow = "GET, HEAD, OPTIONS";
  for (const target of ["/a.txt", "/missing", "/sub/"]) {
    const options = await tell("OPTIONS", target);
    assertEquals([options.status, options.fields["allow"], options.body], [204, allow, ""]);
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const got = await tell(method, target, "Content-Length: 0", "If-Match: *");
      assertEquals([got.status, got.fields["allow"]], [405, allow], method);
    }
  }
});

testDoors(
  "200 answers of each kind leave no file open",
  { compress: true },
  async (tell, tree, server) => {
    tree.write("c.txt", DIGITS.repeat(100));
    const { etag } = (await tell("HEAD", "/a.txt")).fields;
    const round = async (): Promise<void> => {
      const statuses = [
        await tell("GET", "/a.txt", `If-None-Match: ${etag}`),
        await tell("HEAD", "/a.txt"),
        await tell("GET", "/a.txt", 'If-Match: "x"'),
        await tell("GET", "/a.txt", "Range: bytes=5000-"),
        await tell("GET", "/a.txt", "Range: bytes=0-9, 100-109"),
        await tell("HEAD", "/c.txt", "Accept-Encoding: br"),
        await tell("GET", "/c.txt", "Accept-Encoding: gzip"),
      ].map(({ status }) => status);
      assertEquals(statuses, [304, 200, 412, 416, 206, 200, 200]);
    };
    await round();
    const before = countDescriptors();
    for (let i = 0; i < 200; i++) await round();
    assertEquals(countDescriptors(), before);
    if (server !== undefined) assertEquals(server.stats().openFiles, 0);
  },
);

/** As long when it is compressed. (Larger files are not compressed on the way.) */
function noiseOf(length: number): Uint8Array<ArrayBuffer> {
  const noise = new Uint8Array(length);
  for (let at = 0; at < length; at += 65536) {
    crypto.getRandomValues(noise.subarray(at, at + 65536));
  }
  return noise;
}

testDoors("a client that leaves ends the compression, and the file is closed", {
  compress: true,
}, async (_tell, tree, server, port) => {
  tree.write("noise.txt", noiseOf(8 * 1024 * 1024));
  const round = async (): Promise<void> => {
    using client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
    await client.send("GET /noise.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
    await client.fill("the beginning of the answer");
  };
  await Promise.all(Array.from({ length: 5 }, round));
  await until("no file is open", () => countOpen("noise.txt") === 0);
  if (server !== undefined) assertEquals(server.stats().openFiles, 0);
});

Deno.test("a file that shrinks while several ranges of it are sent closes the connection", async () => {
  using tree = new TempTree();
  const path = tree.write("large.bin", "");
  Deno.truncateSync(path, HUGE);
  const options = { docroot: tree.root, onError() {} };
  await using server = listen("127.0.0.1", 0, options, (con, req) => con.serveFile(req));
  const { port } = server.addr as Deno.NetAddr;
  using client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  const range = `bytes=0-${HUGE / 2}, ${HUGE / 2 + 1000}-${HUGE - 1000}`;
  await client.send(`GET /large.bin HTTP/1.1\r\nHost: a\r\nRange: ${range}\r\n\r\n`);
  await client.fill("the beginning of the answer");
  Deno.truncateSync(path, 1000);
  // Nothing that could be taken for another answer follows.
  assert((await client.readToEnd()).length < HUGE);
  await until("the file is closed", () => server.stats().openFiles === 0);
});
