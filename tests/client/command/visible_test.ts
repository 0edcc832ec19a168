import { assertEquals } from "@std/assert";
import { visible, visibleHead } from "../../../client/command/visible.ts";

Deno.test("visible() leaves text as it is, and writes controls out", () => {
  assertEquals(visible("a\tb ü €"), "a\tb ü €");
  assertEquals(visible("\x1b[31m\r\n\x9b2J\x7f\0"), "\\x1b[31m\\x0d\\x0a\\x9b2J\\x7f\\x00");
});

Deno.test("visible() cuts what is too long", () => {
  assertEquals(visible("x".repeat(1000)).length, 1000);
  assertEquals(visible("x".repeat(1001)), `${"x".repeat(1000)}…`);
});

Deno.test("visibleHead() reads UTF-8, and lets no other byte through", () => {
  assertEquals(visibleHead("< X: \xc3\xbc"), "< X: ü");
  assertEquals(visibleHead("< X: \x9b2J \xc2\x9b2J"), "< X: \ufffd2J \\x9b2J");
});
