import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { joinBytes, STRETCH_BYTES } from "../../../multipart/encode/join_bytes.ts";
import { concatBytes } from "../../../wire/concat_bytes.ts";

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);

Deno.test("joinBytes() joins neighbours and keeps what stands between them", () => {
  const mark = { kind: "mark" };
  const joined = [...joinBytes([bytes(2, 1), bytes(1, 2), mark, bytes(1, 3), mark, mark])];
  assertEquals(joined, [Uint8Array.of(1, 1, 2), mark, Uint8Array.of(3), mark, mark]);
});

Deno.test("joinBytes() gives no empty stretches", () => {
  assertEquals([...joinBytes([])], []);
  assertEquals([...joinBytes([bytes(0, 0), bytes(0, 0)])], []);
});

Deno.test("joinBytes() gives copies", () => {
  const original = bytes(3, 7);
  const [first] = joinBytes([original]);
  (first as Uint8Array).fill(0);
  assertEquals(original, bytes(3, 7));
});

Deno.test("joinBytes() needs nothing of an item once it gave a stretch with a part of it", () => {
  for (const size of [STRETCH_BYTES, STRETCH_BYTES + 1, 3 * STRETCH_BYTES]) {
    const original = bytes(size, 7);
    const joined = joinBytes([bytes(1, 1), original])[Symbol.iterator]();
    const stretches = [joined.next().value as Uint8Array];
    original.buffer.transfer();
    for (let it = joined.next(); !it.done; it = joined.next()) stretches.push(it.value);
    assertEquals(concatBytes(stretches), concatBytes([bytes(1, 1), bytes(size, 7)]));
  }
});

Deno.test("joinBytes() copies what other classes and shared memory hold", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2 * STRETCH_BYTES)).fill(1);
  const buffer = Buffer.alloc(2 * STRETCH_BYTES, 2);
  const joined = [...joinBytes([bytes(1, 0), shared, buffer])] as Uint8Array<ArrayBuffer>[];
  for (const it of joined) assert(it.buffer instanceof ArrayBuffer && it.buffer !== buffer.buffer);
  const all = concatBytes(joined);
  shared.fill(9);
  buffer.fill(9);
  assertEquals(all, concatBytes(joined));
});

Deno.test("joinBytes() keeps every byte, in full stretches but for the last", () => {
  const lengths = fc.array(fc.nat(3 * STRETCH_BYTES), { maxLength: 5 });
  fc.assert(
    fc.property(lengths, (lengths) => {
      const stretches = [...joinBytes(lengths.map((it, i) => bytes(it, i + 1)))];
      const full = stretches.slice(0, -1);
      assert(full.every((it) => it.length === STRETCH_BYTES));
      assert(stretches.every((it) => it.length > 0 && it.length <= STRETCH_BYTES));
      const counts = new Array<number>(lengths.length).fill(0);
      for (const stretch of stretches) for (const byte of stretch) counts[byte - 1]!++;
      assertEquals(counts, lengths);
    }),
    { numRuns: 20 },
  );
});
