import { assert, assertEquals, assertMatch } from "@std/assert";
import { OPTIONS } from "../../../server/command/options_table.ts";

Deno.test("the table names every option once, and every letter", () => {
  const names = OPTIONS.flatMap(({ name, alias }) => alias === undefined ? [name] : [name, alias]);
  assertEquals(names.length, new Set(names).size);
  for (const name of names) assertMatch(name, /^(?:[a-z]|[a-z0-9]+(?:-[a-z]+)*)$/);
});

Deno.test("the options of a group stand together, and each is explained", () => {
  const groups = OPTIONS.map(({ group }) => group);
  const changes = groups.filter((group, at) => group !== groups[at - 1]);
  assertEquals(changes.length, new Set(groups).size);
  for (const { help, name } of OPTIONS) assertMatch(help, /^[A-Z].*[^.]$/s, name);
});

Deno.test("what the table says of an option fits its type", () => {
  for (const { name, type, byDefault, choices, range, bare, value, alias } of OPTIONS) {
    assertEquals(value === undefined, type === "flag", name);
    if (choices !== undefined) assert(choices.includes(String(byDefault)), name);
    assertEquals(range === undefined, type !== "number", name);
    assert(bare === undefined || type === "text", name);
    assert(alias === undefined || alias.length === 1, name);
    const expected = { flag: "boolean", number: "number", text: "string", list: "string" }[type];
    if (byDefault !== undefined) assertEquals(typeof byDefault, expected, name);
  }
});
