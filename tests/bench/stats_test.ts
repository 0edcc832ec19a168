import { assertEquals, assertThrows } from "@std/assert";
import { median, summarize } from "../../bench/stats.ts";

Deno.test("median() of an odd number of values is the middle one by size, not by place", () => {
  assertEquals(median([100, 9, 20]), 20);
  assertEquals(median([7]), 7);
});

Deno.test("median() of an even number of values is the mean of the middle two", () => {
  assertEquals(median([1, 1000, 4, 2]), 3);
});

Deno.test("median() leaves the order of its argument alone", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("median() of nothing is a RangeError", () => {
  assertThrows(() => median([]), RangeError, "Cannot take a median: no values");
});

Deno.test("summarize() tells the median and the range", () => {
  assertEquals(summarize([5, 1, 9]), { median: 5, min: 1, max: 9 });
});
