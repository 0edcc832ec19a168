import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import type { FoundFile } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import { find, pathOf } from "./asking.ts";
import { TempTree } from "./temp_tree.ts";

Deno.test("Folder.find() prefers the packed sibling for clients that take gzip", () => {
  using tree = new TempTree();
  const page = tree.write("page.html", "page page page");
  const packed = tree.write("page.html.gz", "packed");
  const alone = tree.write("alone.html");
  tree.write("only.html.gz");
  const index = tree.write("index.html.gz");
  tree.write("index.html");
  const folder = new Folder({ docroot: tree.root, gzip: true });

  const sent = find(folder, "/page.html", "gzip") as FoundFile;
  assertEquals([sent.facts.path, sent.coding, sent.varies], [packed, "gzip", true]);
  assertEquals([sent.name, sent.size], ["page.html", 6]);

  for (const accept of [undefined, "", "br", "gzip;q=0", "identity"]) {
    const plain = find(folder, "/page.html", accept) as FoundFile;
    assertEquals([plain.facts.path, plain.coding, plain.varies], [page, undefined, true], accept);
    assertEquals(plain.size, 14);
  }
  const lone = find(folder, "/alone.html", "gzip") as FoundFile;
  assertEquals([lone.facts.path, lone.coding, lone.varies], [alone, undefined, true]);
  assertEquals(pathOf(find(folder, "/", "gzip")), index);
  // Without the file itself, the sibling is a file of its own name only.
  assertEquals(find(folder, "/only.html", "gzip"), 404);
  const asked = find(folder, "/page.html.gz", "gzip") as FoundFile;
  assertEquals([asked.coding, asked.varies, asked.name], [undefined, false, "page.html.gz"]);
});

Deno.test("Folder.find() leaves siblings alone unless told otherwise", () => {
  using tree = new TempTree();
  const page = tree.write("page.html");
  tree.write("page.html.gz");
  const found = find(new Folder({ docroot: tree.root }), "/page.html", "gzip") as FoundFile;
  assertEquals([found.facts.path, found.coding, found.varies], [page, undefined, false]);
});

Deno.test("Folder.find() takes the stored form that the client likes best, and that is there", () => {
  using tree = new TempTree();
  tree.write("app.js", "x".repeat(2000));
  for (const name of ["app.js.br", "app.js.gz", "zst.js", "zst.js.zst"]) tree.write(name);
  const folder = new Folder({ docroot: tree.root, precompressed: true });
  const cases: [path: string, accept: string | undefined, coding: string | undefined][] = [
    ["/app.js", "gzip, br, zstd", "br"],
    ["/app.js", "gzip, zstd", "gzip"],
    ["/app.js", "gzip;q=1, br;q=0.5", "gzip"],
    ["/app.js", "zstd, gzip;q=0.1", "gzip"],
    ["/app.js", "zstd", undefined],
    ["/app.js", "*", "br"],
    ["/app.js", "br;q=0, *", "gzip"],
    ["/app.js", "br;q=0.5, identity", undefined],
    ["/app.js", undefined, undefined],
    ["/zst.js", "*", "zstd"],
    ["/zst.js", "gzip, br", undefined],
  ];
  for (const [path, accept, coding] of cases) {
    const found = find(folder, path, accept) as FoundFile;
    assertEquals([found.coding, found.varies, found.name], [coding, true, path.slice(1)], accept);
    assertEquals(found.compress, undefined);
  }
  const onlyZstd = new Folder({ docroot: tree.root, precompressed: ["zstd"] });
  assertEquals((find(onlyZstd, "/app.js", "*") as FoundFile).coding, undefined);
  assertEquals((find(onlyZstd, "/zst.js", "*") as FoundFile).coding, "zstd");
  // What is packed already has no form that is packed once more.
  tree.write("app.js.br.gz");
  const packed = find(folder, "/app.js.br", "gzip") as FoundFile;
  assertEquals([packed.coding, packed.varies], [undefined, false]);
});

