// The forms of `listen`. How a server ends is in shutdown_test.ts, its limits are in limits_test.ts.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Handler, listen, Server } from "../../server/mod.ts";
import { portOf, RawClient } from "./raw_client.ts";

const hello: Handler = (con) => con.send("hello");

async function assertServes(server: Server): Promise<void> {
  using client = await RawClient.connect(server);
  assertEquals((await client.ask("GET /")).body, "hello");
}

Deno.test("listen(port, handler) listens on all addresses", async () => {
  await using server = listen(0, hello);
  assert(server instanceof Server);
  assertEquals((server.addr as Deno.NetAddr).hostname, "0.0.0.0");
  assert(portOf(server) > 0);
  await assertServes(server);
});

Deno.test("listen(port, options, handler) takes options", async () => {
  await using server = listen(0, { hostname: "127.0.0.1", httpKeepalive: 0 } as object, hello);
  using client = await RawClient.connect(server);
  assertEquals((await client.ask("GET /")).headers["connection"], "close");
});

Deno.test("listen(ipaddr, port, handler) listens on one address", async () => {
  await using server = listen("127.0.0.1", 0, hello);
  assertEquals((server.addr as Deno.NetAddr).hostname, "127.0.0.1");
  await assertServes(server);
});

Deno.test("listen(ipaddr, port, options, handler) takes both", async () => {
  await using server = listen("127.0.0.1", 0, { maxTargetBytes: 5 }, hello);
  using client = await RawClient.connect(server);
  assertEquals((await client.ask("GET /1234")).status, 200);
  assertEquals((await client.ask("GET /12345")).status, 414);
});

Deno.test("listen() throws at once when the port is taken", async () => {
  await using server = listen("127.0.0.1", 0, hello);
  assertThrows(() => listen("127.0.0.1", portOf(server), hello), Deno.errors.AddrInUse);
  await assertServes(server);
});

Deno.test("listen() refuses arguments that are none of its forms", () => {
  const call = listen as unknown as (...args: unknown[]) => Server;
  for (
    const args of [
      [],
      [0],
      [0, {}],
      [hello],
      ["127.0.0.1", hello],
      ["127.0.0.1", 0, {}],
      [0, "options", hello],
      [0, {}, {}, hello],
      ["0", 0, 0, hello],
    ]
  ) {
    assertThrows(() => call(...args), TypeError, "Cannot listen");
  }
});

Deno.test("listen() with a bad option leaves nothing behind", () => {
  assertThrows(() => listen("127.0.0.1", 0, { headTimeout: -1 }, hello), RangeError);
  assertThrows(() => listen("127.0.0.1", 0, { index: "a/b" }, hello), TypeError, "a/b");
});

Deno.test("server.addr keeps its port after the server has ended", async () => {
  const server = listen("127.0.0.1", 0, hello);
  const port = portOf(server);
  await server.shutdown();
  assertEquals(portOf(server), port);
});
