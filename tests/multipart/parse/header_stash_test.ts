import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { HeaderStash } from "../../../multipart/parse/header_stash.ts";
import { LimitError } from "../../../wire/errors.ts";
import { bytesOf, splitsOf, textOf } from "../../wire/fakes.ts";

const BLOCK = "A: b\r\nC: d\r\n\r\n";

/** Adds pieces until a block is complete; gives how many bytes of the last one belong to it, or -1. */
function addAll(stash: HeaderStash, pieces: readonly string[]): number {
  let used = -1;
  for (const piece of pieces) {
    assertEquals(used, -1, "complete before all pieces were added");
    used = stash.add(bytesOf(piece), 0);
  }
  return used;
}

Deno.test("a HeaderStash puts a block together, however it was cut, and leaves what follows", () => {
  for (const block of [BLOCK, "\r\n", "A:\r\n\r\n"]) {
    for (const pieces of splitsOf(block)) {
      for (const rest of ["", "x", "\r\n", BLOCK]) {
        const stash = new HeaderStash(100);
        const last = pieces.at(-1)!;
        const used = addAll(stash, [...pieces.slice(0, -1), last + rest]);
        const what = JSON.stringify([pieces, rest]);
        assertEquals(used, last.length, what);
        assertEquals([textOf(stash.bytes), stash.length], [block, block.length], what);
      }
    }
  }
});

Deno.test("a HeaderStash has what there is of a block that is not complete", () => {
  const stash = new HeaderStash(100);
  assertEquals([stash.length, stash.bytes.length], [0, 0]);
  assertEquals(stash.add(bytesOf("A: "), 0), -1);
  assertEquals(stash.add(bytesOf(""), 0), -1);
  assertEquals(stash.add(bytesOf("b\r\n\r"), 0), -1);
  assertEquals([textOf(stash.bytes), stash.length], ["A: b\r\n\r", 7]);
});

Deno.test("a HeaderStash takes a chunk from an index on, and copies it", () => {
  const stash = new HeaderStash(100);
  const chunk = bytesOf("xyzA: ");
  assertEquals(stash.add(chunk, 3), -1);
  chunk.fill(0);
  assertEquals(stash.add(bytesOf("xyzb\r\n\r\nrest"), 3), 5);
  assertEquals(textOf(stash.bytes), "A: b\r\n\r\n");
});

Deno.test("a HeaderStash collects the next block after it was cleared", () => {
  const stash = new HeaderStash(BLOCK.length);
  for (const block of [BLOCK, "\r\n", "E:\r\n\r\n", BLOCK]) {
    for (const pieces of splitsOf(block)) {
      addAll(stash, pieces);
      assertEquals(textOf(stash.bytes), block);
      stash.clear();
      assertEquals([stash.length, stash.bytes.length], [0, 0]);
    }
  }
});

Deno.test("a HeaderStash takes a block of as many bytes as the limit, and none of one more", () => {
  for (const rest of ["", "x", BLOCK]) {
    for (const pieces of splitsOf(BLOCK)) {
      const sent = [...pieces.slice(0, -1), pieces.at(-1)! + rest];
      addAll(new HeaderStash(BLOCK.length), sent);
      const error = assertThrows(() => addAll(new HeaderStash(BLOCK.length - 1), sent), LimitError);
      assertEquals([error.limit, error.max, error.status], ["maxHeaderBytes", 13, 413]);
    }
  }
});

Deno.test("a HeaderStash fails as soon as a block cannot end within the limit any more", () => {
  const stash = new HeaderStash(10);
  assertEquals(stash.add(new Uint8Array(9).fill(0x61), 0), -1);
  assertThrows(() => stash.add(bytesOf("a"), 0), LimitError, '"maxHeaderBytes"');
  assertThrows(() => new HeaderStash(0).add(bytesOf("\r\n"), 0), LimitError, '"maxHeaderBytes"');
});

Deno.test("a HeaderStash without a limit collects a long block from any pieces", () => {
  const lines = fc.array(fc.stringMatching(/^[a-z]{1,300}$/), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(lines, fc.integer({ min: 1, max: 700 }), (lines, size) => {
    const block = `${lines.join("\r\n")}\r\n\r\n`;
    const pieces: string[] = [];
    for (let at = 0; at < block.length; at += size) pieces.push(block.slice(at, at + size));
    const stash = new HeaderStash(Infinity);
    assertEquals(addAll(stash, pieces), pieces.at(-1)!.length);
    assertEquals(textOf(stash.bytes), block);
  }));
});

Deno.test("a HeaderStash takes memory as a block grows, not as much as the limit", () => {
  const stash = new HeaderStash(1 << 20);
  for (let length = 1; length <= 20_000; length++) {
    stash.add(bytesOf("a"), 0);
    const { byteLength } = stash.bytes.buffer;
    assert(byteLength <= Math.max(256, 2 * length), `${byteLength} bytes for ${length}`);
  }
});
