import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { digestOf, isCodingOf } from "../../../server/embedded/stored_coding.ts";
import { TempTree } from "../files/temp_tree.ts";

const CONTENT = new TextEncoder().encode("the content of a file, ".repeat(10_000));
const PACKED = {
  br: new Uint8Array(brotliCompressSync(CONTENT)),
  zstd: new Uint8Array(zstdCompressSync(CONTENT)),
  gzip: new Uint8Array(gzipSync(CONTENT)),
};
const CODINGS = ["br", "zstd", "gzip"] as const;

async function* piecesOf(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

Deno.test("digestOf() gives the size and the SHA-256 as a strong tag, however the bytes come", async () => {
  const etag = `"${createHash("sha256").update(CONTENT).digest("base64url")}"`;
  const size = CONTENT.length;
  assertEquals(await digestOf(piecesOf(CONTENT)), { size, etag });
  const split = piecesOf(CONTENT.subarray(0, 1), CONTENT.subarray(1));
  assertEquals(await digestOf(split, size), { size, etag });
  assertEquals(await digestOf(piecesOf(CONTENT), size - 1), undefined);
  assertEquals((await digestOf(piecesOf()))!.size, 0);
});

Deno.test("isCodingOf() finds what decodes to the content, and nothing else", async () => {
  using tree = new TempTree();
  const whole = (await digestOf(piecesOf(CONTENT)))!;
  const other = (await digestOf(piecesOf(CONTENT.subarray(1))))!;
  for (const coding of CODINGS) {
    const path = tree.write(coding, PACKED[coding]);
    assertEquals(await isCodingOf(path, coding, whole), true, coding);
    assertEquals(await isCodingOf(path, coding, other), false, coding);
    const truncated = tree.write("truncated", PACKED[coding].subarray(0, -8));
    assertEquals(await isCodingOf(truncated, coding, whole), false, coding);
    const plain = tree.write("plain", CONTENT);
    assertEquals(await isCodingOf(plain, coding, whole), false, coding);
    assertEquals(await isCodingOf(tree.write("empty", ""), coding, whole), false, coding);
  }
});

Deno.test("isCodingOf() fails when the file cannot be read", async () => {
  using tree = new TempTree();
  const whole = (await digestOf(piecesOf(CONTENT)))!;
  for (const coding of CODINGS) {
    await assertRejects(() => isCodingOf(`${tree.root}/missing`, coding, whole), Error, "ENOENT");
  }
});
