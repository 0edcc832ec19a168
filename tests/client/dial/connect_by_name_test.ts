import { assert, assertEquals, assertRejects } from "@std/assert";
import { connectByName, connectRuntimeTcp } from "../../../client/dial/connect_by_name.ts";
import {
  assertConnectError,
  assertEcho,
  DEAD_PORT,
  echoTcp,
  noSignal,
  Watch,
} from "../support/dialing.ts";
import { until } from "../../conformance/client/support.ts";
import { countDescriptors } from "../../open_descriptors.ts";

/** No name can have a label of more than 63 characters: the resolver says so by itself. */
const IMPOSSIBLE_NAME = `${"x".repeat(64)}.test`;

Deno.test("connectByName() connects to a name, whichever of its addresses answers", async () => {
  await using server = echoTcp();
  const watch = new Watch();
  await assertEcho(await connectByName("localhost", server.port, watch));
  assertEquals(watch.phases, ["connect"]);
});

Deno.test("connectByName() says that a connection was refused", async () => {
  await assertConnectError(
    () => connectByName("localhost", DEAD_PORT, new Watch()),
    "connect",
    `Cannot connect to "localhost:${DEAD_PORT}": connection refused`,
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

Deno.test("connectRuntimeTcp() leaves no descriptor behind, whenever it is aborted", async () => {
  const { port, ...server } = acceptAndClose();
  let before = 0;
  let aborted = 0;
  const one = async (i: number) => {
    const controller = new AbortController();
    const abort = () => controller.abort(i);
    if (i % 4 === 0) queueMicrotask(abort);
    else setTimeout(abort, i % 4 - 1);
    try {
      (await connectRuntimeTcp("127.0.0.1", port, controller.signal)).close();
    } catch (error) {
      assertEquals(error, i);
      aborted++;
    }
  };
  for (let i = 0; i < 1000; i += 50) {
    // What the runtime needs for itself is there after the first.
    if (i === 50) before = countDescriptors();
    await Promise.all(Array.from({ length: 50 }, (_, k) => one(i + k)));
  }
  assert(aborted >= 250, `${aborted} were aborted`);
  await until("the sockets are closed", () => countDescriptors() <= before);
  await server.end();
});

/** A server that closes every connection at once. */
function acceptAndClose(): { port: number; end(): Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const conn of listener) conn.close();
  })();
  const { port } = listener.addr;
  return {
    port,
    end() {
      listener.close();
      return serving;
    },
  };
}

Deno.test({
  name: "connectRuntimeTcp() ends also what does not come about",
  ignore: Deno.build.os !== "linux", // elsewhere a full queue refuses
  async fn() {
    // Nobody accepts: when the queue is full, the system lets others wait.
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
    const { port } = listener.addr;
    using _first = await Deno.connect({ port });
    using _second = await Deno.connect({ port });
    const controller = new AbortController();
    const connecting = connectRuntimeTcp("127.0.0.1", port, controller.signal);
    setTimeout(() => controller.abort(new URIError("enough")), 5);
    await assertRejects(() => connecting, URIError, "enough");
  },
});
