// The client's `nameservers` against a real DNS server.

import { assertEquals } from "@std/assert";
import { Client, type ClientResponse, get, type RequestOptions } from "../../client/mod.ts";
import { assertConnectError } from "../client/support/dialing.ts";
import { testOnLinux } from "../client/support/socket_options.ts";
import { startDnsmasq } from "./dnsmasq.ts";
import { testWith } from "./programs.ts";

/** More than fit into a datagram of 512 bytes. */
const MANY = Array.from({ length: 60 }, (_, at) => `127.1.0.${at + 1}`);

/** A server of HTTP on every address of loopback. */
class Server implements AsyncDisposable {
  readonly #server = Deno.serve(
    { hostname: "0.0.0.0", port: 0, onListen() {} },
    (request, { completed: _, remoteAddr: __ }) => new Response(request.headers.get("host")),
  );

  /** `host:port` of a name that is this server's. */
  host(name: string): string {
    return `${name}:${(this.#server.addr as Deno.NetAddr).port}`;
  }

  /** The name that this server was asked for, by a client that found it. */
  async get(name: string, options: RequestOptions): Promise<string> {
    const { body }: ClientResponse = await get(`http://${this.host(name)}/`, options);
    return new TextDecoder().decode(body).replace(/:\d+$/, "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

testWith(["dnsmasq"], "names that only dnsmasq knows are found, aliases too", async () => {
  const hosts = { "name.test": ["127.0.0.1"] };
  await using dns = await startDnsmasq(hosts, ["--cname=alias.test,name.test"]);
  await using server = new Server();
  for (const name of ["name.test", "alias.test"]) {
    assertEquals(await server.get(name, { nameservers: dns.address }), name);
  }
});

testWith(
  ["dnsmasq"],
  "a kept connection asks dnsmasq nothing, nor does another client",
  async () => {
    await using dns = await startDnsmasq({ "box.test": ["127.0.0.1"] });
    await using server = new Server();
    const url = `http://${server.host("box.test")}/`;
    using client = new Client({ nameservers: dns.address });
    assertEquals((await client.get(url)).code, 200);
    assertEquals(dns.asked, ["A box.test", "AAAA box.test"]);
    const { connection, timings } = await client.get(url);
    assertEquals([connection.reused, timings.dns], [true, 0]);
    assertEquals(dns.queries, 2);
    // The system's resolver knows nothing of it.
    await assertConnectError(() => get(url), "dns", "box.test");
  },
);

testWith(["dnsmasq"], "option ipv6 decides what dnsmasq is asked for", async () => {
  await using dns = await startDnsmasq({ "box.test": ["127.0.0.1", "::1"] });
  await using server = new Server();
  await server.get("box.test", { nameservers: dns.address, ipv6: false });
  assertEquals(dns.asked, ["A box.test"]);
  // Of both families, the one where nobody listens is no error.
  await server.get("box.test", { nameservers: dns.address });
  assertEquals(dns.asked, ["A box.test", "AAAA box.test"]);
});

testWith(
  ["dnsmasq"],
  "dnsmasq is not asked for this machine's names, or those in option resolve",
  async () => {
    await using dns = await startDnsmasq({ "box.test": ["192.0.2.1"] });
    await using server = new Server();
    const nameservers = dns.address;
    assertEquals(await server.get("localhost", { nameservers }), "localhost");
    const resolve = { [server.host("box.test")]: "127.0.0.1" };
    assertEquals(await server.get("box.test", { nameservers, resolve }), "box.test");
    assertEquals(dns.queries, 0);
  },
);

testWith(["dnsmasq"], "names that dnsmasq does not know are not found", async () => {
  await using dns = await startDnsmasq({ "four.test": ["127.0.0.1"] });
  await using server = new Server();
  const nameservers = dns.address;
  await assertConnectError(() => server.get("none.test", { nameservers }), "dns", "no such host");
  await assertConnectError(
    () => server.get("four.test", { nameservers, ipv6: true }),
    "dns",
    "none with an address",
  );
});

testWith(["dnsmasq"], "dnsmasq is asked after a server that refuses", async () => {
  await using knowing = await startDnsmasq({}, ["--local=/other/"]);
  await using dns = await startDnsmasq({ "name.other": ["127.0.0.1"] });
  await using server = new Server();
  // Without servers of its own, dnsmasq refuses what is not local.
  await using refused = await startDnsmasq({});
  const nameservers = [refused.address, dns.address];
  assertEquals(await server.get("name.other", { nameservers }), "name.other");
  // That there is no such name is an answer.
  const final = [knowing.address, dns.address];
  await assertConnectError(
    () => server.get("name.other", { nameservers: final }),
    "dns",
    "no such",
  );
});

testWith(
  ["dnsmasq"],
  "an answer of dnsmasq that does not fit into a datagram is had over TCP",
  async () => {
    await using dns = await startDnsmasq({ "many.test": MANY });
    await using server = new Server();
    const options = { nameservers: dns.address, ipv6: false };
    assertEquals(await server.get("many.test", options), "many.test");
    // Once by each protocol.
    assertEquals(dns.queries, 2);
  },
);

testOnLinux(["mark"], "dnsmasq answers marked sockets as well, over TCP too", async () => {
  await using dns = await startDnsmasq({ "many.test": MANY, "name.test": ["127.0.0.1"] });
  await using server = new Server();
  for (const name of ["name.test", "many.test"]) {
    const options = { nameservers: dns.address, ipv6: false, mark: 77 };
    assertEquals(await server.get(name, options), name);
  }
  assertEquals(dns.queries, 3);
}, (name, fn) => testWith(["dnsmasq"], name, fn));
