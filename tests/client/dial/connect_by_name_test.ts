import { assertEquals, assertRejects } from "@std/assert";
import { connectByName, connectRuntimeTcp } from "../../../client/dial/connect_by_name.ts";
import {
  assertConnectError,
  assertEcho,
  closedPort,
  echoTcp,
  noSignal,
  Watch,
} from "../support/dialing.ts";

/** No name can have a label of more than 63 characters: the resolver says so by itself. */
const IMPOSSIBLE_NAME = `${"x".repeat(64)}.test`;

Deno.test("connectByName() connects to a name, whichever of its addresses answers", async () => {
  await using server = echoTcp();
  const watch = new Watch();
  await assertEcho(await connectByName("localhost", server.port, watch));
  assertEquals(watch.phases, ["connect"]);
});

Deno.test("connectByName() says that a connection was refused", async () => {
  const port = closedPort();
  await assertConnectError(
    () => connectByName("localhost", port, new Watch()),
    "connect",
    `Cannot connect to "localhost:${port}": connection refused`,
  );
});

Deno.test("connectByName() says that a name has no address", async () => {
  for (const name of [IMPOSSIBLE_NAME, "exa mple"]) {
    const watch = new Watch();
    await assertConnectError(
      () => connectByName(name, 80, watch),
      "dns",
      `Cannot resolve "${name}": `,
    );
    assertEquals(watch.phases.at(-1), "dns");
  }
});

Deno.test("connectByName() rejects with the reason of an abort", async () => {
  await using server = echoTcp();
  const watch = new Watch(AbortSignal.abort(new URIError("enough")));
  await assertRejects(() => connectByName("127.0.0.1", server.port, watch), URIError, "enough");
});

Deno.test("connectRuntimeTcp() makes connections of the runtime", async () => {
  await using server = echoTcp();
  const conn = await connectRuntimeTcp("127.0.0.1", server.port, noSignal());
  assertEquals(conn.remoteAddr.port, server.port);
  await assertEcho(conn);
});