Deno.test("Folder.find() compresses on the way what is worth it and not stored so", () => {
  using tree = new TempTree();
  tree.write("page.html", "x".repeat(1024));
  tree.write("small.html", "x".repeat(1023));
  tree.write("photo.png", "x".repeat(5000));
  tree.write("page.html.zst", "packed");
  const folder = new Folder({ docroot: tree.root, compress: true });
  const cases: [
    path: string,
    accept: string | undefined,
    coding: string | undefined,
    varies: boolean,
  ][] = [
    ["/page.html", "gzip, br", "br", true],
    ["/page.html", "gzip", "gzip", true],
    ["/page.html", "zstd", undefined, true],
    ["/page.html", undefined, undefined, true],
    ["/small.html", "gzip", undefined, false],
    ["/photo.png", "gzip", undefined, false],
    ["/page.html.zst", "gzip", undefined, false],
  ];
  for (const [path, accept, coding, varies] of cases) {
    const found = find(folder, path, accept) as FoundFile;
    assertEquals([found.compress, found.coding, found.varies], [coding, undefined, varies], path);
    assertEquals(found.facts.path, tree.root + path);
  }
  const both = new Folder({ docroot: tree.root, compress: true, precompressed: true });
  const stored = find(both, "/page.html", "br, zstd;q=0.5") as FoundFile;
  assertEquals([stored.coding, stored.compress], ["zstd", undefined]);
  const made = find(both, "/page.html", "gzip") as FoundFile;
  assertEquals([made.coding, made.compress], [undefined, "gzip"]);
});

Deno.test("Folder.find() never chooses a coding that the client does not accept", () => {
  using tree = new TempTree();
  for (const name of ["all.js", "br.js", "gz.js", "none.js", "none.png"]) {
    tree.write(name, "x".repeat(2000));
  }
  for (const name of ["all.js.br", "all.js.zst", "all.js.gz", "br.js.br", "gz.js.gz"]) {
    tree.write(name);
  }
  const options: FolderOptions[] = [
    { precompressed: true },
    { compress: true },
    { gzip: true },
    { precompressed: true, compress: true },
  ];
  const folders = options.map((it) => new Folder({ docroot: tree.root, ...it }));
  const name = fc.constantFrom("br", "zstd", "gzip", "identity", "*", "deflate", "GZip", "x-gzip");
  const weight = fc.constantFrom("", ";q=0", ";q=0.0", ";q=0.001", ";q=0.5", "; Q=1", ";q=0.9");
  const wish = fc.tuple(name, weight);
  const file = fc.constantFrom("/all.js", "/br.js", "/gz.js", "/none.js", "/none.png");
  fc.assert(
    fc.property(
      fc.constantFrom(...folders),
      file,
      fc.uniqueArray(wish, {
        maxLength: 6,
        selector: ([it]) => it.toLowerCase().replace("x-", ""),
      }),
      (folder, path, wishes) => {
        const found = find(folder, path, wishes.map((it) => it.join("")).join(", ")) as FoundFile;
        const sent = found.coding ?? found.compress;
        const weights = new Map(wishes.map(([coding, weight]) => {
          const value = /[\d.]+/.exec(weight)?.[0] ?? "1";
          return [coding.toLowerCase().replace("x-", ""), Number(value)];
        }));
        const any = weights.get("*") ?? 0;
        if (sent !== undefined) {
          const own = weights.get(sent) ?? any;
          assert(own > 0, `${sent} is not accepted`);
          assert(own >= (weights.get("identity") ?? 0), "the plain file is liked better");
          assert(found.varies);
          return;
        }
        // Where a form is stored that the client likes better, it is sent.
        if (folder.settings.precompressed.length < 3 || path !== "/all.js") return;
        for (const coding of ["br", "zstd", "gzip"]) {
          const own = weights.get(coding) ?? any;
          assert(own === 0 || own < (weights.get("identity") ?? 0), coding);
        }
      },
    ),
    { numRuns: 1500 },
  );
});
