import { assertEquals } from "@std/assert";
import { parseSize } from "../../../server/command/size.ts";

Deno.test("parseSize() reads bytes and units of 1024", () => {
  const sizes: Record<string, number> = {
    "0": 0,
    "1024": 1024,
    "10b": 10,
    "64K": 65536,
    "64k": 65536,
    "64 KiB": 65536,
    "64MB": 67108864,
    "1.5G": 1610612736,
    " 2T ": 2199023255552,
  };
  for (const [text, bytes] of Object.entries(sizes)) assertEquals(parseSize(text), bytes, text);
});

Deno.test("parseSize() refuses what is no size, or too large to count", () => {
  for (const text of ["", "M", "-1", "1e3", "0x10", "1.5.2", "64P", "99999999T", "off", "1,5M"]) {
    assertEquals(parseSize(text), undefined, text);
  }
});
