// The same requests through Deno's fetch and ours, against one server: the responses, the errors and what the
// server was asked must be the same, but for the differences that the table names.

import { assert, assertEquals } from "@std/assert";
import { Client } from "../../client/mod.ts";
import { EXCHANGES } from "./fetch_table/cases.ts";
import { type AnyFetch, differences, outcomeOf } from "./fetch_table/compare.ts";
import { DIFFERING } from "./fetch_table/differing.ts";
import { THE_REST } from "./fetch_table/more_cases.ts";
import { TableServer } from "./fetch_table/server.ts";

const ROWS = [...EXCHANGES, ...THE_REST];

Deno.test("Deno's fetch and ours differ in what the table says, and in nothing else", async (t) => {
  await using server = new TableServer();
  await using elsewhere = new TableServer();
  server.other = elsewhere.origin;
  const servers = [server, elsewhere];
  using runtime = Deno.createHttpClient({ proxy: undefined });
  using ours = new Client({ proxy: false, maxPerOrigin: 100 });
  const theirs: AnyFetch = (input, init) => fetch(input, { ...init, client: runtime });
  assert(ROWS.length >= 60, `${ROWS.length} rows`);
  assertEquals(new Set(ROWS.map(({ name }) => name)).size, ROWS.length, "names");
  for (const { name, run, differs } of ROWS) {
    const play = (fetch: AnyFetch) =>
      outcomeOf(fetch, servers, (it) => run(it, server.origin, elsewhere.origin));
    await t.step(differs === undefined ? name : `${name}, with a difference`, async () => {
      const expected = await play(theirs);
      const found = await play((input, init) => ours.fetch(input, init as never));
      assertEquals(differences(expected, found), DIFFERING[name] ?? []);
    });
  }
});

Deno.test("rows that differ have a reason, and no others", () => {
  const named = ROWS.filter(({ differs }) => differs !== undefined).map(({ name }) => name);
  assertEquals(Object.keys(DIFFERING).sort(), named.sort());
  for (const [name, lines] of Object.entries(DIFFERING)) assert(lines.length > 0, name);
});

Deno.test("the README lists every row that differs, with its reason", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, section = ""] = readme.split("## Where `fetch` differs from Deno's");
  const listed = section.split("\n## ", 1)[0]!.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()).join(": "));
  const wanted = ROWS.flatMap(({ name, differs }) =>
    differs === undefined ? [] : [`${name}: ${differs}`]
  );
  assertEquals(wanted.filter((line) => !listed.includes(line)), []);
  const measured = listed.filter((line) => line.includes(": Deno's fetch "));
  assertEquals(measured.filter((line) => !wanted.includes(line)), [], "no row shows them");
  assert(section.includes(` ${ROWS.length} requests `), `${ROWS.length} requests`);
});
