import { assertEquals } from "@std/assert";
import { parseContentRange } from "../../../client/download/content_range.ts";

Deno.test("parseContentRange() reads a part, with and without the complete length", () => {
  assertEquals(parseContentRange("bytes 5-9/10"), { first: 5, last: 9, total: 10 });
  assertEquals(parseContentRange("bytes 0-0/*"), { first: 0, last: 0, total: undefined });
  assertEquals(parseContentRange("BYTES 5-9/10"), { first: 5, last: 9, total: 10 });
});

Deno.test("parseContentRange() reads the complete length of a range that was not satisfied", () => {
  assertEquals(parseContentRange("bytes */10"), { first: undefined, last: undefined, total: 10 });
});

Deno.test("parseContentRange() reads nothing else", () => {
  for (
    const value of [
      ...[undefined, "", "bytes", "bytes 5-9", "bytes 5-/10", "bytes -5/10", "bytes */*"],
      ...["bytes 9-5/10", "bytes 5-10/10", "items 5-9/10", "bytes 5-9/10, bytes 1-2/10"],
      ...["bytes 0x5-9/10", "bytes=5-9/10", "bytes 5 - 9/10", "bytes 5-9/9999999999999999"],
    ]
  ) {
    assertEquals(parseContentRange(value), undefined, value);
  }
});
