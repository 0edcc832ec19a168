import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { joinBytes, STRETCH_BYTES } from "../../../multipart/encode/join_bytes.ts";

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
