import { assertEquals, assertRejects } from "@std/assert";
import { encodeQuestion, parseAnswer } from "../../../../client/dial/dns/message.ts";
import { DNS_NETWORK } from "../../../../client/dial/dns/network.ts";
import { assertEcho, echoTcp, noSignal } from "../../support/dialing.ts";
import { startDnsServer, tableScript } from "../../support/dns_server.ts";

/** Longer than any test. */
const NEVER_MS = 1_000_000;
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
