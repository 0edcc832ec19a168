// Downloads that go on, with a server that goes away, changes its mind, and lies about ranges.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { DownloadOptions, DownloadResult } from "../../../client/download/download.ts";
import type { Progress } from "../../../client/options.ts";
import { listen } from "../../../server/mod.ts";
import { ClosedError, HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { DIGEST, download, list, Source, TEXT } from "./download_source.ts";

/** Leaves the first bytes of the file as a partial one. */
async function leavePart(source: Source, path: string, bytes: number): Promise<void> {
  source.cutAfter = bytes;
  await assertRejects(() => download(source.url, path, { resume: true }), ClosedError);
  source.cutAfter = undefined;
  assertEquals(Deno.statSync(`${path}.part`).size, bytes);
  source.asked.length = 0;
}

/** Resumes, and checks that the file is whole and alone. */
async function resumeWhole(
  source: Source,
  tree: TempTree,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  const result = await download(source.url, `${tree.root}/file`, { resume: true, ...options });
  assertEquals(await Deno.readFile(`${tree.root}/file`), source.content);
  assertEquals([list(tree.root), result.size], [["file"], source.content.length]);
  return result;
}

Deno.test("resume asks only for the rest, with If-Range, and makes the file whole", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  await leavePart(source, `${tree.root}/file`, 10);
  assertEquals(list(tree.root), ["file.part", "file.part.json"]);
  const { resumed, response } = await resumeWhole(source, tree, { sha256: DIGEST });
  assertEquals([resumed, response.code], [10, 206]);
  assertEquals(source.asked.map(({ range, ifRange }) => [range, ifRange]), [[
    "bytes=10-",
    '"one"',
  ]]);
});

Deno.test("resume goes on across several broken connections", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  source.cutAfter = 20;
  for (const size of [20, 40]) {
    await assertRejects(() => download(source.url, path, { resume: true }), ClosedError);
    assertEquals(Deno.statSync(`${path}.part`).size, size);
  }
  assertEquals((await resumeWhole(source, tree, { sha256: DIGEST })).resumed, 40);
});

Deno.test("resume starts over when the file has changed", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  await leavePart(source, `${tree.root}/file`, 10);
  source.etag = '"two"';
  source.content = new TextEncoder().encode("something else altogether");
  const { resumed, response } = await resumeWhole(source, tree);
  assertEquals([resumed, response.code], [0, 200]);
  assertEquals(source.asked.map(({ range }) => range), ["bytes=10-"]);
});

Deno.test("resume starts over when the rest does not fit, whatever the server claims", async () => {
  const answers: [string, Record<string, string>, string][] = [
    ["another start", { "Content-Range": "bytes 9-42/43" }, TEXT.slice(9)],
    ["another total", { "Content-Range": "bytes 10-43/44" }, `${TEXT.slice(10)}!`],
    ["another tag", { "Content-Range": "bytes 10-42/43", "ETag": '"two"' }, TEXT.slice(10)],
    ["no Content-Range", {}, TEXT.slice(10)],
    ["a coding", { "Content-Range": "bytes 10-42/43", "Content-Encoding": "gzip" }, TEXT.slice(10)],
    ["a unit nobody knows", { "Content-Range": "words 10-42/43" }, TEXT.slice(10)],
    ["several parts", { "Content-Type": "multipart/byteranges; boundary=a" }, "--a--"],
  ];
  for (const [name, headers, body] of answers) {
    using tree = new TempTree();
    await using source = new Source(TEXT);
    await leavePart(source, `${tree.root}/file`, 10);
    source.instead = (con, req) => {
      if (req.headers.range === undefined) return false;
      con.setStatus(206);
      for (const [field, value] of Object.entries(headers)) con.addHeader(field, value);
      con.send(body);
      return true;
    };
    assertEquals((await resumeWhole(source, tree, { sha256: DIGEST })).resumed, 0, name);
    assertEquals(source.asked.map(({ range }) => range), ["bytes=10-", undefined], name);
  }
});

