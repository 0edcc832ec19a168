import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Collector } from "../../../multipart/parse/collector.ts";
import { bytesOf, textOf } from "../../wire/fakes.ts";

const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 });

Deno.test("a Collector has all bytes of all pieces, in order", () => {
  fc.assert(fc.property(pieces, (pieces) => {
    const collector = new Collector();
    let all = "";
    for (const piece of pieces) {
      collector.add(piece);
      all += textOf(piece);
      assertEquals(collector.length, all.length);
      assertEquals(textOf(collector.view()), all);
    }
    assertEquals(textOf(collector.take()), all);
  }));
});

Deno.test("a Collector gives what it took in a buffer of its own size", () => {
  for (const length of [0, 1, 1023, 1024, 1025, 2048, 5000]) {
    const collector = new Collector();
    for (let rest = length; rest > 0; rest -= 100) {
      collector.add(new Uint8Array(Math.min(rest, 100)));
    }
    const bytes = collector.take();
    assertEquals([bytes.length, bytes.byteOffset, bytes.buffer.byteLength], [length, 0, length]);
  }
});

Deno.test("a Collector copies: a piece may be overwritten after it was added", () => {
  const collector = new Collector();
  const piece = bytesOf("abc");
  collector.add(piece);
  piece.fill(0);
  assertEquals(textOf(collector.take()), "abc");
});

Deno.test("what a Collector gave stays as it is when more is added", () => {
  for (const length of [10, 1024]) {
    const collector = new Collector();
    collector.add(new Uint8Array(length).fill(1));
    const taken = collector.take();
    collector.add(new Uint8Array(2000).fill(2));
    assertEquals(taken, new Uint8Array(length).fill(1));
    assertNotStrictEquals(collector.view().buffer, taken.buffer);
    assertEquals(collector.view().subarray(0, length), taken);
  }
});

Deno.test("a Collector of 100,000 pieces of one byte has had few buffers", () => {
  const collector = new Collector();
  const piece = Uint8Array.of(7);
  let buffers = 0;
  let buffer: ArrayBuffer | undefined;
  for (let i = 0; i < 100_000; i++) {
    collector.add(piece);
    const { buffer: now } = collector.view();
    if (now !== buffer) buffers++;
    buffer = now;
  }
  assert(buffers <= 17, `${buffers} buffers, where doubling needs at most 17`);
  assertEquals(collector.take(), new Uint8Array(100_000).fill(7));
});
