import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path";
import { gzipSync } from "node:zlib";
import { buildManifest } from "../../../server/embedded/build_manifest.ts";
import { EmbeddedSite, type EmbeddedSiteOptions } from "../../../server/embedded/embedded_site.ts";
import { openLocated, readWhole } from "../../../server/files/open_file.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import type { FoundFile } from "../../../server/files/file_source.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../files/temp_tree.ts";

const TEXT = "some text that becomes shorter, ".repeat(100);

async function siteOf(
  tree: TempTree,
  options: Partial<EmbeddedSiteOptions> = {},
): Promise<EmbeddedSite> {
  return new EmbeddedSite({
    manifest: await buildManifest(tree.root),
    base: tree.root,
    ...options,
  });
}

function find(site: EmbeddedSite, path: string, acceptEncoding?: string): FoundFile {
  const found = site.find(parseSafePath(path) as SafePath, { "accept-encoding": acceptEncoding });
  assert(typeof found === "object" && found.kind === "file", `${path}: ${JSON.stringify(found)}`);
  return found;
}

/** Reads a file and has the site keep it, as serving it does. */
function read(site: EmbeddedSite, found: FoundFile): void {
  using file = openLocated(found.facts)!;
  site.keep(found, readWhole(file, found.size)!);
}

Deno.test("EmbeddedSite knows files by the manifest, with tags and without times", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "content");
  const manifest = await buildManifest(tree.root);
  const site = new EmbeddedSite({ manifest, base: toFileUrl(`${tree.root}/`) });
  const { facts, ...found } = find(site, "/a.txt");
  const { etag, size, type: mediaType } = manifest.files["a.txt"]!;
  assertEquals(found, {
    ...{ kind: "file", name: "a.txt", size, etag, mediaType, mtimeMs: null, varies: false },
    ...{ fields: [], coding: undefined, bytes: undefined },
  });
  assertEquals(facts.path, `${tree.root}/a.txt`);
  assert(site.confirms({ ...found, facts }));
  // What came later is not part of it.
  tree.write("b.txt");
  assertEquals(site.find(parseSafePath("/b.txt") as SafePath, {}), 404);
  assertEquals(site.missing({}), 404);
});

Deno.test("EmbeddedSite sends the stored form that the client likes best, with its own tag", async () => {
  using tree = new TempTree();
  tree.write("a.js", TEXT);
  tree.write("a.js.gz", new Uint8Array(gzipSync(TEXT)));
  const manifest = await buildManifest(tree.root);
  const site = new EmbeddedSite({ manifest, base: tree.root });
  const { gzip } = manifest.files["a.js"]!.codings!;
  const packed = find(site, "/a.js", "br, gzip;q=0.5, identity;q=0.2");
  assertEquals(
    [packed.coding, packed.etag, packed.size, packed.facts.path],
    ["gzip", gzip!.etag, gzip!.size, `${tree.root}/a.js.gz`],
  );
  assertEquals([packed.varies, packed.name, packed.mediaType], [
    true,
    "a.js",
    "text/javascript; charset=UTF-8",
  ]);
  for (const accepted of [undefined, "", "br", "gzip;q=0", "gzip;q=0.1, identity"]) {
    const plain = find(site, "/a.js", accepted);
    assertEquals([accepted, plain.coding, plain.varies], [accepted, undefined, true]);
  }
});

Deno.test("EmbeddedSite looks at a file once, and at no file of which it has the content", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "content");
  const site = await siteOf(tree);
  const first = find(site, "/a.txt");
  assert(site.keeps(first));
  read(site, first);
  Deno.removeSync(`${tree.root}/a.txt`);
  const again = find(site, "/a.txt");
  assertStrictEquals(again.facts, first.facts);
  assertEquals(new TextDecoder().decode(again.bytes), "content");
  assertStrictEquals(site.settings.cache && site.settings.cache.maxAge, Infinity);

  const moved = new TextEncoder().encode("content");
  site.moved(again, moved);
  assertStrictEquals(find(site, "/a.txt").bytes, moved);
});