Deno.test("resume of a file that has all its bytes asks whether that is so", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  await leavePart(source, `${tree.root}/file`, 10);
  // As if the last one had ended between the last byte and the renaming.
  Deno.writeTextFileSync(`${tree.root}/file.part`, TEXT);
  const { resumed, response } = await resumeWhole(source, tree, { sha256: DIGEST });
  assertEquals([resumed, response.code], [43, 416]);
});

Deno.test("resume starts over when the server cannot satisfy the range for another reason", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  await leavePart(source, `${tree.root}/file`, 10);
  Deno.writeTextFileSync(`${tree.root}/file.part`, `${TEXT} and more`);
  const { resumed, response } = await resumeWhole(source, tree, { sha256: DIGEST });
  assertEquals([resumed, response.code], [0, 200]);
});

Deno.test("resume asks again when the server sends less than the rest", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  await leavePart(source, `${tree.root}/file`, 10);
  source.instead = (con, req) => {
    const start = Number(/=(\d+)-/.exec(req.headers.range ?? "")?.[1] ?? NaN);
    if (Number.isNaN(start)) return false;
    const end = Math.min(start + 15, 43);
    con.setStatus(206);
    con.addHeader("Content-Range", `bytes ${start}-${end - 1}/43`);
    con.send(TEXT.slice(start, end));
    return true;
  };
  assertEquals((await resumeWhole(source, tree, { sha256: DIGEST })).resumed, 10);
  assertEquals(source.asked.map(({ range }) => range), ["bytes=10-", "bytes=25-", "bytes=40-"]);
});

Deno.test("resume believes no part that is longer than it says", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  await leavePart(source, `${tree.root}/file`, 10);
  source.instead = (con) => {
    con.setStatus(206);
    con.addHeader("Content-Range", "bytes 10-42/43");
    con.send(`${TEXT.slice(10)} and more`);
    return true;
  };
  const path = `${tree.root}/file`;
  const error = await assertRejects(() => download(source.url, path, { resume: true }), HttpError);
  assertEquals(error.code, "bad_framing");
  source.instead = undefined;
  await resumeWhole(source, tree, { sha256: DIGEST });
});

Deno.test("resume keeps what it has when the server is out of order", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  await leavePart(source, path, 10);
  source.instead = (con) => {
    con.sendError(503);
    return true;
  };
  const error = await assertRejects(() => download(source.url, path, { resume: true }), HttpError);
  assertEquals([error.code, error.status], ["refused", 503]);
  source.instead = undefined;
  assertEquals((await resumeWhole(source, tree)).resumed, 10);
});

Deno.test("RFC 9110 13.1.5: resume never goes on with a weak tag", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.etag = 'W/"one"';
  source.cutAfter = 10;
  const path = `${tree.root}/file`;
  await assertRejects(() => download(source.url, path, { resume: true }), ClosedError);
  assertEquals(list(tree.root), []);
});

Deno.test("RFC 9110 8.8.2.2: resume goes on with an old Last-Modified, and not with a new one", async () => {
  for (const [ageMs, resumed] of [[60_000, 10], [-60_000, 0]] as const) {
    using tree = new TempTree();
    await using source = new Source(TEXT);
    source.etag = undefined;
    source.lastModified = new Date(Date.now() - ageMs).toUTCString();
    source.cutAfter = 10;
    const path = `${tree.root}/file`;
    await assertRejects(() => download(source.url, path, { resume: true }), ClosedError);
    source.cutAfter = undefined;
    source.asked.length = 0;
    assertEquals((await resumeWhole(source, tree)).resumed, resumed);
    const expected = resumed > 0 ? source.lastModified : undefined;
    assertEquals(source.asked.map(({ ifRange }) => ifRange), [expected]);
  }
});

Deno.test("resume of another URL starts over", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  await leavePart(source, `${tree.root}/file`, 10);
  const url = `${source.url}?other`;
  const { resumed } = await download(url, `${tree.root}/file`, { resume: true });
  assertEquals([resumed, source.asked.map(({ range }) => range)], [0, [undefined]]);
  assertEquals(list(tree.root), ["file"]);
});

