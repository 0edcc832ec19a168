import { assert, assertStringIncludes } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { UsageError } from "../../../client/command/errors.ts";
import { LISTS, SWITCHES, VALUES } from "../../../client/command/options_table.ts";
import { USAGE } from "../../../client/command/usage.ts";

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
    const code of [
      ...[0, 1, 2, 3, 5, 6, 7, 8, 18, 22, 23, 26, 28, 35, 45, 47, 52, 55, 56, 58, 60, 61, 63],
      ...[77, 90, 97, 110, 129, 130, 143],
    ]
  ) {
    assertStringIncludes(USAGE.replaceAll(",", " "), ` ${code} `);
  }
});

Deno.test("USAGE names every option that there is", () => {
  const names = [SWITCHES, VALUES, LISTS].flatMap((table) => Object.entries(table));
  // Only their short forms are told: they change nothing.
  const quiet = new Set(["disable", "globoff", "no-buffer", "progress-bar", "tlsv1"]);
  const words = new Set(USAGE.split(/[\s,;]+/));
  for (const [name, short] of names) {
    if (short !== "") assert(words.has(`-${short}`), short);
    if (!quiet.has(name)) assert(words.has(`--${name}`), name);
  }
});
