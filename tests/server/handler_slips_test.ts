// Plausible slips of handlers: calls that are not awaited, failures that are caught, calls that come too
// late. None may desync the connection, leak bytes of another one, or hang it.

import { assertEquals } from "@std/assert";
import type { ServerRequest } from "../../server/mod.ts";
import type { Connection } from "../../server/connection.ts";
import { until } from "../conformance/waiting.ts";
import { TempTree } from "./files/temp_tree.ts";
import { serve } from "./serving.ts";

const LARGE = new Uint8Array(300_000).fill(0x61);

Deno.test("a response does not end before a file that nobody awaited is sent", async () => {
  using tree = new TempTree();
  const large = tree.write("large", LARGE);
  await using it = await serve((con, req) => {
    if (req.path === "/next") return con.send("next");
    con.sendFile(large);
  });
  for (let i = 0; i < 3; i++) {
    const { body, headers } = await it.client.ask("GET /");
    assertEquals([body.length, headers["transfer-encoding"]], [LARGE.length, "chunked"]);
    assertEquals((await it.client.ask("GET /next")).body, "next");
  }
});

Deno.test("the failure of a file that nobody awaited is answered", async () => {
  using tree = new TempTree();
  await using it = await serve((con) => {
    con.sendFile(`${tree.root}/missing-secret`);
  });
  const { status, body } = await it.client.ask("GET /");
  assertEquals([status, body], [404, "Not Found\n"]);
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["HttpError"]);
});

for (const how of ["announced", "chunked"]) {
  Deno.test(`a file that fails half-way closes the connection although that is caught (${how})`, async () => {
    using tree = new TempTree();
    const large = tree.write("large", LARGE);
    const done: boolean[] = [];
    await using it = await serve(async (con) => {
      con.done.then(({ completed }) => done.push(completed));
      if (how === "announced") con.addHeader("Content-Length", String(LARGE.length));
      try {
        const sending = con.sendFile(large);
        Deno.truncateSync(large, 200_000);
        await sending;
      } catch {
        // As if nothing had happened.
      }
    });
    await it.client.request("GET /");
    assertEquals((await it.client.readHead()).status, 200);
    const rest = await it.client.readAll();
    assertEquals(rest.endsWith("0\r\n\r\n"), false);
    await until("con.done is known", () => done.length === 1);
    assertEquals(done, [false]);
    it.takeErrors();
  });
}

Deno.test("a connection ends after its linger although a read was given up", async () => {
  await using it = await serve(async (con) => {
    const given = Promise.withResolvers<void>();
    const timer = setTimeout(given.resolve, 10);
    await Promise.race([con.readBody(), given.promise]);
    clearTimeout(timer);
    con.send("enough");
  }, { lingerTimeout: 0.2, lingerBytes: 10 });
  await it.client.request("POST /", ["Content-Length: 1000000"]);
  assertEquals((await it.client.readResponse()).body, "enough");
  await until("the connection is closed", () => it.server.stats().connections === 0);
});

Deno.test("a body is read with its request or never", async () => {
  const late = Promise.withResolvers<[Connection, ServerRequest]>();
  await using it = await serve((con, req) => {
    late.resolve([con, req]);
    con.send("done");
  }, { lingerTimeout: 0.3 });
  // A head that needs a larger window, and a body beyond what is drained.
  const head = ["Content-Length: 10000000", `X: ${"x".repeat(6000)}`];
  await it.client.request("POST /", head);
  assertEquals((await it.client.readResponse()).body, "done");
  const [con] = await late.promise;
  for (const read of [() => con.readBody(), () => con.readBody(10), () => con.discardBody()]) {
    assertEquals(await read().catch((error: Error) => error.name), "TypeError");
  }
  await until("the connection is closed", () => it.server.stats().connections === 0);
});

Deno.test("two reads of one body at a time are refused, and neither is lost", async () => {
  await using it = await serve(async (con) => {
    const first = con.readBody(10);
    const second = await con.readBody(10).catch((error: Error) => error.name);
    con.send(`${new TextDecoder().decode(await first)} ${second}`);
  });
  await it.client.request("POST /", ["Content-Length: 5"]);
  await until("the handler waits", () => it.server.stats().active === 1);
  await it.client.send("hello");
  assertEquals((await it.client.readResponse()).body, "hello TypeError");
});
