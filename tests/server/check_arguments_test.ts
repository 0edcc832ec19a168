import { assertEquals, assertThrows } from "@std/assert";
import { toMs, wholeNumber } from "../../server/check_arguments.ts";

Deno.test("toMs() turns seconds into milliseconds, and nothing into the default", () => {
  assertEquals([toMs(1.5, 60), toMs(undefined, 60), toMs(Infinity, 60)], [1500, 60, Infinity]);
  for (const timeout of [0, -1, NaN]) assertThrows(() => toMs(timeout, 60), RangeError, "timeout");
});

Deno.test("wholeNumber() takes whole numbers from 0 to the most there is", () => {
  for (const value of [0, 5, 10]) assertEquals(wholeNumber("count", value, 10), value);
  for (const value of [-1, 11, 0.5, NaN, Infinity]) {
    assertThrows(() => wholeNumber("count", value, 10), RangeError, "count");
  }
});
