import { assertEquals } from "@std/assert";
import { printable } from "../../server/printable.ts";

Deno.test("printable() leaves visible ASCII and spells out everything that could do harm", () => {
  assertEquals(printable("/a?b=c%20"), "/a?b=c%20");
  assertEquals(printable('a b"\\'), "a\\x20b\\x22\\x5c");
  assertEquals(printable("\0\n\x1b[2J\x7f\x9b\xff"), "\\x00\\x0a\\x1b[2J\\x7f\\x9b\\xff");
});
