import { assertEquals, assertRejects } from "@std/assert";
import { DNS_NETWORK } from "../../../../client/dial/dns/network.ts";
import { askNameServers, type DnsSettings } from "../../../../client/dial/dns/name_servers.ts";
import { assertConnectError, noSignal } from "../../support/dialing.ts";
import {
  addressesOf,
  type DnsServer,
  startDnsServer,
  tableScript,
} from "../../support/dns_server.ts";

const TABLE = tableScript({
  "name.test": ["192.0.2.1", "2001:db8::1"],
  "four.test": ["192.0.2.4"],
});
const BOTH = ["AAAA", "A"] as const;

function settings(servers: DnsServer[], patience = { tries: 1, tryMs: 1_000_000 }): DnsSettings {
  return { servers: servers.map((it) => it.address), network: DNS_NETWORK, patience };
}

Deno.test("askNameServers() asks for both families and keeps their order", async () => {
  await using server = await startDnsServer(TABLE);
  const found = await askNameServers("name.test", BOTH, settings([server]), noSignal());
  assertEquals(found, ["2001:db8::1", "192.0.2.1"]);
  assertEquals(server.asked.map(({ type }) => type).sort(), ["A", "AAAA"]);
});

Deno.test("askNameServers() asks for no family that is not wanted", async () => {
  await using server = await startDnsServer(TABLE);
  const found = await askNameServers("name.test", ["A"], settings([server]), noSignal());
  assertEquals(found, ["192.0.2.1"]);
  assertEquals(server.asked.map(({ type }) => type), ["A"]);
});

Deno.test("askNameServers() is content with one family", async () => {
  await using server = await startDnsServer(TABLE);
  const found = await askNameServers("four.test", BOTH, settings([server]), noSignal());
  assertEquals(found, ["192.0.2.4"]);
});

Deno.test("askNameServers() asks the next server when one does not answer", async () => {
  await using silent = await startDnsServer(() => undefined);
  await using server = await startDnsServer(TABLE);
  const impatient = settings([silent, server], { tries: 2, tryMs: 50 });
  // The second server may be impatiently left as well, on a machine under load; it was asked all the same.
  await askNameServers("name.test", ["A"], impatient, noSignal()).catch(() => {});
  assertEquals(silent.asked.length, 2);
  assertEquals(server.asked[0]?.name, "name.test");
});

Deno.test("askNameServers() asks the next server when one fails", async () => {
  for (const code of [2, 4, 5]) {
    await using failing = await startDnsServer(() => ({ code }));
    await using server = await startDnsServer(TABLE);
    const found = await askNameServers(
      "name.test",
      ["A"],
      settings([failing, server]),
      noSignal(),
    );
    assertEquals(found, ["192.0.2.1"]);
  }
});

Deno.test("askNameServers() asks nobody else when a server knows that there is no such name", async () => {
  await using first = await startDnsServer(() => ({ code: 3 }));
  await using second = await startDnsServer(TABLE);
  await assertConnectError(
    () => askNameServers("name.test", BOTH, settings([first, second]), noSignal()),
    "dns",
    'Cannot resolve "name.test": no such host is known',
  );
  assertEquals(second.asked, []);
});

Deno.test("askNameServers() tells what was wrong with each server", async () => {
  await using first = await startDnsServer(() => ({ code: 2 }));
  await using second = await startDnsServer(() => ({ code: 5 }));
  const { port } = second.address;
  await assertConnectError(
    () => askNameServers("name.test", ["A"], settings([first, second]), noSignal()),
    "dns",
    `it answers SERVFAIL; name server "127.0.0.1:${port}": it answers REFUSED`,
  );
});

Deno.test("askNameServers() takes addresses of one family when the other one fails", async () => {
  await using server = await startDnsServer(({ name, type }) => {
    return type === "A" ? { answers: addressesOf(name, "192.0.2.1") } : { code: 2 };
  });
  const found = await askNameServers("name.test", BOTH, settings([server]), noSignal());
  assertEquals(found, ["192.0.2.1"]);
});

Deno.test("askNameServers() does not wait for a family that does not come, once it has the other", async () => {
  await using server = await startDnsServer(({ name, type }) => {
    return type === "A" ? { answers: addressesOf(name, "192.0.2.1") } : undefined;
  });
  const found = await askNameServers("name.test", BOTH, settings([server]), noSignal());
  assertEquals(found, ["192.0.2.1"]);
});

Deno.test("askNameServers() ends with the reason of an abort", async () => {
  const abort = new AbortController();
  await using server = await startDnsServer(() => {
    abort.abort(new URIError("enough"));
    return undefined;
  });
  await assertRejects(
    () => askNameServers("name.test", BOTH, settings([server]), abort.signal),
    URIError,
    "enough",
  );
});
