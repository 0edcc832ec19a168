import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { USAGE, UsageError } from "../../../client/command/usage.ts";

Deno.test("USAGE names only options that there are, and fits a terminal of 80 columns", () => {
  const names = [...USAGE.matchAll(/(?<=[\s,])(--[a-z][a-z0-9.-]*|-[A-Za-z0-9])(?=[\s,])/g)];
  assert(names.length > 60, `${names.length}`);
  for (const [, name] of names) {
    try {
      parseArguments(["http://a/", name!, "1"]);
    } catch (error) {
      assert(error instanceof UsageError);
      assert(!error.message.includes("unknown option"), error.message);
    }
  }
  for (const line of USAGE.split("\n")) assert(line.length < 80, line);
});

Deno.test("USAGE names every exit code of curl's that the command has", () => {
  for (
    const code of [0, 1, 2, 3, 7, 8, 18, 22, 23, 26, 28, 35, 47, 52, 55, 56, 60, 61, 63, 90, 97]
  ) {
    assertStringIncludes(USAGE.replaceAll(",", " "), ` ${code} `);
  }
});

Deno.test("UsageError has the exit code 2 unless it says another one", () => {
  assertEquals(new UsageError("a").exitCode, 2);
  assertEquals(new UsageError("a", 3).exitCode, 3);
});
