// Downloads, and what is left of those that fail. Going on with them is in download_resume_test.ts.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Client } from "../../../client/client.ts";
import type { DownloadOptions } from "../../../client/download/download.ts";
import { ClosedError, HttpError, TimeoutError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { DIGEST, download, list, Source, TEXT } from "./download_source.ts";
import { countDescriptors } from "../../open_descriptors.ts";

Deno.test("a download becomes a file, and tells what it was", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  const { response, ...result } = await download(source.url, path);
  assertEquals(result, { path, size: 43, resumed: 0 });
  assertEquals([response.code, response.url, response.body], [200, source.url, undefined]);
  assertEquals([await Deno.readTextFile(path), list(tree.root)], [TEXT, ["file"]]);
});

Deno.test("a download asks for the bytes as they are stored, and keeps them so", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.instead = (con) => {
    con.addHeader("Content-Encoding", "gzip");
    con.send("not gzip at all");
    return true;
  };
  using client = new Client({ decode: true, headers: { "Accept-Encoding": "br" } });
  await client.download(source.url, `${tree.root}/file`, { headers: { "X-Own": "1" } });
  assertEquals(await Deno.readTextFile(`${tree.root}/file`), "not gzip at all");
  const [{ headers }] = source.asked as [Source["asked"][0]];
  assertEquals([headers["accept-encoding"], headers["x-own"]], ["identity", "1"]);
});

Deno.test("a download follows redirects, and takes no error page for the file", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = tree.write("file", "content");
  source.instead = (con, req) => {
    if (req.path === "/moved") con.redirect(302, "/file");
    else if (req.path === "/gone") con.sendError(410, "Gone", "an error page");
    else return false;
    return true;
  };
  for (const options of [{}, { resume: true }]) {
    const gone = source.url.replace("file", "gone");
    const error = await assertRejects(() => download(gone, path, options), HttpError);
    assertEquals([error.code, error.status], ["refused", 410]);
    assertEquals(error.message, `Cannot download "${gone}": the server answered 410 Gone`);
    assertEquals([await Deno.readTextFile(path), list(tree.root)], ["content", ["file"]]);
  }
  const { response } = await download(source.url.replace("file", "moved"), path);
  assertEquals(response.url, source.url);
  assertEquals(await Deno.readTextFile(path), TEXT);
  const manual = { redirect: "manual" } as const;
  const moved = source.url.replace("file", "moved");
  const error = await assertRejects(() => download(moved, path, manual), HttpError);
  assertEquals([error.code, error.status], ["refused", 302]);
});

Deno.test("a download without resume that breaks leaves the target as it was, and nothing else", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.cutAfter = 10;
  const old = tree.write("old", "content");
  for (const path of [old, `${tree.root}/new`]) {
    const error = await assertRejects(() => download(source.url, path), ClosedError);
    assertEquals([error.received, error.expected], [10, 43]);
  }
  assertEquals([list(tree.root), await Deno.readTextFile(old)], [["old"], "content"]);
});

Deno.test("a download with the right SHA-256 is kept, hex and base64", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const base64 = `sha256-${Uint8Array.fromHex(DIGEST).toBase64()}`;
  for (const sha256 of [DIGEST, DIGEST.toUpperCase(), base64]) {
    await download(source.url, `${tree.root}/file`, { sha256 });
    assertEquals(await Deno.readTextFile(`${tree.root}/file`), TEXT);
    Deno.removeSync(`${tree.root}/file`);
  }
});

Deno.test("a download with a wrong SHA-256 leaves the target as it was, and nothing else", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = tree.write("file", "content");
  const sha256 = "0".repeat(64);
  for (const options of [{ sha256 }, { sha256, resume: true }]) {
    const error = await assertRejects(() => download(source.url, path, options), HttpError);
    assertEquals(error.code, "checksum");
    assertMatch(error.message, new RegExp(`${DIGEST}, not 0{64}$`));
    assertEquals([await Deno.readTextFile(path), list(tree.root)], ["content", ["file"]]);
  }
});

