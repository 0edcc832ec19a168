import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { encodeQuestion, parseAnswer } from "../../../../client/dial/dns/message.ts";
import { askNameServers } from "../../../../client/dial/dns/name_servers.ts";
import { DNS_NETWORK, linuxDnsNetwork } from "../../../../client/dial/dns/network.ts";
import { assertEcho, echoTcp, noSignal } from "../../support/dialing.ts";
import { startDnsServer, tableScript } from "../../support/dns_server.ts";
import { runRestricted } from "../../support/restricted.ts";
import {
  openSockets,
  socketsDownTo,
  socketsTo,
  testOnLinux,
} from "../../support/socket_options.ts";

/** Longer than any test. */
const NEVER_MS = 1_000_000;
const MARKED = { mark: 77, device: undefined, localAddress: undefined };
const QUESTION = { id: 1, name: "name.test", type: "A" } as const;

Deno.test("DNS_NETWORK sends datagrams to a server and receives its answers", async () => {
  await using server = await startDnsServer(tableScript({ "name.test": ["192.0.2.1"] }));
  const socket = await DNS_NETWORK.openDatagrams(server.address, noSignal());
  try {
    await socket.send(encodeQuestion(QUESTION));
    const bytes = await socket.receive(NEVER_MS);
    assertEquals(parseAnswer(bytes!, QUESTION)?.addresses, ["192.0.2.1"]);
  } finally {
    socket.close();
  }
});

Deno.test("DNS_NETWORK ends a wait for a datagram when the socket is closed", async () => {
  await using server = await startDnsServer(() => undefined);
  const socket = await DNS_NETWORK.openDatagrams(server.address, noSignal());
  const waiting = socket.receive(NEVER_MS);
  socket.close();
  await assertRejects(() => waiting, Error, "closed");
});

Deno.test("DNS_NETWORK opens nothing after an abort", async () => {
  await using server = await startDnsServer(() => undefined);
  const aborted = AbortSignal.abort(new URIError("enough"));
  await assertRejects(() => DNS_NETWORK.openDatagrams(server.address, aborted), URIError);
  await assertRejects(() => DNS_NETWORK.openStream(server.address, aborted), URIError);
});

Deno.test("DNS_NETWORK opens streams", async () => {
  await using server = echoTcp();
  const address = { ipAddr: "127.0.0.1", port: server.port };
  await assertEcho(await DNS_NETWORK.openStream(address, noSignal()));
});

Deno.test("DNS_NETWORK names the option and each permission that it needs", async () => {
  const cases = [
    ["127.0.0.1", "127.0.0.1:9", "0.0.0.0:0"],
    ["127.0.0.1", "0.0.0.0:0", "127.0.0.1:9"],
    ["::1", "[::1]:9", "[::]:0"],
  ] as const;
  for (const [ipAddr, granted, missing] of cases) {
    const said = await runRestricted(
      [`--allow-net=${granted}`],
      `import { DNS_NETWORK } from "@client/dial/dns/network.ts";
      const server = { ipAddr: "${ipAddr}", port: 9 };
      await DNS_NETWORK.openDatagrams(server, new AbortController().signal)
        .catch((error) => console.log("rejects:", error.message));`,
    );
    assertEquals(said, `rejects: option "nameservers" needs --allow-net=${missing}\n`);
  }
});

Deno.test("DNS_NETWORK is content with the permissions that it names", async () => {
  await using server = await startDnsServer(tableScript({}));
  const { port } = server.address;
  const said = await runRestricted(
    [`--allow-net=0.0.0.0:0,127.0.0.1:${port}`],
    `import { DNS_NETWORK } from "@client/dial/dns/network.ts";
    const server = { ipAddr: "127.0.0.1", port: ${port} };
    const socket = await DNS_NETWORK.openDatagrams(server, new AbortController().signal);
    console.log("opened");
    socket.close();`,
  );
  assertStringIncludes(said, "opened");
});

testOnLinux(["mark"], "linuxDnsNetwork() asks by datagrams of marked sockets", async () => {
  const marks: number[] = [];
  const table = tableScript({ "name.test": ["192.0.2.1"] });
  await using server = await startDnsServer((asked) => {
    marks.push(...socketsTo(server.address.port).map(({ mark }) => mark));
    return table(asked);
  });
  const before = openSockets().length;
  const settings = { servers: [server.address], network: linuxDnsNetwork(MARKED) };
  assertEquals(await askNameServers("name.test", ["A"], settings, noSignal()), ["192.0.2.1"]);
  assertEquals(marks, [77]);
  await socketsDownTo(before);
});

testOnLinux(["mark"], "linuxDnsNetwork() asks over TCP by marked sockets", async () => {
  const marks: number[] = [];
  const table = tableScript({ "name.test": ["192.0.2.1"] });
  await using server = await startDnsServer((asked) => {
    if (asked.over === "udp") return { isTruncated: true };
    marks.push(...socketsTo(server.address.port).map(({ mark }) => mark).filter((it) => it !== 0));
    return table(asked);
  });
  const settings = { servers: [server.address], network: linuxDnsNetwork(MARKED) };
  assertEquals(await askNameServers("name.test", ["A"], settings, noSignal()), ["192.0.2.1"]);
  assertEquals(new Set(marks), new Set([77]));
});
