// The serve command with the right to read its folder alone, asked everything that the tests of files ask: it answers
// as a server does that may read everything.

import { assert, assertEquals } from "@std/assert";
import { listen } from "../../server/mod.ts";
import type { FileOptions } from "../../server/files/file_options.ts";
import { asking, exampleTree, ROWS, TRAVERSALS } from "../server/files_table.ts";
import { WithErrorPages } from "../../server/command/error_page.ts";
import { Folder } from "../../server/files/folder.ts";
import { serveFile } from "../../server/files/serve_file.ts";
import { portOf } from "../server/raw_client.ts";
import { ServeProcess } from "../server/serve_process.ts";

/** The same settings in two ways. */
interface Variant {
  readonly name: string;
  readonly args: string[];
  readonly index?: string;
  readonly gzip?: boolean;
  readonly files?: FileOptions;
}

const VARIANTS: Variant[] = [
  { name: "with defaults", args: [] },
  {
    name: "with other options",
    args: [
      ...["--gzip", "--index", "a.txt", "--404", "sub/index.html", "--clean-urls"],
      ...["--memory", "off", "--hidden", "large.*", "--links", "anywhere"],
    ],
    index: "a.txt",
    gzip: true,
    files: {
      ...{ notFound: "sub/index.html", cleanUrls: true, cache: false, hidden: ["large.*"] },
      links: "anywhere",
    },
  },
  {
    name: "with dot files and an application",
    args: ["--spa", "--dotfiles", "--compress", "--precompressed", "--links", "none"],
    files: { ...{ spa: true, dotfiles: true, compress: true, precompressed: true }, links: "none" },
  },
];

for (const { name, args, files, ...options } of VARIANTS) {
  Deno.test(`the serve command needs no more than to read its folder: ${name}`, async () => {
    using tree = exampleTree();
    const rights = [`--allow-read=${tree.root}`, "--allow-net=127.0.0.1"];
    const common = ["--port", "0", "--quiet", "--no-listing"];
    await using server = await ServeProcess.start([tree.root, ...common, ...args], rights);
    const folder = new Folder({ docroot: tree.root, ...options, ...files });
    await using reference = listen(
      "127.0.0.1",
      0,
      (con, req) => serveFile(new WithErrorPages(con, req.headers), req, folder),
    );
    const [ask, expect] = [asking(server.port), asking(portOf(reference))];
    const { etag } = (await expect("HEAD", "/a.txt", [])).fields;
    for (
      const [target, fields = [], method] of [
        ...ROWS,
        ...TRAVERSALS.map((it) => [it] as const),
      ]
    ) {
      const lines = fields.map((line) => line.replace("{etag}", etag!));
      for (const asked of method === undefined ? ["GET", "HEAD"] : [method]) {
        const found = await ask(asked, target, lines);
        const expected = await expect(asked, target, lines);
        // Links that lead elsewhere are followed only by who may go there.
        if (target === "/out" && args.includes("anywhere")) assertEquals(found.status, 403);
        else assertEquals(found, expected, `${asked} ${target} ${lines}`);
        assert(!found.body.includes("secret") || args.includes("--dotfiles"), target);
      }
    }
  });
}