Deno.test("what is wrong with the arguments is said before anything is asked for", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  const cases: [string, DownloadOptions, typeof TypeError | typeof HttpError][] = [
    [path, { sha256: "abc" }, TypeError],
    [path, { resume: "yes" as never }, TypeError],
    [path, { headers: { Range: "bytes=5-" } }, TypeError],
    [path, { headers: [["if-range", '"a"']] }, TypeError],
    [path, { bodyTofile: "x" } as never, TypeError],
    [tree.root, {}, HttpError],
    [tree.root, { resume: true }, HttpError],
    [`${tree.root}/none/file`, {}, HttpError],
    ["/dev/null", { resume: true }, HttpError],
  ];
  for (const [target, options, kind] of cases) {
    await assertRejects(() => download(source.url, target, options), kind);
  }
  assertEquals([source.asked, list(tree.root)], [[], []]);
});

Deno.test({
  name: "a full disk ends a download with a clear error",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using source = new Source(TEXT);
    const error = await assertRejects(() => download(source.url, "/dev/full"), HttpError);
    assertEquals(error.code, "file");
    assertEquals(error.message, 'Cannot write file "/dev/full": no space left on the device');
  },
});

Deno.test("a part that nobody asked for is not taken for the file", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.instead = (con) => {
    con.setStatus(206);
    con.addHeader("Content-Range", "bytes 0-9/43");
    con.send(TEXT.slice(0, 10));
    return true;
  };
  for (const options of [{}, { resume: true }]) {
    const path = `${tree.root}/file`;
    const error = await assertRejects(() => download(source.url, path, options), HttpError);
    assertEquals([error.code, error.status], ["refused", 206]);
  }
  assertEquals(list(tree.root), []);
});

Deno.test("a signal that was aborted before leaves nothing and asks for nothing", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const options = { signal: AbortSignal.abort(new Error("before")) };
  for (const resume of [false, true]) {
    const path = `${tree.root}/file`;
    await assertRejects(() => download(source.url, path, { ...options, resume }), Error, "before");
  }
  assertEquals([source.asked, list(tree.root)], [[], []]);
});

Deno.test("a download that stands still ends with idleTimeout, though it has no other deadline", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.stallAfter = 10;
  const options = { idleTimeout: 0.1 };
  const error = await assertRejects(
    () => download(source.url, `${tree.root}/file`, options),
    TimeoutError,
  );
  assertEquals([error.limit, list(tree.root)], ["idleTimeout", []]);
});

Deno.test({
  name: "downloads that end in any way leave no descriptor",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using tree = new TempTree();
    const path = `${tree.root}/file`;
    // What a first one opens for good is not counted.
    await endInAnyWay(path, 1);
    const before = countDescriptors();
    await endInAnyWay(path, 30);
    assertEquals(countDescriptors(), before);
  },
});

/** Downloads that complete, break, or are aborted, from a server that is gone in the end. */
async function endInAnyWay(path: string, count: number): Promise<void> {
  await using source = new Source(TEXT);
  for (let i = 0; i < count; i++) {
    source.cutAfter = i % 3 === 0 ? 10 : undefined;
    source.stallAfter = i % 3 === 1 ? 10 : undefined;
    const aborter = new AbortController();
    const onProgress = (): void => {
      if (i % 3 === 1) aborter.abort();
    };
    const options = { resume: i % 2 === 0, signal: aborter.signal, onProgress };
    const outcome = download(source.url, path, options).then(() => true, () => false);
    assertEquals(await outcome, i % 3 === 2);
  }
}

Deno.test({
  name: "a thousand aborted downloads leave no descriptor and no file",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using tree = new TempTree();
    await abortMany(tree, 1);
    const before = countDescriptors();
    for (let round = 0; round < 20; round++) await abortMany(tree, 50);
    assertEquals([countDescriptors(), list(tree.root)], [before, []]);
  },
});

