import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { checkManifest } from "../../../server/embedded/manifest.ts";
import { serveEmbedded } from "../../../server/embedded/serve_embedded.ts";
import { prepareSite } from "../../../tools/site/prepare_site.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const SCRIPT = 'import "https://example.test/x.js";\n'.repeat(100);

/** A site to prepare. */
function siteTree(): TempTree {
  const tree = new TempTree();
  tree.write("index.html", "<h1>top</h1>");
  tree.write("app.3f2a9c1b.js", SCRIPT);
  tree.write("app.3f2a9c1b.js.gz", new Uint8Array(gzipSync(SCRIPT, { level: 1 })));
  tree.write("same.js", SCRIPT);
  tree.write("noise.txt", crypto.getRandomValues(new Uint8Array(2000)));
  tree.write("photo.jpg", new Uint8Array(5000));
  tree.write("ü b/c.css", "a{}");
  tree.write(".env", "secret");
  tree.link("link.html", "index.html");
  Deno.chmodSync(tree.write("locked.txt"), 0o444);
  return tree;
}

/** The files of a folder with their contents. */
function contentsOf(folder: string): Map<string, Uint8Array> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return new Map(names.map((name) => [name, Deno.readFileSync(`${folder}/${name}`)]));
}

Deno.test("prepareSite() stores each content under its hash, with a manifest that fits", async () => {
  using tree = siteTree();
  const build = `${tree.top}/build`;
  const { files, main, count } = await prepareSite({ site: tree.root, build, precompress: true });
  assertEquals([count, main], [9, `${build}/main.ts`]);
  const manifest = checkManifest(JSON.parse(Deno.readTextFileSync(`${build}/manifest.json`)));
  const stored = contentsOf(files);
  // Nothing in it is called like a module.
  for (const name of stored.keys()) assert(/^[0-9a-f]{64}$/.test(name), name);
  const used = Object.values(manifest.files).flatMap(({ file, codings = {} }) => [
    file!,
    ...Object.values(codings).map(({ file }) => file),
  ]);
  assertEquals([...new Set(used)].sort(), [...stored.keys()]);
  const codingsOf = (name: string): string[] => Object.keys(manifest.files[name]!.codings ?? {});
  assertEquals(codingsOf("same.js"), ["br", "zstd", "gzip"]);
  for (const name of ["index.html", "noise.txt", "photo.jpg", "app.3f2a9c1b.js.gz"]) {
    assertEquals([name, codingsOf(name)], [name, []]);
  }
  // The form that was there is not made anew.
  const { app, own } = {
    app: manifest.files["app.3f2a9c1b.js"]!,
    own: manifest.files["app.3f2a9c1b.js.gz"]!,
  };
  assertEquals(codingsOf("app.3f2a9c1b.js").sort(), ["br", "gzip", "zstd"]);
  assertEquals(app.codings!.gzip!.etag, own.etag);

  const site = serveEmbedded({ manifest, base: files });
  for (const name of Object.keys(manifest.files)) {
    const response = await site(new Request(`http://a/${encodeURI(name)}`));
    assertEquals(await response.bytes(), Deno.readFileSync(`${tree.root}/${name}`), name);
  }
});

Deno.test("prepareSite() makes the same folder of the same files", async () => {
  using tree = siteTree();
  const folders: Map<string, Uint8Array>[] = [];
  for (const build of ["one", "other", "one"]) {
    const { files } = await prepareSite({
      ...{ site: tree.root, build: `${tree.outside}/${build}`, precompress: true },
    });
    const top = ["main.ts", "manifest.json"].map((name) =>
      [name, Deno.readFileSync(`${tree.outside}/${build}/${name}`)] as const
    );
    folders.push(new Map([...contentsOf(files), ...top]));
  }
  assertEquals(folders[1], folders[0]);
  assertEquals(folders[2], folders[0]);
});

Deno.test("prepareSite() replaces what it made, and nothing else", async () => {
  using tree = siteTree();
  const build = `${tree.outside}/build`;
  const prepare = (folder: string) =>
    prepareSite({ site: tree.root, build: folder, precompress: false });
  const { files } = await prepare(build);
  const before = contentsOf(files);
  assertEquals(before.size, 7);
  tree.write("index.html", "<h1>new</h1>");
  await prepare(build);
  assertEquals(contentsOf(files).size, before.size);
  tree.writeOutside("build/notes.txt");
  await assertRejects(() => prepare(build), Error, "it holds something else");
  assertEquals(Deno.readTextFileSync(`${build}/notes.txt`), "outside");
  for (const folder of ["build", "a/b", ""]) {
    await assertRejects(() => prepare(`${tree.root}/${folder}`), Error, "lies in it");
  }
  Deno.symlinkSync(tree.root, `${tree.outside}/alias`);
  await assertRejects(() => prepare(`${tree.outside}/alias/build`), Error, "lies in it");
  // Nothing was made for it.
  assertEquals([...Deno.readDirSync(tree.root)].filter(({ name }) => name === "build"), []);
  // With a name of what is made here it would be replaced.
  const inside = { site: tree.root, build: tree.top, precompress: false };
  await assertRejects(() => prepareSite(inside), Error, "it lies in");
  for (const [site, why] of [["none", "no such folder"], ["index.html", "it is not a folder"]]) {
    const wrong = { site: `${tree.root}/${site}`, build: `${tree.outside}/x`, precompress: false };
    await assertRejects(() => prepareSite(wrong), Error, `${site}": ${why}`);
  }
});
