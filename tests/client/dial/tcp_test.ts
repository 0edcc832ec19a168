import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { RouteSettings } from "../../../client/dial/route_settings.ts";
import { connectTcp } from "../../../client/dial/tcp.ts";
import {
  assertConnectError,
  assertEcho,
  DEAD_PORT,
  echoTcp,
  pathOf,
  targetOf,
  Watch,
} from "../support/dialing.ts";
import { runRestricted } from "../support/restricted.ts";
import {
  fullListener,
  openSockets,
  socketsDownTo,
  socketsTo,
  testOnLinux,
} from "../support/socket_options.ts";

function connect(port: number, settings: Partial<RouteSettings>, watch = new Watch()) {
  return connectTcp(targetOf("name.test", port), pathOf(settings), watch);
}

function table(...addresses: string[]): Partial<RouteSettings> {
  return { resolve: new Map([["name.test:*", addresses]]) };
}

Deno.test("connectTcp() dials by name where no option forbids it", async () => {
  await using server = echoTcp();
  const said = await runRestricted(
    [`--allow-net=localhost:${server.port}`],
    `import { connectTcp } from "@client/dial/tcp.ts";
    const watch = { signal: new AbortController().signal, phase: console.log };
    const transport = await connectTcp({ host: "localhost", port: ${server.port} }, {}, watch);
    transport.close();`,
  );
  assertEquals(said, "connect\n");
});

Deno.test("connectTcp() dials addresses of option resolve", async () => {
  await using server = echoTcp();
  const watch = new Watch();
  await assertEcho(await connect(server.port, table("127.0.0.1"), watch));
  assertEquals(watch.phases, ["connect"]);
});

Deno.test("connectTcp() names the permission that an address needs", async () => {
  await using server = echoTcp();
  const said = await runRestricted(
    ["--allow-net=localhost"],
    `import { connectTcp } from "@client/dial/tcp.ts";
    const watch = { signal: new AbortController().signal, phase() {} };
    const target = { host: "localhost", port: ${server.port} };
    await connectTcp(target, { ipv6: false }, watch);`,
  );
  assertStringIncludes(said, `Requires net access to "127.0.0.1:${server.port}"`);
});

testOnLinux([], "connectTcp() goes on to the next address when one is unreachable", async () => {
  await using server = echoTcp();
  const transport = await connect(server.port, table("127.0.0.2", "::1", "127.0.0.1"));
  assertEquals(transport.remoteAddr, {
    transport: "tcp",
    hostname: "127.0.0.1",
    port: server.port,
  });
  await assertEcho(transport);
});

testOnLinux([], "connectTcp() does not wait for an address that does not answer", async () => {
  using full = await fullListener();
  using listener = Deno.listen({ hostname: "127.0.0.2", port: full.port });
  const transport = await connect(full.port, table("127.0.0.1", "127.0.0.2"));
  assertEquals((transport.remoteAddr as Deno.NetAddr).hostname, "127.0.0.2");
  (await listener.accept()).close();
  transport.close();
});

testOnLinux([], "connectTcp() tells of each address when none can be reached", async () => {
  await assertConnectError(
    () => connect(DEAD_PORT, table("127.0.0.2", "127.0.0.1")),
    "connect",
    `Cannot connect to "name.test:${DEAD_PORT}": 127.0.0.2: connection refused; 127.0.0.1: connection refused`,
  );
});

Deno.test("connectTcp() dials the family that is wanted", async () => {
  await using server = echoTcp();
  const transport = await connect(server.port, { ...table("::1", "127.0.0.1"), ipv6: false });
  assertEquals((transport.remoteAddr as Deno.NetAddr).hostname, "127.0.0.1");
  transport.close();
});

testOnLinux([], "connectTcp() asks about addresses before it dials them", async () => {
  await using server = echoTcp();
  const asked: string[] = [];
  const allowAddress = (address: string) => {
    asked.push(address);
    return address === "127.0.0.1";
  };
  const settings = { ...table("127.0.0.2", "127.0.0.1"), allowAddress };
  await assertEcho(await connect(server.port, settings));
  assertEquals(asked, ["127.0.0.2", "127.0.0.1"]);
  const watch = new Watch();
  await assertConnectError(
    () => connect(server.port, { ...settings, allowAddress: () => false }, watch),
    "connect",
    '"allowAddress" refuses "127.0.0.2", "127.0.0.1"',
  );
  assertEquals(watch.phases, ["connect"]);
  assertEquals(server.accepted.length, 1);
});

testOnLinux([], "connectTcp() leaves from option localAddress", async () => {
  await using server = echoTcp();
  const settings = { ...table("::1", "127.0.0.1"), localAddress: "127.0.0.9" };
  await assertEcho(await connect(server.port, settings));
  assertEquals((server.accepted[0]!.remoteAddr as Deno.NetAddr).hostname, "127.0.0.9");
});

testOnLinux(["mark", "device"], "connectTcp() marks and binds the socket", async () => {
  await using server = echoTcp();
  const settings = { ...table("127.0.0.2", "127.0.0.1"), mark: 79, device: "lo" };
  const transport = await connect(server.port, settings);
  const seen = socketsTo(server.port).map(({ mark, device }) => ({ mark, device }));
  assertEquals(seen, [{ mark: 79, device: "lo" }]);
  await assertEcho(transport);
});

testOnLinux(["mark"], "connectTcp() leaves from option localAddress with a mark, too", async () => {
  await using server = echoTcp();
  const settings = { ...table("127.0.0.1"), localAddress: "127.0.0.9", mark: 79 };
  await assertEcho(await connect(server.port, settings));
  assertEquals((server.accepted[0]!.remoteAddr as Deno.NetAddr).hostname, "127.0.0.9");
});

testOnLinux(
  ["device"],
  "connectTcp() ends connecting with the reason of an abort, whatever it dials by",
  async () => {
    using full = await fullListener();
    const before = openSockets().length;
    const ways: Partial<RouteSettings>[] = [
      {},
      { ipv6: false },
      { localAddress: "127.0.0.9" },
      { device: "lo" },
    ];
    for (const settings of ways) {
      const abort = new AbortController();
      const watch = new Watch(abort.signal);
      watch.onPhase = () => queueMicrotask(() => abort.abort(new URIError("enough")));
      const target = targetOf("127.0.0.1", full.port);
      await assertRejects(() => connectTcp(target, pathOf(settings), watch), URIError, "enough");
    }
    await socketsDownTo(before);
  },
);
