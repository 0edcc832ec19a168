import { assertEquals } from "@std/assert";
import {
  columns,
  complain,
  cutMessage,
  messageOf,
  warn,
} from "../../../server/command/terminal.ts";

Deno.test("columns() is some width, also where there is no terminal", () => {
  assertEquals(columns() > 0, true);
});

Deno.test("messageOf() has one line, whatever was thrown", () => {
  assertEquals(messageOf(new Error("one\n  two\r\n\r\nthree")), "one two three");
  assertEquals(messageOf("text"), "text");
});

Deno.test("cutMessage() counts, and names the option that helps", () => {
  assertEquals(
    cutMessage(2),
    "Cannot wait any longer: responses cut under way: 2; --grace gives them more time",
  );
});

Deno.test("warn() and complain() write to the standard error", () => {
  const lines: unknown[] = [];
  const { error } = console;
  console.error = (...of) => lines.push(of);
  try {
    warn("careful");
    complain("no");
  } finally {
    console.error = error;
  }
  assertEquals(lines, [["warning: careful"], ["error: no"]]);
});
