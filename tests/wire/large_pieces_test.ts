import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import { LARGE_BYTES, readPieces } from "../../wire/large_pieces.ts";

/** The lengths of all pieces of a stream, and a sum of their bytes. */
async function read(stream: ReadableStream<unknown>): Promise<{ lengths: number[]; sum: number }> {
  const reader = readPieces(stream);
  const lengths: number[] = [];
  let sum = 0;
  for (let piece; !(piece = await reader.read()).done;) {
    const bytes = piece.value as Uint8Array;
    lengths.push(bytes.length);
    for (const byte of bytes) sum += byte;
  }
  return { lengths, sum };
}

Deno.test("a piece stays what it is while the next one is read", async () => {
  const path = await Deno.makeTempFile();
  try {
    const bytes = new Uint8Array(5_000_000).map((_, at) => at / 1000);
    await Deno.writeFile(path, bytes);
    const reader = readPieces((await Deno.open(path)).readable);
    let next = await reader.read();
    for (let at = 0; !next.done;) {
      const piece = next.value as Uint8Array;
      next = await reader.read();
      assertEquals(Buffer.compare(piece, bytes.subarray(at, at + piece.length)), 0);
      at += piece.length;
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a file is read in pieces that grow beyond a write", async () => {
  const path = await Deno.makeTempFile();
  try {
    const sizes = [65536, 131072, 262144, 4 * LARGE_BYTES, 4 * LARGE_BYTES, 4 * LARGE_BYTES, 5];
    const total = sizes.reduce((sum, size) => sum + size);
    await Deno.writeFile(path, new Uint8Array(total).fill(1));
    const { readable } = await Deno.open(path);
    const { lengths, sum } = await read(readable);
    assertEquals([lengths, sum], [sizes, total]);
    const cancelled = readPieces((await Deno.open(path)).readable);
    assertEquals((await cancelled.read()).done, false);
    await cancelled.cancel("enough"); // closes the file
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("any other stream is read as it comes, whatever it gives", async () => {
  const of = (...pieces: unknown[]) => ReadableStream.from(pieces);
  const { lengths } = await read(of(new Uint8Array(3), new Uint8Array(0), new Uint8Array(200_000)));
  assertEquals(lengths, [3, 0, 200_000]);
  assertEquals((await readPieces(of("text")).read()).value, "text");
});
