import { assertEquals } from "@std/assert";
import { BoundedMap } from "../../../server/files/bounded_map.ts";

Deno.test("BoundedMap computes a value once", () => {
  const map = new BoundedMap<number>(4, 8);
  let calls = 0;
  const compute = (key: string) => key.length + calls++;
  assertEquals(map.get("abc", compute), 3);
  assertEquals(map.get("abc", compute), 3);
  assertEquals(calls, 1);
});

Deno.test("BoundedMap keeps false, too", () => {
  const map = new BoundedMap<boolean>(4, 8);
  let calls = 0;
  const compute = () => calls++ > 0;
  assertEquals([map.get("a", compute), map.get("a", compute)], [false, false]);
});

Deno.test("BoundedMap never holds more than its maximum", () => {
  const map = new BoundedMap<string>(10, 8);
  for (let at = 0; at < 1000; at++) {
    assertEquals(map.get(`key${at}`, (key) => key), `key${at}`);
    assertEquals(map.size <= 10, true);
  }
});

Deno.test("BoundedMap does not keep keys that are too long", () => {
  const map = new BoundedMap<number>(10, 3);
  map.get("abcd", () => 1);
  assertEquals(map.size, 0);
  map.get("abc", () => 1);
  assertEquals(map.size, 1);
});
