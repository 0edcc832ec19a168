import { assertEquals, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { patternBlock, patternDigest, patternPieces } from "../../../bench/servers/pattern.ts";

Deno.test("patternPieces() are as long as asked, the last one cut, and have the digest told", () => {
  const block = patternBlock();
  const bytes = 2 * block.length + 3;
  const pieces = [...patternPieces(block, bytes)];
  assertEquals(pieces.map((piece) => piece.length), [block.length, block.length, 3]);
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  assertEquals(patternDigest(bytes), hash.digest("hex"));
  assertNotEquals(patternDigest(bytes), patternDigest(bytes + 1));
});

Deno.test("patternBlock() is noise: no part of it repeats", () => {
  const words = new Uint32Array(patternBlock().buffer);
  assertEquals(new Set(words).size, words.length);
});
