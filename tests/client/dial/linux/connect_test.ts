import { assertEquals, assertRejects } from "@std/assert";
import { connectLinuxTcp, openLinuxDatagrams } from "../../../../client/dial/linux/connect.ts";
import { assertEcho, DEAD_PORT, echoTcp, noSignal } from "../../support/dialing.ts";
import { startDnsServer } from "../../support/dns_server.ts";
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
    await assertRejects(() => connectLinuxTcp("127.0.0.1", DEAD_PORT, BOUND, noSignal()));
    const abort = new AbortController();
    const connecting = connectLinuxTcp("127.0.0.1", listener.port, BOUND, abort.signal);
    abort.abort(new URIError("enough"));
    await assertRejects(() => connecting, URIError);
    assertEquals(openSockets().length, before);
  },
);

function openTo(port: number) {
  return openLinuxDatagrams("127.0.0.1", port, BOUND, noSignal());
}

testOnLinux(["device"], "openLinuxDatagrams() waits no longer than it should", async () => {
  await using server = await startDnsServer(() => undefined);
  const socket = await openTo(server.address.port);
  assertEquals(await socket.receive(1), undefined);
  socket.close();
});

testOnLinux(
  ["device"],
  "openLinuxDatagrams() ends a wait for a datagram when the socket is closed",
  async () => {
    await using server = await startDnsServer(() => undefined);
    const before = openSockets().length;
    const socket = await openTo(server.address.port);
    const waiting = socket.receive(NEVER_MS);
    socket.close();
    await assertRejects(() => waiting, Error, "closed");
    await socketsDownTo(before);
  },
);

testOnLinux(["device"], "openLinuxDatagrams() hears that nobody listens to a port", async () => {
  const socket = await openTo(DEAD_PORT);
  await socket.send(Uint8Array.of(1));
  const error = await assertRejects(() => socket.receive(NEVER_MS));
  assertEquals((error as { code?: string }).code, "ECONNREFUSED");
  socket.close();
});
