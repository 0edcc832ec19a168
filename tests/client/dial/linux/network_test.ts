import { assertEquals, assertRejects } from "@std/assert";
import { connectLinuxTcp, linuxDnsNetwork } from "../../../../client/dial/linux/network.ts";
import { askNameServers } from "../../../../client/dial/dns/name_servers.ts";
import { assertEcho, closedPort, echoTcp, noSignal } from "../../support/dialing.ts";
import { startDnsServer, tableScript } from "../../support/dns_server.ts";
import {
  fullListener,
  openSockets,
  socketsDownTo,
  socketsTo,
  testOnLinux,
} from "../../support/socket_options.ts";

/** Longer than any test. */
const NEVER_MS = 1_000_000;
const MARKED = { mark: 77, device: undefined, localAddress: undefined };
const BOUND = { mark: undefined, device: "lo", localAddress: undefined };

testOnLinux(["mark"], "connectLinuxTcp() gives a transport on a marked socket", async () => {
  await using server = echoTcp();
  const transport = await connectLinuxTcp("127.0.0.1", server.port, MARKED, noSignal());
  assertEquals(socketsTo(server.port).map(({ mark }) => mark), [77]);
  assertEquals(transport.remoteAddr, {
    transport: "tcp",
    hostname: "127.0.0.1",
    port: server.port,
  });
  await assertEcho(transport);
});

testOnLinux(
  ["device"],
  "connectLinuxTcp() gives a transport that is bound to a device",
  async () => {
    await using server = echoTcp();
    const transport = await connectLinuxTcp("127.0.0.1", server.port, BOUND, noSignal());
    assertEquals(socketsTo(server.port).map(({ device }) => device), ["lo"]);
    await assertEcho(transport);
  },
);

testOnLinux(
  ["device"],
  "connectLinuxTcp() leaves no descriptor when it fails or is aborted",
  async () => {
    using listener = await fullListener();
    const before = openSockets().length;
    const port = closedPort();
    await assertRejects(() => connectLinuxTcp("127.0.0.1", port, BOUND, noSignal()));
    const abort = new AbortController();
    const connecting = connectLinuxTcp("127.0.0.1", listener.port, BOUND, abort.signal);
    abort.abort(new URIError("enough"));
    await assertRejects(() => connecting, URIError);
    assertEquals(openSockets().length, before);
  },
);

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

testOnLinux(["device"], "linuxDnsNetwork() waits no longer than it should", async () => {
  await using server = await startDnsServer(() => undefined);
  const socket = await linuxDnsNetwork(BOUND).openDatagrams(server.address, noSignal());
  assertEquals(await socket.receive(1), undefined);
  socket.close();
});

testOnLinux(
  ["device"],
  "linuxDnsNetwork() ends a wait for a datagram when the socket is closed",
  async () => {
    await using server = await startDnsServer(() => undefined);
    const before = openSockets().length;
    const socket = await linuxDnsNetwork(BOUND).openDatagrams(server.address, noSignal());
    const waiting = socket.receive(NEVER_MS);
    socket.close();
    await assertRejects(() => waiting, Error, "closed");
    await socketsDownTo(before);
  },
);

testOnLinux(["device"], "linuxDnsNetwork() hears that nobody listens to a port", async () => {
  const address = { ipAddr: "127.0.0.1", port: closedPort() };
  const socket = await linuxDnsNetwork(BOUND).openDatagrams(address, noSignal());
  await socket.send(Uint8Array.of(1));
  const error = await assertRejects(() => socket.receive(NEVER_MS));
  assertEquals((error as { code?: string }).code, "ECONNREFUSED");
  socket.close();
});
