import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { ChunkQueue } from "../../../multipart/parse/chunk_queue.ts";

Deno.test("a ChunkQueue gives chunks in their order, whenever they came", () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 100 }), (pushes) => {
    const queue = new ChunkQueue();
    const expected: Uint8Array[] = [];
    for (const isPush of pushes) {
      if (isPush) {
        const chunk = new Uint8Array(1);
        expected.push(chunk);
        queue.push(chunk);
      } else {
        assertStrictEquals(queue.shift(), expected.shift());
      }
    }
    for (const chunk of expected) assertStrictEquals(queue.shift(), chunk);
    assertEquals(queue.shift(), undefined);
  }));
});
