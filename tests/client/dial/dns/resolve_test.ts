import { assertEquals, assertRejects } from "@std/assert";
import { resolveHost, type ResolveSettings } from "../../../../client/dial/dns/resolve.ts";
import { assertConnectError, pathOf, Watch } from "../../support/dialing.ts";
import { startDnsServer, tableScript } from "../../support/dns_server.ts";
import { socketsTo, testOnLinux } from "../../support/socket_options.ts";

function resolve(host: string, settings: Partial<ResolveSettings>, watch = new Watch(), port = 80) {
  return resolveHost(host, port, pathOf(settings), watch);
}

Deno.test("resolveHost() takes an address as it is", async () => {
  const watch = new Watch();
  assertEquals(await resolve("192.0.2.1", {}, watch), ["192.0.2.1"]);
  assertEquals(await resolve("::1", { ipv6: true }, watch), ["::1"]);
  assertEquals(watch.phases, []);
});

Deno.test("resolveHost() says that an address is of the wrong family", async () => {
  const watch = new Watch();
  await assertConnectError(
    () => resolve("192.0.2.1", { ipv6: true }, watch),
    "dns",
    'Cannot resolve "192.0.2.1": it has no address of IPv6, which option "ipv6" asks for',
  );
  assertEquals(watch.phases, ["dns"]);
  await assertConnectError(
    () => resolve("::1", { localAddress: "127.0.0.1" }),
    "dns",
    'it has no address of IPv4, which option "localAddress" asks for',
  );
});

Deno.test("resolveHost() asks nobody when options ask for different families", async () => {
  const watch = new Watch();
  await assertConnectError(
    () => resolve("name.test", { ipv6: true, localAddress: "127.0.0.1" }, watch),
    "dns",
    'Cannot resolve "name.test": options "ipv6" and "localAddress" ask for different families',
  );
  assertEquals(watch.phases, ["dns"]);
});

Deno.test("resolveHost() prefers the more exact key of option resolve", async () => {
  const table = new Map([
    ["*:*", ["192.0.2.4"]],
    ["*:80", ["192.0.2.3"]],
    ["name.test:*", ["192.0.2.2"]],
    ["name.test:80", ["192.0.2.1", "::1"]],
  ]);
  const settings = { resolve: table };
  assertEquals(await resolve("Name.Test", settings), ["192.0.2.1", "::1"]);
  assertEquals(await resolve("name.test", settings, new Watch(), 81), ["192.0.2.2"]);
  assertEquals(await resolve("other.test", settings), ["192.0.2.3"]);
  const watch = new Watch();
  assertEquals(await resolve("other.test", settings, watch, 81), ["192.0.2.4"]);
  assertEquals(watch.phases, []);
  assertEquals(await resolve("name.test", { ...settings, ipv6: false }), ["192.0.2.1"]);
});

Deno.test("resolveHost() asks the system where no option says otherwise", async () => {
  const watch = new Watch();
  assertEquals(await resolve("localhost", { ipv6: false }, watch), ["127.0.0.1"]);
  assertEquals(watch.phases, ["dns"]);
});

Deno.test("resolveHost() asks the name servers", async () => {
  const table = { "name.test": ["192.0.2.1", "2001:db8::1"] };
  await using server = await startDnsServer(tableScript(table));
  const nameservers = [server.address];
  const watch = new Watch();
  assertEquals(await resolve("name.test", { nameservers }, watch), ["2001:db8::1", "192.0.2.1"]);
  assertEquals(watch.phases, ["dns"]);
  assertEquals(await resolve("name.test", { nameservers, ipv6: true }), ["2001:db8::1"]);
  await assertConnectError(() => resolve("other.test", { nameservers }), "dns", "no such host");
});

Deno.test("resolveHost() asks no name server about this machine", async () => {
  await using server = await startDnsServer(tableScript({}));
  const nameservers = [server.address];
  for (const name of ["localhost", "LocalHost.", "sub.localhost"]) {
    assertEquals(await resolve(name, { nameservers }), ["127.0.0.1", "::1"]);
  }
  assertEquals(server.asked, []);
});

Deno.test("resolveHost() finds names in the hosts file before it asks a name server", async () => {
  await using server = await startDnsServer(tableScript({}));
  const hostsName = await nameInHostsFile();
  if (hostsName === undefined) return; // This machine's file has nothing but localhost.
  const found = await resolve(hostsName, { nameservers: [server.address] });
  assertEquals(found.length > 0, true);
  assertEquals(server.asked, []);
});

async function nameInHostsFile(): Promise<string | undefined> {
  const text = await Deno.readTextFile("/etc/hosts").catch(() => "");
  const names = text.split("\n").flatMap((line) =>
    line.replace(/#.*/, "").trim().split(/\s+/).slice(1)
  );
  return names.find((name) => !name.endsWith("localhost"));
}

testOnLinux(["mark"], "resolveHost() asks name servers by sockets with the mark", async () => {
  const marks: number[] = [];
  const table = tableScript({ "name.test": ["192.0.2.1"] });
  await using server = await startDnsServer((asked) => {
    marks.push(...socketsTo(server.address.port).map(({ mark }) => mark));
    return table(asked);
  });
  const settings = { nameservers: [server.address], mark: 78, ipv6: false };
  assertEquals(await resolve("name.test", settings), ["192.0.2.1"]);
  assertEquals(marks, [78]);
});

Deno.test("resolveHost() ends with the reason of an abort", async () => {
  const abort = new AbortController();
  await using server = await startDnsServer(() => {
    abort.abort(new URIError("enough"));
    return undefined;
  });
  await assertRejects(
    () => resolve("name.test", { nameservers: [server.address] }, new Watch(abort.signal)),
    URIError,
    "enough",
  );
});
