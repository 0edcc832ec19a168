import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { helpText } from "../../../server/command/help.ts";
import { OPTIONS } from "../../../server/command/options_table.ts";

Deno.test("helpText() names every option, group and default", () => {
  const text = helpText();
  assertStringIncludes(text, "Usage: serve [dir] [options]");
  const words = text.replace(/\s+/g, " ");
  for (const { name, group, byDefault, type, help } of OPTIONS) {
    assertStringIncludes(text, `--${name}`);
    assertStringIncludes(text, `\n${group}:\n`);
    assertStringIncludes(words, help.replace(/\s+/g, " "));
    if (type !== "flag" && byDefault !== undefined) {
      assertStringIncludes(words, `(default: ${byDefault})`);
    }
  }
  assertStringIncludes(text, "\nExamples:\n");
});

Deno.test("helpText() fits the terminal, narrow or wide", () => {
  for (const columns of [30, 40, 60, 80, 100, 300]) {
    const width = Math.max(...helpText(columns).split("\n").map((it) => it.length));
    assert(width <= Math.min(columns, 110), `${width} of ${columns} columns`);
  }
  assert(helpText(100).split("\n").length < helpText(60).split("\n").length);
  assertEquals(helpText(5), helpText(30));
});

Deno.test("helpText() breaks no command where a shell would not go on", () => {
  const [, examples = ""] = helpText(48).split("\nExamples:\n");
  const commands = examples.split("\n").filter((it) => it.startsWith("    "));
  assert(commands.some((it) => it.endsWith(" \\")));
  for (const [at, line] of commands.entries()) {
    const goesOn = commands[at + 1]?.startsWith("      ") ?? false;
    assertEquals(line.endsWith(" \\"), goesOn, line);
  }
});
