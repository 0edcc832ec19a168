import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { borrowBuffer, BULK_BYTES, returnBuffer } from "../../wire/buffer_pool.ts";

Deno.test("borrowBuffer() gives a buffer that is large enough and not much larger", () => {
  const sizes = [0, 1, 4096, 4097, 16384, 16385, 65536, 65537, 131073, 262144, 262145, 1_000_003];
  for (const least of sizes) {
    const { length } = borrowBuffer(least);
    assert(length >= least && length <= Math.max(4096, 4 * least), `${length} for ${least}`);
  }
  assertEquals(borrowBuffer(BULK_BYTES).length, BULK_BYTES);
});

Deno.test("borrowBuffer() lends a returned buffer again, but never to two at once", () => {
  const lent = new Set<Uint8Array>();
  for (let i = 0; i < 200; i++) {
    const buffer = borrowBuffer(4096);
    assert(!lent.has(buffer), "a buffer was lent twice");
    lent.add(buffer);
  }
  const [one] = lent;
  returnBuffer(one as Uint8Array<ArrayBuffer>);
  assertStrictEquals(borrowBuffer(10), one);
  assertNotStrictEquals(borrowBuffer(10), one);
});

Deno.test("returnBuffer() keeps a bounded number of buffers of each size", () => {
  for (const size of [4096, 16384, 65536, BULK_BYTES]) {
    // Whatever other tests left behind is taken out first.
    for (let i = 0; i < 100; i++) borrowBuffer(size);
    const returned = new Set(Array.from({ length: 100 }, () => new Uint8Array(size)));
    for (const buffer of returned) returnBuffer(buffer);
    const lent = Array.from({ length: 100 }, () => borrowBuffer(size));
    assertEquals(new Set(lent).size, 100);
    const kept = lent.filter((buffer) => returned.has(buffer)).length;
    assert(kept > 0 && kept < 100, `${kept} of ${size} bytes`);
  }
});

Deno.test("returnBuffer() drops buffers of other sizes", () => {
  const odd = new Uint8Array(5000);
  const large = new Uint8Array(BULK_BYTES + 1);
  returnBuffer(odd);
  returnBuffer(large);
  assertNotStrictEquals(borrowBuffer(5000), odd);
  assertNotStrictEquals(borrowBuffer(BULK_BYTES + 1), large);
});