/** Downloads that are aborted when their first bytes have come, all at once. */
async function abortMany(tree: TempTree, count: number): Promise<void> {
  await using source = new Source(TEXT);
  source.stallAfter = 10;
  using client = new Client({ maxPerOrigin: count });
  await Promise.all(Array.from({ length: count }, async (_, n) => {
    const aborter = new AbortController();
    const { signal } = aborter;
    const onProgress = (): void => aborter.abort();
    const path = `${tree.root}/${n}`;
    await assertRejects(
      () => client.download(source.url, path, { signal, onProgress }),
      DOMException,
    );
  }));
}

Deno.test("options of the client hold for downloads, too, before their own defaults", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  source.instead = (con) => {
    con.setStatus(302);
    con.addHeader("Location", "/elsewhere");
    return true;
  };
  using strict = new Client({ redirect: "error" });
  const error = await assertRejects(() => strict.download(source.url, `${tree.root}/a`), HttpError);
  assertEquals(error.code, "redirect");
  source.instead = undefined;
  source.stallAfter = 5;
  using hasty = new Client({ timeout: 0.2 });
  const late = await assertRejects(() => hasty.download(source.url, `${tree.root}/a`), HttpError);
  assertEquals(late.code, "timeout");
  const told: number[] = [];
  source.stallAfter = undefined;
  using watching = new Client({ onProgress: ({ bytes }) => told.push(bytes) });
  await watching.download(source.url, `${tree.root}/a`);
  assertEquals(told.at(-1), TEXT.length);
});

Deno.test("errors of a download say what is known of its request", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  const wrong = "0".repeat(64);
  for (const resume of [false, true]) {
    const refused = async (): Promise<HttpError> => {
      source.instead = (con) => {
        con.setStatus(404);
        return true;
      };
      const error = await assertRejects(() => download(source.url, path, { resume }), HttpError);
      source.instead = undefined;
      return error;
    };
    for (
      const error of [
        await refused(),
        await assertRejects(() => download(source.url, path, { resume, sha256: wrong }), HttpError),
      ]
    ) {
      assertEquals([error.url, error.reused, error.safeToRetry], [source.url, false, true]);
      assert(error.bytesSent! > 0 && error.bytesReceived! > 0, error.message);
    }
    const folder = await assertRejects(
      () => download(source.url, tree.root, { resume }),
      HttpError,
    );
    assertEquals([folder.url, folder.bytesSent, folder.safeToRetry], [source.url, 0, true]);
  }
});

Deno.test("a download refuses options that would have no effect", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/file`;
  for (const options of [{ bodyToFile: "/x" }, { decode: 5 }, { resume: 1 }, { nothing: 1 }]) {
    const [name] = Object.keys(options);
    await assertRejects(
      () => download("http://127.0.0.1:1/", path, options as DownloadOptions),
      TypeError,
      `"${name}"`,
    );
  }
});

Deno.test("retry of a download counts all attempts, and timeout covers them all", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const path = `${tree.root}/file`;
  // Each connection is closed without an answer.
  const closing = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  const serving = (async () => {
    for await (const conn of closing) {
      connections++;
      conn.close();
    }
  })();
  const url = `http://127.0.0.1:${closing.addr.port}/`;
  const retry = { attempts: 3, delay: 0 };
  for (const resume of [false, true]) {
    connections = 0;
    await assertRejects(() => download(url, path, { retry, resume }), HttpError);
    assertEquals(connections, 3);
  }
  closing.close();
  await serving;
  source.stallAfter = 5;
  const timeout = 0.3;
  const error = await assertRejects(
    () => download(source.url, path, { retry: { attempts: 9, delay: 0 }, timeout }),
    TimeoutError,
  );
  assertEquals([error.limit, source.asked.length], ["timeout", 1]);
});
