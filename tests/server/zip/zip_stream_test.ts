import { assertEquals, assertRejects } from "@std/assert";
import { predictLength } from "client-zip";
import { Folder } from "../../../server/files/folder.ts";
import { ZipStream } from "../../../server/zip/zip_stream.ts";
import type { ZipEntry } from "../../../server/zip/zip_entries.ts";
import { HttpError } from "../../../wire/errors.ts";
import { countDescriptors } from "../../open_descriptors.ts";
import { TempTree } from "../files/temp_tree.ts";

function entryOf(relative: string, size: number, mtimeMs: number | null = 0): ZipEntry {
  return { name: `top/${relative}`, relative, kind: "file", size, mtimeMs };
}

async function lengthOf(zip: ZipStream): Promise<number> {
  let length = 0;
  for (let piece; (piece = await zip.read()) !== undefined;) length += piece.length;
  return length;
}

Deno.test("an archive has the length that was predicted, whatever the times", async () => {
  using tree = new TempTree();
  tree.write("a", "12345");
  tree.write("b", "");
  const entries = [
    { name: "top/", relative: "", kind: "folder", size: 0, mtimeMs: null } as const,
    entryOf("a", 5, -1e15),
    entryOf("b", 0, 8e15),
  ];
  const zip = new ZipStream(new Folder({ docroot: tree.root }), entries, true);
  const predicted = predictLength([{ name: "top/" }, ...entries.slice(1)]);
  assertEquals(await lengthOf(zip), Number(predicted));
  await zip.close();
});

Deno.test("what was announced and changed, or is gone, breaks the archive off", async () => {
  using tree = new TempTree();
  tree.write("a", "12345");
  tree.link("out", "/etc/hostname");
  const folder = new Folder({ docroot: tree.root });
  for (const entry of [entryOf("a", 4), entryOf("none", 5), entryOf("out", 5)]) {
    const zip = new ZipStream(folder, [entryOf("a", 5), entry], true);
    await assertRejects(() => lengthOf(zip), HttpError, "it changed meanwhile");
    await zip.close();
  }
});

Deno.test("what was not announced may have changed, or be gone", async () => {
  using tree = new TempTree();
  tree.write("a", "12345");
  const folder = new Folder({ docroot: tree.root });
  const zip = new ZipStream(folder, [entryOf("a", 4), entryOf("none", 5)], false);
  assertEquals(await lengthOf(zip), Number(predictLength([{ name: "top/a", size: 5 }])));
  await zip.close();
});

Deno.test("close() ends the walk and closes the file, wherever the archive stands", async () => {
  using tree = new TempTree();
  tree.write("a", "x".repeat(1_000_000));
  const folder = new Folder({ docroot: tree.root });
  for (let pieces = 0; pieces < 12; pieces++) {
    const before = countDescriptors();
    let isOver = false;
    const entries = (async function* () {
      try {
        while (true) yield entryOf("a", 1_000_000);
      } finally {
        isOver = true;
      }
    })();
    const zip = new ZipStream(folder, entries, true);
    for (let i = 0; i < pieces; i++) await zip.read();
    await zip.close();
    await zip.close();
    await entries.return(undefined as never);
    assertEquals([isOver || pieces === 0, countDescriptors()], [true, before]);
  }
});

Deno.test("the length of what needs zip64 is predicted, too", () => {
  const size = 5 * 2 ** 30;
  // The local head, the name twice, the descriptor, the entry at the end, and both ends of the archive.
  const expected = 30 + 24 + 46 + 2 * 1 + 28 + 22 + 76 + size;
  assertEquals(Number(predictLength([{ name: "a", size }])), expected);
});

Deno.test("the same entries give the same archive, whenever that is", async () => {
  using tree = new TempTree();
  tree.write("a", "12345");
  const folder = new Folder({ docroot: tree.root });
  const archives: string[] = [];
  const { now } = Date;
  try {
    for (const nowMs of [1_700_000_000_000, 1_800_000_000_000]) {
      Date.now = () => nowMs;
      const zip = new ZipStream(folder, [entryOf("a", 5, null)], true);
      const pieces: string[] = [];
      for (let piece; (piece = await zip.read()) !== undefined;) pieces.push(piece.toHex());
      archives.push(pieces.join(""));
      await zip.close();
    }
  } finally {
    Date.now = now;
  }
  assertEquals(archives[0], archives[1]);
});
