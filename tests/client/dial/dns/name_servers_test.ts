import { assertEquals, assertRejects } from "@std/assert";
import { DNS_NETWORK } from "../../../../client/dial/dns/network.ts";
import { askNameServers, type DnsSettings } from "../../../../client/dial/dns/name_servers.ts";
import { assertConnectError, DEAD_PORT, noSignal } from "../../support/dialing.ts";
import {
  addressesOf,
  type DnsServer,
  startDnsServer,
  tableScript,
} from "../../support/dns_server.ts";
import { until } from "../../../conformance/waiting.ts";
import { openSockets, socketsDownTo, testOnLinux } from "../../support/socket_options.ts";

const TABLE = tableScript({
  "name.test": ["192.0.2.1", "2001:db8::1"],
  "four.test": ["192.0.2.4"],
});
const BOTH = ["AAAA", "A"] as const;

/** Longer than any test. */
const NEVER_MS = 1_000_000;
const PATIENT = { tries: 1, tryMs: NEVER_MS, aloneMs: NEVER_MS };

function settings(servers: Pick<DnsServer, "address">[], patience = PATIENT): DnsSettings {
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
  const impatient = settings([silent, server], { tries: 2, tryMs: 50, aloneMs: NEVER_MS });
  // The second server may be impatiently left as well, on a machine under load; it was asked all the same.
  await askNameServers("name.test", ["A"], impatient, noSignal()).catch(() => {});
  // What was sent may still be on its way to them.
  await until("both were asked", () => silent.asked.length === 2 && server.asked.length > 0);
  assertEquals(server.asked[0]!.name, "name.test");
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

Deno.test("askNameServers() asks the next server too when one is silent, and takes what comes first", async () => {
  await using silent = await startDnsServer(() => undefined);
  await using failing = await startDnsServer(() => ({ code: 2 }));
  await using server = await startDnsServer(TABLE);
  const staggered = settings([silent, failing, server], { ...PATIENT, aloneMs: 1 });
  const found = await askNameServers("name.test", BOTH, staggered, noSignal());
  assertEquals(found, ["2001:db8::1", "192.0.2.1"]);
});

Deno.test("askNameServers() takes the word of a later server that there is no such name", async () => {
  await using silent = await startDnsServer(() => undefined);
  await using server = await startDnsServer(() => ({ code: 3 }));
  const staggered = settings([silent, server], { ...PATIENT, aloneMs: 1 });
  await assertConnectError(
    () => askNameServers("name.test", BOTH, staggered, noSignal()),
    "dns",
    'Cannot resolve "name.test": no such host is known',
  );
});

testOnLinux([], "askNameServers() leaves no socket of a server where nobody listens", async () => {
  await using server = await startDnsServer(TABLE);
  const before = openSockets().length;
  const dead = { address: { ipAddr: "127.0.0.1", port: DEAD_PORT } };
  const staggered = settings([dead, dead, server], { ...PATIENT, aloneMs: 1 });
  const found = await askNameServers("name.test", ["A"], staggered, noSignal());
  assertEquals(found, ["192.0.2.1"]);
  await socketsDownTo(before);
});

Deno.test("askNameServers() waits a second by default before it asks the next server too", async () => {
  await using silent = await startDnsServer(() => undefined);
  await using server = await startDnsServer(TABLE);
  const { setTimeout } = globalThis;
  const waits: number[] = [];
  globalThis.setTimeout = ((work: () => void, ms: number) => {
    waits.push(ms);
    // This second is over at once.
    return setTimeout(work, ms === 1000 ? 0 : ms);
  }) as typeof setTimeout;
  try {
    const byDefault = { ...settings([silent, server]), patience: undefined };
    const found = await askNameServers("name.test", ["A"], byDefault, noSignal());
    assertEquals(found, ["192.0.2.1"]);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assertEquals(waits[0], 1000);
});
