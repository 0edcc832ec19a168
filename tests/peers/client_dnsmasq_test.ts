// The client's `nameservers` against a real DNS server.

import { assertEquals } from "@std/assert";
import { get, type RequestOptions } from "../../client/mod.ts";
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

  async get(name: string, options: RequestOptions): Promise<string> {
    const { port } = this.#server.addr as Deno.NetAddr;
    const response = await get(`http://${name}:${port}/`, options);
    return response.text().replace(`:${port}`, "");
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
    assertEquals(dns.log.match(/query\[A\] many\.test/g)?.length, 2);
  },
);

testOnLinux(["mark"], "dnsmasq is asked by marked sockets, over TCP too", async () => {
  await using dns = await startDnsmasq({ "many.test": MANY, "name.test": ["127.0.0.1"] });
  await using server = new Server();
  for (const name of ["name.test", "many.test"]) {
    const options = { nameservers: dns.address, ipv6: false, mark: 77 };
    assertEquals(await server.get(name, options), name);
  }
  assertEquals(dns.log.match(/query\[A\] many\.test/g)?.length, 2);
}, (name, fn) => testWith(["dnsmasq"], name, fn));
