import { assert, assertEquals } from "@std/assert";
import { LISTS, MAY_BE_EMPTY, SWITCHES, VALUES } from "../../../client/command/options_table.ts";

Deno.test("no two options have the same name or letter", () => {
  const entries = [SWITCHES, VALUES, LISTS].flatMap((table) => Object.entries(table));
  const names = entries.map(([name]) => name);
  const letters = entries.map(([, letter]) => letter).filter((it) => it !== "");
  assertEquals(new Set(names).size, names.length);
  assertEquals(new Set(letters).size, letters.length);
  assert(letters.every((it) => it.length === 1));
});

Deno.test("only options with values may have empty ones", () => {
  for (const name of MAY_BE_EMPTY) assert(Object.hasOwn(VALUES, name), name);
});
