import { assert, assertEquals, assertRejects } from "@std/assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { compressFile } from "../../../server/files/compress_file.ts";
import { factsOf, type FileFacts } from "../../../server/files/locate.ts";
import { HttpError } from "../../../wire/errors.ts";
import { countDescriptors } from "../../open_descriptors.ts";
import { TempTree } from "./temp_tree.ts";

const bytes = crypto.getRandomValues(new Uint8Array(60_000));
const content = await new Blob(Array(20).fill(bytes)).bytes();

/** A file for a test, as it was found. */
function found(tree: TempTree): FileFacts {
  const path = tree.write("file", content);
  return factsOf(path, Deno.lstatSync(path));
}

Deno.test("compressFile() compresses a file, or its bytes in memory, which stay as they are", async () => {
  using tree = new TempTree();
  const part = { facts: found(tree), offset: 0, count: content.length };
  const kept = content.slice();
  const ofFile = await new Response(compressFile(part, "br")).bytes();
  const inMemory = await new Response(compressFile(kept, "gzip")).bytes();
  assertEquals(kept, content);
  for (const unpacked of [brotliDecompressSync(ofFile), gunzipSync(inMemory)]) {
    assertEquals(unpacked.length, content.length);
    assert(unpacked.every((byte: number, at: number) => byte === content[at]));
  }
  const none = await new Response(compressFile(new Uint8Array(0), "br")).bytes();
  assertEquals(brotliDecompressSync(none).length, 0);
});

Deno.test("compressFile() leaves no file open, whether it is read, cancelled, dropped or fails", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const part = { facts, offset: 0, count: content.length };
  const before = countDescriptors();
  compressFile(part, "zstd");
  await compressFile(part, "zstd").cancel();
  assertEquals(countDescriptors(), before);
  for (let i = 0; i < 5; i++) {
    const reader = compressFile(part, "gzip").getReader();
    for (let read = 0; read < 100_000;) read += (await reader.read()).value!.length;
    assertEquals(countDescriptors(), before + 1);
    await reader.cancel();
    assertEquals(countDescriptors(), before);
  }
  const reader = compressFile(part, "gzip").getReader();
  for (let read = 0; read < 100_000;) read += (await reader.read()).value!.length;
  Deno.truncateSync(facts.path, 1000);
  await assertRejects(
    async () => {
      while (!(await reader.read()).done);
    },
    HttpError,
    "it shrank",
  );
  assertEquals(countDescriptors(), before);
});
