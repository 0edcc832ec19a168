import { assertEquals, assertThrows } from "@std/assert";
import { formatNumber, formatRange, formatRatio, renderTable } from "../../bench/table.ts";

Deno.test("renderTable() aligns names to the left and numbers to the right", () => {
  assertEquals(
    renderTable(["", "rate"], [["ours", "12,345"], ["a longer name", "7"]]),
    [
      "                 rate",
      "-------------  ------",
      "ours           12,345",
      "a longer name       7",
      "",
    ].join("\n"),
  );
});

Deno.test("renderTable() refuses a row that does not fit the head", () => {
  assertThrows(() => renderTable(["a", "b"], [["1"]]), RangeError, "a row has 1 of 2 cells");
});

Deno.test("formatNumber() keeps about three digits and groups thousands", () => {
  assertEquals(formatNumber(162245.4), "162,245");
  assertEquals(formatNumber(59.44), "59.4");
  assertEquals(formatNumber(6.114), "6.11");
  assertEquals(formatNumber(undefined), "-");
});

Deno.test("formatRange() and formatRatio() write numbers as the table shows them", () => {
  assertEquals(formatRange(1234, 5.5), "1,234–5.50");
  assertEquals(formatRatio(1.005), "1.00");
  assertEquals(formatRatio(12.3456), "12.35");
  assertEquals(formatRatio(undefined), "-");
});
