import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { brotliCompressSync, gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import {
  buildManifest,
  type BuildManifestOptions,
} from "../../../server/embedded/build_manifest.ts";
import {
  serveEmbedded,
  type ServeEmbeddedOptions,
} from "../../../server/embedded/serve_embedded.ts";
import { serve } from "../../../server/serve.ts";
import { serveFiles } from "../../../server/serve_files.ts";
import { RawClient } from "../../conformance/support.ts";
import { calling, exampleTree, ROWS, TRAVERSALS } from "../files_table.ts";
import { TempTree } from "../files/temp_tree.ts";

type Options = Partial<ServeEmbeddedOptions>;

async function embed(
  root: string,
  options: Options = {},
  build: BuildManifestOptions = {},
): Promise<(request: Request) => Promise<Response>> {
  return serveEmbedded({ manifest: await buildManifest(root, build), base: root, ...options });
}

/** What only one of the two says: time, and a tag that is made of it. */
function withoutTimes({ fields, ...answer }: { fields: Record<string, string> }): unknown {
  const { etag: _, "last-modified": __, ...others } = fields;
  return { ...answer, fields: others };
}

Deno.test("serveEmbedded() answers as serveFiles() does, but for times and tags", async () => {
  using tree = exampleTree();
  tree.write("about.html", "about");
  tree.write("404.html", "nothing here");
  // A folder that has nothing in it is no part of a site.
  tree.write("bare/x");
  const targets = [...TRAVERSALS, "/about", "/about.html", "/about/", "/sub/index", "/x/y"];
  const rows = [...ROWS, ...targets.map((it): typeof ROWS[number] => [it])];
  const variants: Options[] = [
    {},
    { index: "a.txt", prefix: "/static/v 1" },
    { cleanUrls: true, notFound: "404.html", headers: { "X-A": "b" } },
    { spa: true, cache: false, cacheControl: "no-cache" },
  ];
  for (const options of variants) {
    const embedded = calling(await embed(tree.root, options));
    const folder = calling(serveFiles({ docroot: tree.root, ...options }));
    const prefix = options.prefix === undefined ? "" : "/static/v%201";
    const tagOf = async (ask: typeof folder): Promise<string> =>
      (await ask("HEAD", `${prefix}/a.txt`, [])).fields["etag"]!;
    const [one, other] = [await tagOf(embedded), await tagOf(folder)];
    for (const [target, fields = [], method] of rows) {
      if (fields.some((field) => /^If-.*: \w+, \d+ \w+ /.test(field))) continue;
      for (const asked of method === undefined ? ["GET", "HEAD"] : [method]) {
        const ask = (who: typeof folder, tag: string) =>
          who(asked, prefix + target, fields.map((it) => it.replace("{etag}", tag)));
        assertEquals(
          withoutTimes(await ask(embedded, one)),
          withoutTimes(await ask(folder, other)),
          `${asked} ${target} ${fields} ${JSON.stringify(options)}`,
        );
      }
    }
  }
});

Deno.test("serveEmbedded() sends each file of a tree whole, under its SHA-256, 304 and in the best coding", async () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9ü ~_-]{1,5}(\.(js|txt|css|3f2a9c1b\.js))?$/);
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((it) => it.join("/"));
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 50, max: 5000 }).map((size) => new Uint8Array(size).fill(size)),
  );
  const pack = { br: brotliCompressSync, zst: zstdCompressSync, gz: gzipSync };
  const siblings = fc.subarray(["br", "zst", "gz"] as const);
  const files = fc.dictionary(path, fc.tuple(content, siblings), { maxKeys: 5 });
  await fc.assert(
    fc.asyncProperty(files, fc.boolean(), async (contents, caches) => {
      using tree = new TempTree();
      const made = new Map<string, Uint8Array>();
      for (const [name, [bytes, codings]] of Object.entries(contents)) {
        try {
          tree.write(name, new Uint8Array(bytes));
        } catch {
          // A file and a folder of the same name.
          continue;
        }
        made.set(name, bytes);
        for (const it of codings) {
          const packed = new Uint8Array(pack[it](bytes));
          tree.write(`${name}.${it}`, packed);
          made.set(`${name}.${it}`, packed);
        }
      }
      const manifest = await buildManifest(tree.root);
      assertEquals(Object.keys(manifest.files).sort(), [...made.keys()].sort());
      const site = serveEmbedded({
        ...{ manifest, base: tree.root },
        cache: caches ? undefined : false,
      });
      for (const [name, bytes] of made) {
        const url = `http://a/${name.split("/").map(encodeURIComponent).join("/")}`;
        const get = (headers: Record<string, string>) => site(new Request(url, { headers }));
        const etag = `"${createHash("sha256").update(bytes).digest("base64url")}"`;
        // Twice, since the second one may come from memory.
        for (let i = 0; i < 2; i++) {
          const response = await get({});
          assertEquals([response.status, response.headers.get("etag")], [200, etag]);
          assertEquals(response.headers.get("last-modified"), null);
          assertEquals(await response.bytes(), new Uint8Array(bytes));
        }
        assertEquals((await get({ "If-None-Match": etag })).status, 304);
        const best = ["br", "zst", "gz"].find((it) => {
          const packed = made.get(`${name}.${it}`);
          return packed !== undefined && packed.length < bytes.length;
        });
        const coded = await get({ "Accept-Encoding": "gzip, zstd, br" });
        const stored = best === undefined ? bytes : made.get(`${name}.${best}`)!;
        assertEquals(await coded.bytes(), new Uint8Array(stored));
        assertEquals(coded.headers.has("content-encoding"), best !== undefined);
        assertEquals(coded.headers.has("vary"), best !== undefined);
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("serveEmbedded() sends ranges of what is stored, from a file as from memory", async () => {
  using tree = new TempTree();
  const text = Array.from({ length: 40_000 }, (_, at) => at).join();
  const packed = new Uint8Array(gzipSync(text));
  tree.write("a.js", text);
  tree.write("a.js.gz", packed);
  for (const cache of [undefined, false] as const) {
    const site = await embed(tree.root, { cache });
    const get = (headers: Record<string, string>) =>
      site(new Request("http://a/a.js", { headers }));
    const whole = await get({});
    assertEquals(await whole.text(), text);
    for (const range of ["bytes=10-200019", "bytes=-5"]) {
      const part = await get({ Range: range });
      const [from, to] = range === "bytes=-5" ? [-5, undefined] : [10, 200020];
      assertEquals([part.status, await part.text()], [206, text.slice(from, to)]);
    }
    const first = await get({ "Accept-Encoding": "gzip", Range: "bytes=0-99" });
    const rest = await get({ "Accept-Encoding": "gzip", Range: "bytes=100-" });
    assertEquals([first.status, first.headers.get("vary")], [206, "Accept-Encoding"]);
    assert(first.headers.get("etag") !== whole.headers.get("etag"));
    const bytes = new Uint8Array([...await first.bytes(), ...await rest.bytes()]);
    assertEquals(gunzipSync(bytes).toString(), text);
  }
});

Deno.test("serveEmbedded() answers 503 when a file is not that of its manifest", async () => {
  using tree = new TempTree();
  tree.write("small", "content");
  tree.write("large", new Uint8Array(2_000_000));
  const site = await embed(tree.root);
  tree.write("small", "CONTENT");
  tree.write("large", new Uint8Array(2_000_001));
  for (const name of ["small", "large"]) {
    const response = await site(new Request(`http://a/${name}`));
    assertEquals([response.status, await response.text()], [503, ""]);
  }
});

/** Asks on one connection for paths of a site under `serve`. */
async function askUnderServe(
  site: (request: Request) => Promise<Response>,
  use: (ask: (path: string) => Promise<[status: number, body: string]>) => Promise<void>,
): Promise<void> {
  await using server = serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site);
  const { port } = server.addr as Deno.NetAddr;
  using client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  await use(async (path) => {
    await client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const { status, body } = await client.read("GET");
    return [status, body];
  });
}

Deno.test("serveEmbedded() answers the same again and again under serve()", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "content");
  await askUnderServe(await embed(tree.root), async (ask) => {
    for (let i = 0; i < 10; i++) {
      assertEquals(await ask("/a.txt"), [200, "content"]);
      assertEquals((await ask("/none"))[0], 404);
      // What was read once is not read again.
      if (i === 0) Deno.removeSync(`${tree.root}/a.txt`);
    }
  });
});

Deno.test("serveEmbedded() answers 503 under serve() for a file that is gone, as often as asked", async () => {
  using tree = new TempTree();
  tree.write("a.txt");
  const site = await embed(tree.root);
  Deno.removeSync(`${tree.root}/a.txt`);
  await askUnderServe(site, async (ask) => {
    for (let i = 0; i < 5; i++) assertEquals((await ask("/a.txt"))[0], 503);
  });
});

Deno.test("serveEmbedded() refuses what is wrong, and names it", () => {
  const cases: [options: unknown, message: string][] = [
    [undefined, "Cannot serve site: the options are no object"],
    [{}, 'Cannot serve site: option "base" is neither a path nor a file: URL'],
    [{ manifest: { version: 1, files: {} }, base: ".", prefix: "x" }, 'option "prefix" is "x"'],
    [{ manifest: { version: 1, files: {} }, base: ".", gzip: true }, 'no option "gzip"'],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => serveEmbedded(options as ServeEmbeddedOptions), TypeError, message);
  }
});
