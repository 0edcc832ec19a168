import { assert, assertEquals, assertRejects } from "@std/assert";
import { toFileUrl } from "@std/path";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { buildManifest } from "../../../server/embedded/build_manifest.ts";
import {
  checkManifest,
  formatManifest,
  type SiteManifest,
} from "../../../server/embedded/manifest.ts";
import { TempTree } from "../files/temp_tree.ts";

const TEXT = "some text that becomes shorter, ".repeat(100);

/** The tag that the content is to have. */
function tagOf(content: string | Uint8Array): string {
  return `"${createHash("sha256").update(content).digest("base64url")}"`;
}

function names(manifest: SiteManifest): string[] {
  return Object.keys(manifest.files);
}

Deno.test("buildManifest() lists what a served folder has, in order, and nothing of its surroundings", async () => {
  using tree = new TempTree();
  tree.write("index.html");
  tree.write("b/a.txt");
  tree.write("b.txt");
  tree.write("B/ü x.css", "");
  tree.write("__proto__", "a name as any other");
  tree.write(".env");
  tree.write("b/.hidden/x");
  tree.write(".well-known/security.txt");
  tree.write("back\\slash");
  tree.write("new\nline");
  tree.folder("empty");
  tree.fifo("fifo");
  tree.link("inside", "b.txt");
  tree.link("inside-folder", "b");
  tree.link("b/loop", "..");
  tree.link("to-hidden", ".env");
  tree.link("outside", "../outside/x");
  tree.writeOutside("x");
  tree.link("dead", "nothing");

  const manifest = await buildManifest(tree.root);
  checkManifest(manifest);
  assertEquals(names(manifest), [
    ...[".well-known/security.txt", "B/ü x.css", "__proto__", "b.txt", "b/a.txt"],
    ...["index.html", "inside", "inside-folder/a.txt"],
  ]);
  assertEquals(manifest.files["B/ü x.css"], {
    ...{ etag: tagOf(""), size: 0, type: "text/css; charset=UTF-8", immutable: false },
  });
  assertEquals(manifest.files["inside"]!.etag, tagOf("b.txt"));
  assert(!formatManifest(manifest).includes(tree.top));
});

Deno.test("buildManifest() keeps to the options of a served folder", async () => {
  using tree = new TempTree();
  for (const name of ["a.txt", "a.map", "sub/b.map", ".dot"]) tree.write(name);
  tree.link("link", "a.txt");
  const options = { hidden: ["*.map"], dotfiles: true, links: "none" } as const;
  assertEquals(names(await buildManifest(toFileUrl(tree.root), options)), [".dot", "a.txt"]);
  const wrong = { hidden: [1] } as unknown as typeof options;
  await assertRejects(
    () => buildManifest(tree.root, wrong),
    TypeError,
    'Cannot build manifest: option "hidden"',
  );
  await assertRejects(() => buildManifest(`${tree.root}/none`), Deno.errors.NotFound);
});

Deno.test("buildManifest() finds compressed forms that are what they say", async () => {
  using tree = new TempTree();
  const packed = { br: brotliCompressSync(TEXT), zst: zstdCompressSync(TEXT), gz: gzipSync(TEXT) };
  tree.write("all.js", TEXT);
  for (const [suffix, bytes] of Object.entries(packed)) {
    tree.write(`all.js.${suffix}`, new Uint8Array(bytes));
  }
  tree.write("stale.js", TEXT + "changed");
  tree.write("stale.js.gz", new Uint8Array(packed.gz));
  tree.write("wrong.js", TEXT);
  tree.write("wrong.js.br", new Uint8Array(packed.gz));
  tree.write("short.js", "x");
  tree.write("short.js.gz", new Uint8Array(gzipSync("x")));
  tree.write("alone.js.gz", new Uint8Array(packed.gz));

  const { files } = await buildManifest(tree.root);
  const stored = (suffix: keyof typeof packed) => ({
    ...{ file: `all.js.${suffix}`, size: packed[suffix].length, etag: tagOf(packed[suffix]) },
  });
  assertEquals(files["all.js"]!.codings, {
    ...{ br: stored("br"), zstd: stored("zst"), gzip: stored("gz") },
  });
  for (const name of ["stale.js", "wrong.js", "short.js", "alone.js.gz", "all.js.br"]) {
    assertEquals([name, files[name]!.codings], [name, undefined]);
  }
});

Deno.test("buildManifest() marks names with a hash in them", async () => {
  using tree = new TempTree();
  tree.write("assets/app.3f2a9c1b.js");
  tree.write("assets/app.js");
  const { files } = await buildManifest(tree.root);
  const marks = Object.entries(files).map(([name, { immutable }]) => [name, immutable]);
  assertEquals(marks, [["assets/app.3f2a9c1b.js", true], ["assets/app.js", false]]);
});

Deno.test("buildManifest() gives the same bytes for the same files, wherever and whenever", async () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9ü_-]{1,4}(\.(js|txt|css))?$/);
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((it) => it.join("/"));
  const content = fc.uint8Array({ maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(path, content, { maxKeys: 6 }), async (contents) => {
      using one = new TempTree();
      using other = new TempTree();
      const made: [string, Uint8Array<ArrayBuffer>][] = [];
      for (const [name, bytes] of Object.entries(contents)) {
        const copy = new Uint8Array(bytes);
        try {
          one.write(name, copy);
        } catch {
          // A file and a folder of the same name.
          continue;
        }
        made.push([name, copy]);
      }
      for (const [name, bytes] of made.reverse()) {
        Deno.utimeSync(other.write(name, bytes), 1, 1);
      }
      const manifest = await buildManifest(one.root);
      assertEquals(formatManifest(manifest), formatManifest(await buildManifest(other.root)));
      assertEquals(names(manifest).length, made.length);
      for (const [name, bytes] of made) {
        const { etag, size } = manifest.files[name]!;
        assertEquals([etag, size], [tagOf(bytes), bytes.length]);
      }
    }),
    { numRuns: 20 },
  );
});