Deno.test("resume keeps no password on the disk, and says none", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const url = source.url.replace("http://", "http://user:secret@");
  const path = `${tree.root}/file`;
  source.cutAfter = 10;
  await assertRejects(() => download(url, path, { resume: true }), ClosedError);
  assert(!Deno.readTextFileSync(`${path}.part.json`).includes("secret"));
  source.cutAfter = undefined;
  assertEquals((await download(url, path, { resume: true })).resumed, 10);
  source.instead = (con) => {
    con.sendError(403);
    return true;
  };
  const error = await assertRejects(() => download(url, path), HttpError);
  assert(!error.message.includes("secret"), error.message);
});

Deno.test("abort ends a download at once with the signal's reason; resume keeps what came", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.stallAfter = 10;
  const path = tree.write("file", "content");
  for (const resume of [false, true]) {
    const aborter = new AbortController();
    const reason = new Error("enough");
    // The bytes before the stall have to be there.
    const onProgress = (): void => aborter.abort(reason);
    const options = { resume, onProgress, signal: aborter.signal };
    const error = await assertRejects(() => download(source.url, path, options));
    assertEquals(error, reason);
    assertEquals(list(tree.root).length, resume ? 3 : 1);
    assertEquals(await Deno.readTextFile(path), "content");
  }
  source.stallAfter = undefined;
  assertEquals((await resumeWhole(source, tree)).resumed > 0, true);
});

Deno.test("progress counts what is there already, also in the total", async () => {
  using tree = new TempTree();
  await using source = new Source(new Uint8Array(1_000_000).fill(7));
  const seen: Progress[] = [];
  const onProgress = (progress: Progress): void => void seen.push(progress);
  await leavePart(source, `${tree.root}/file`, 400_000);
  await resumeWhole(source, tree, { onProgress });
  assertEquals(seen[0], { direction: "down", bytes: 400_000, total: 1_000_000 });
  assertEquals(seen.at(-1), { direction: "down", bytes: 1_000_000, total: 1_000_000 });
  for (const [n, { bytes }] of seen.entries()) assert(n === 0 || bytes > seen[n - 1]!.bytes);
});

Deno.test("two downloads do not write into the same part", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.stallAfter = 10;
  const path = `${tree.root}/file`;
  const stalled = Promise.withResolvers<void>();
  source.onStall = stalled.resolve;
  const aborter = new AbortController();
  const first = download(source.url, path, { resume: true, signal: aborter.signal });
  await stalled.promise;
  const error = await assertRejects(() => download(source.url, path, { resume: true }), HttpError);
  assertMatch(error.message, /another download of it is under way$/);
  aborter.abort();
  await assertRejects(() => first, DOMException);
});

