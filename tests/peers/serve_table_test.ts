// The same handlers under Deno.serve and under serve(), asked over raw sockets: status lines, fields, bodies, what
// becomes of the connection and what handlers learn are the same, but for the differences that are listed with their
// reasons, here and in the README.

import { assert, assertEquals } from "@std/assert";
import { serve } from "../../server/mod.ts";
import { Asker } from "./serve_table/ask.ts";
import { post, Stage } from "./serve_table/case.ts";
import { describe, without } from "./serve_table/describe.ts";
import { DIFFERENCES, REASONS } from "./serve_table/differences.ts";
import { GROUPS } from "./serve_table/rows.ts";
import { startDeno, startOurs } from "./serve_table/servers.ts";

const expected = new Map<string, string[]>();
for (const rows of Object.values(DIFFERENCES)) {
  for (const [name, lines] of Object.entries(rows)) expected.set(name, lines);
}

for (const [group, rows] of Object.entries(GROUPS)) {
  Deno.test(`a handler under serve() and under Deno.serve: ${group}`, async (t) => {
    // Both print what an `onError` did wrong.
    using _silence = silenceErrors();
    await using deno = new Stage(startDeno);
    await using ours = new Stage(startOurs);
    for (const row of rows) {
      await t.step({
        name: row.name,
        // What serves the next row is under way before it: the test as a whole leaves nothing.
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          const theirs = describe(await deno.play(row), row);
          const own = describe(await ours.play(row), row);
          const lines = [
            ...without(theirs, own).map((line) => `- ${line}`),
            ...without(own, theirs).map((line) => `+ ${line}`),
          ];
          assertEquals(lines, expected.get(row.name) ?? []);
        },
      });
    }
  });
}

function silenceErrors(): Disposable {
  const { error } = console;
  console.error = () => {};
  return { [Symbol.dispose]: () => void (console.error = error) };
}

Deno.test("what is typed for Deno.serve goes for serve(), in every form of the call", async () => {
  const handler: Deno.ServeHandler<Deno.NetAddr> = async (request, { remoteAddr, completed }) => {
    const told: Promise<void> = completed;
    told.catch(() => {});
    return new Response(`${remoteAddr.hostname} ${await request.text()}`);
  };
  const heard: Deno.NetAddr[] = [];
  const options: Deno.ServeTcpOptions = {
    hostname: "127.0.0.1",
    port: 0,
    onListen: (addr) => heard.push(addr),
    onError: (error) => new Response(String(error), { status: 500 }),
  };
  const init: Deno.ServeTcpOptions & Deno.ServeInit<Deno.NetAddr> = { ...options, handler };
  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
  servers.push(serve(options, handler), serve(handler, options), serve(init));
  for (const [i, server] of servers.entries()) {
    assertEquals(heard[i], server.addr);
    using asker = await Asker.connect(server.addr.port);
    await asker.send(post("text"));
    assertEquals((await asker.read("POST"))?.body, "127.0.0.1 text");
    await server.shutdown();
    await server.finished;
  }
});

Deno.test("each difference is that of a row, and each row has one name", () => {
  const names = Object.values(GROUPS).flat().map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals([...expected.keys()].filter((name) => !names.includes(name)), []);
  const listed = Object.values(DIFFERENCES).flatMap((rows) => Object.keys(rows));
  assertEquals(listed.length, expected.size);
  for (const [reason, rows] of Object.entries(DIFFERENCES)) {
    assert(Object.keys(rows).length, reason);
  }
});

Deno.test("the README lists every difference and its reason", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const text = readme.replaceAll(/\s+/g, " ");
  assertEquals(Object.values(REASONS).filter((reason) => !text.includes(reason)), []);
});
