import { assertEquals } from "@std/assert";
import { concatBytes } from "../../wire/concat_bytes.ts";

Deno.test("concatBytes() copies the pieces one behind the other", () => {
  assertEquals(concatBytes([]), new Uint8Array(0));
  const pieces = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)];
  assertEquals(concatBytes(pieces), Uint8Array.of(1, 2, 3));
  const joined = concatBytes(pieces, 3);
  pieces[0]![0] = 9;
  assertEquals(joined, Uint8Array.of(1, 2, 3));
});