Deno.test("EmbeddedSite keeps files within its bounds, those that were sent last", async () => {
  using tree = new TempTree();
  const names = ["a", "b", "c", "d"];
  for (const name of names) tree.write(name, new Uint8Array(1000));
  tree.write("large", new Uint8Array(1001));
  const kept = (site: EmbeddedSite): string[] => names.filter((it) => find(site, `/${it}`).bytes);
  for (const bound of [{ maxBytes: 3 * 1600 }, { maxEntries: 3 }]) {
    const site = await siteOf(tree, { cache: { maxFileBytes: 1000, ...bound } });
    assert(!site.keeps(find(site, "/large")));
    for (const name of ["a", "b", "c"]) read(site, find(site, `/${name}`));
    // Kept again: that must not count twice.
    read(site, find(site, "/c"));
    find(site, "/a");
    read(site, find(site, "/d"));
    assertEquals(kept(site), ["a", "c", "d"]);
  }
  for (const cache of [false, { maxBytes: 0 }, { maxBytes: 1000 }, { maxEntries: 0 }] as const) {
    const site = await siteOf(tree, { cache });
    assert(!site.keeps(find(site, "/a")), JSON.stringify(cache));
  }
});

Deno.test("EmbeddedSite sends nothing that is not as its manifest says", async () => {
  using tree = new TempTree();
  const fails = (action: () => unknown, message: string): void => {
    const error = assertThrows(action, HttpError, message);
    assertEquals(error.status, 503);
  };
  for (const name of ["longer", "other", "gone", "folder"]) tree.write(name, "content");
  const site = await siteOf(tree);
  tree.write("longer", "content!");
  tree.write("other", "CONTENT");
  for (const name of ["gone", "folder"]) Deno.removeSync(`${tree.root}/${name}`);
  tree.folder("folder");
  fails(() => find(site, "/longer"), 'longer": it has 8 bytes, not 7 as in the manifest');
  fails(() => find(site, "/gone"), "No such file");
  fails(() => find(site, "/folder"), "not a regular file");
  fails(() => read(site, find(site, "/other")), 'other": it is not that of the manifest');
  assertEquals(find(site, "/other").bytes, undefined);
});

Deno.test("EmbeddedSite adds Cache-Control by rules, and to names with a hash in them", async () => {
  using tree = new TempTree();
  for (const name of ["app.3f2a9c1b.js", "map.3f2a9c1b.map", "index.html"]) tree.write(name);
  const fieldsOf = (site: EmbeddedSite): unknown[] =>
    ["/app.3f2a9c1b.js", "/map.3f2a9c1b.map", "/"].map((path) => find(site, path).fields);
  const immutable = ["Cache-Control", "public, max-age=31536000, immutable"];
  assertEquals(fieldsOf(await siteOf(tree)), [[immutable], [immutable], []]);
  const options = {
    headers: { "X-A": "b", "cache-control": "no-store" },
    cacheControl: [{ glob: "*.map", value: "private" }],
  };
  const [a, noStore] = [["X-A", "b"], ["cache-control", "no-store"]];
  assertEquals(fieldsOf(await siteOf(tree, options)), [
    [a, immutable],
    [a, ["Cache-Control", "private"]],
    [a, noStore],
  ]);
});

Deno.test("EmbeddedSite stores contents anywhere below its folder", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "content");
  const manifest = await buildManifest(tree.root);
  Deno.renameSync(`${tree.root}/a.txt`, `${tree.root}/0`);
  manifest.files["a.txt"]!.file = "0";
  const site = new EmbeddedSite({ manifest, base: tree.root });
  assertEquals(find(site, "/a.txt").facts.path, `${tree.root}/0`);
  assertEquals(site.find(parseSafePath("/0") as SafePath, {}), 404);
});

Deno.test("EmbeddedSite refuses options and manifests that are wrong, and names them", async () => {
  using tree = new TempTree();
  const manifest = await buildManifest(tree.root);
  const cases: [options: unknown, message: string][] = [
    [{ manifest }, 'Cannot serve site: option "base" is neither a path nor a file: URL'],
    [{ manifest, base: "" }, 'Cannot serve site: option "base" is neither a path nor a file: URL'],
    [{ manifest, base: new URL("http://a/") }, 'option "base" is neither a path nor a file: URL'],
    [{ base: tree.root }, "Cannot read manifest: it is no object"],
    [{ manifest: {}, base: tree.root }, "Cannot read manifest: its version is undefined, not 1"],
    [{ manifest, base: tree.root, index: "" }, 'Cannot serve site: option "index" is not a text'],
    [{ manifest, base: tree.root, docroot: "." }, 'Cannot serve site: no option "docroot"'],
    [{ manifest, base: tree.root, hidden: [] }, 'Cannot serve site: no option "hidden"'],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => new EmbeddedSite(options as EmbeddedSiteOptions), TypeError, message);
  }
});