Deno.test("resume fits this package's own server, and starts over when the file changes", async () => {
  using tree = new TempTree();
  const content = crypto.getRandomValues(new Uint8Array(60_000));
  const served = tree.write("served/file", content);
  let cut = true;
  const options = { docroot: `${tree.root}/served`, onError: () => {} };
  await using server = listen("127.0.0.1", 0, options, async (con, req) => {
    if (!cut) return await con.serveFile(req);
    con.addHeader("Content-Length", String(content.length));
    const { size, mtime } = Deno.statSync(served);
    con.addHeader("ETag", `"${size.toString(16)}-${mtime!.getTime().toString(16)}"`);
    con.send(content.subarray(0, 20_000));
  });
  const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/file`;
  const path = `${tree.root}/file`;
  const leave = async (): Promise<void> => {
    cut = true;
    await assertRejects(() => download(url, path, { resume: true }), ClosedError);
    cut = false;
  };
  await leave();
  assertEquals((await download(url, path, { resume: true })).resumed, 20_000);
  assertEquals(await Deno.readFile(path), content);
  await leave();
  content.reverse();
  Deno.writeFileSync(served, content);
  Deno.utimeSync(served, 1000, 1000);
  assertEquals((await download(url, path, { resume: true })).resumed, 0);
  assertEquals(await Deno.readFile(path), content);
});

Deno.test("resume goes on until the server says that there is no more, where it does not know how much", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.instead = (con, req) => {
    const start = Number(/^bytes=(\d+)-$/.exec(req.headers["range"] ?? "")?.[1] ?? 0);
    con.addHeader("ETag", '"one"');
    if (start >= TEXT.length) {
      con.setStatus(416);
      con.addHeader("Content-Range", `bytes */${TEXT.length}`);
    } else if (start > 0) {
      // A few bytes at a time, of nobody knows how many.
      const end = Math.min(start + 7, TEXT.length);
      con.setStatus(206);
      con.addHeader("Content-Range", `bytes ${start}-${end - 1}/*`);
      con.send(TEXT.slice(start, end));
    } else {
      con.send(TEXT.slice(0, 5)); // in chunks

      return con.flush().then(() => {
        throw new Error("cut on purpose");
      });
    }
    return true;
  };
  const path = `${tree.root}/file`;
  await assertRejects(() => download(source.url, path, { resume: true }), ClosedError);
  const { resumed, size } = await download(source.url, path, { resume: true });
  assertEquals([await Deno.readTextFile(path), resumed, size], [TEXT, 5, TEXT.length]);
});

Deno.test("resume starts over when the rest was changed later, whatever became of If-Range", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.etag = undefined;
  source.lastModified = "Fri, 20 Nov 2020 07:00:00 GMT";
  await leavePart(source, `${tree.root}/file`, 10);
  source.instead = (con, req) => {
    if (req.headers["range"] === undefined) return false;
    con.setStatus(206);
    con.addHeader("Content-Range", "bytes 10-42/43");
    con.addHeader("Last-Modified", "Sat, 21 Nov 2020 07:00:00 GMT");
    con.send("x".repeat(33));
    return true;
  };
  assertEquals((await resumeWhole(source, tree)).resumed, 0);
});

Deno.test("retry lets a download go on by itself, from where it was cut", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.cutAfter = 20;
  const retry = { attempts: 3, delay: 0 };
  await resumeWhole(source, tree, { retry, sha256: DIGEST });
  assertEquals(source.asked.map(({ range }) => range), [undefined, "bytes=20-", "bytes=40-"]);
});

Deno.test("retry lets a download begin again where it cannot go on, and not more often than asked", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.cutAfter = 20;
  source.etag = undefined;
  const path = `${tree.root}/file`;
  const retry = { attempts: 3, delay: 0 };
  for (const resume of [false, true]) {
    source.asked.length = 0;
    await assertRejects(() => download(source.url, path, { retry, resume }), ClosedError);
    assertEquals([source.asked.map(({ range }) => range), list(tree.root)], [
      [undefined, undefined, undefined],
      [],
    ]);
  }
});

Deno.test("resume refuses what was planted in the place of its files, and touches nothing", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  Deno.symlinkSync(`${tree.root}/elsewhere`, `${path}.part`);
  await assertRejects(() => download(source.url, path, { resume: true }), HttpError, "file.part");
  assertEquals([list(tree.root), source.asked.length], [["file.part"], 0]);
  Deno.removeSync(`${path}.part`);
  // A FIFO would make its reader wait for ever.
  await new Deno.Command("mkfifo", { args: [`${path}.part.json`] }).output();
  const { resumed } = await download(source.url, path, { resume: true });
  assertEquals([resumed, list(tree.root)], [0, ["file"]]);
});

Deno.test("an answer without a file is refused", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  Deno.writeTextFileSync(path, "before");
  for (const status of [204, 205]) {
    source.instead = (con) => {
      con.setStatus(status);
      return true;
    };
    for (const resume of [false, true]) {
      const error = await assertRejects(() => download(source.url, path, { resume }), HttpError);
      assertEquals([error.code, error.status], ["refused", status]);
    }
  }
  assertEquals([Deno.readTextFileSync(path), list(tree.root)], ["before", ["file"]]);
});
