// Option `nameservers` with a real name server, dnsmasq on loopback. Its log tells what was asked.

import { assertEquals, assertRejects } from "@std/assert";
import { Client, ConnectError, get } from "../../client/mod.ts";
import { listen, type Server } from "../../server/mod.ts";
import { portOf } from "../server/raw_client.ts";
import { ChildProgram } from "./child_program.ts";
import { testWith } from "./programs.ts";
import { freePort } from "./proxies.ts";

const DNSMASQ: ["dnsmasq"] = ["dnsmasq"];
const ATTEMPTS = 5;

/** A running name server. */
interface NameServer extends AsyncDisposable {
  /** As the option wants it. */
  readonly address: string;
  /** What was asked so far: `A name` and `AAAA name`, sorted and each once. */
  readonly asked: string[];
}

/** Starts it on a port that was free a moment ago, and elsewhere if it is no longer. */
async function startDnsmasq(args: string[]): Promise<NameServer> {
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    try {
      const child = await ChildProgram.start({
        program: "/usr/sbin/dnsmasq",
        args: [
          ...["--keep-in-foreground", "--log-facility=-", "--log-queries", "--pid-file="],
          ...["--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces"],
          ...["--listen-address=127.0.0.1", `--port=${port}`],
          ...(Deno.uid() === 0 ? ["--user=root"] : []),
          ...args,
        ],
        ready: /dnsmasq.* started, version/,
      });
      return {
        address: `127.0.0.1:${port}`,
        get asked() {
          const queries = child.text.matchAll(/query\[(A|AAAA)\] (\S+)/g);
          return [...new Set(Array.from(queries, ([, type, name]) => `${type} ${name}`))].sort();
        },
        [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
      };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function serve(hostname = "127.0.0.1"): Server {
  return listen(hostname, 0, {}, (con, req) => con.send(req.headers["host"]!));
}

testWith(DNSMASQ, "a name that only the name server knows is found there", async () => {
  await using dns = await startDnsmasq(["--host-record=box.test,127.0.0.1"]);
  await using server = serve();
  const url = `http://box.test:${portOf(server)}/`;
  using client = new Client({ nameservers: dns.address });
  const response = await client.get(url);
  assertEquals(response.text(), `box.test:${portOf(server)}`);
  assertEquals((response.connection.remoteAddr as Deno.NetAddr).hostname, "127.0.0.1");
  assertEquals(dns.asked, ["A box.test", "AAAA box.test"]);
  const again = await client.get(url);
  assertEquals([again.connection.reused, again.timings.dns], [true, 0]);
  // The system's resolver knows nothing of it.
  const error = await assertRejects(() => get(url), ConnectError);
  assertEquals(error.code, "dns");
});

testWith(DNSMASQ, "aliases are followed, and option ipv6 decides what is asked for", async () => {
  await using dns = await startDnsmasq([
    "--host-record=box.test,127.0.0.1,::1",
    "--cname=alias.test,box.test",
  ]);
  await using server = serve();
  const url = `http://alias.test:${portOf(server)}/`;
  assertEquals((await get(url, { nameservers: [dns.address], ipv6: false })).code, 200);
  assertEquals(dns.asked, ["A alias.test"]);
  // Both families: the one where nobody listens is no error.
  assertEquals((await get(url, { nameservers: [dns.address] })).code, 200);
  assertEquals(dns.asked, ["A alias.test", "AAAA alias.test"]);
});

testWith(DNSMASQ, "a name server that does not answer is passed over", async () => {
  await using dns = await startDnsmasq(["--host-record=box.test,127.0.0.1"]);
  await using server = serve();
  const url = `http://box.test:${portOf(server)}/`;
  const nobody = `127.0.0.1:${freePort()}`;
  assertEquals((await get(url, { nameservers: [nobody, dns.address] })).code, 200);
});

testWith(
  DNSMASQ,
  "a name server that refuses is passed over, one that denies is believed",
  async () => {
    // Without a server to forward to, dnsmasq refuses what it does not know.
    await using refusing = await startDnsmasq(["--host-record=other.test,127.0.0.1"]);
    await using denying = await startDnsmasq(["--address=/test/"]);
    await using knowing = await startDnsmasq(["--host-record=box.test,127.0.0.1"]);
    await using server = serve();
    const url = `http://box.test:${portOf(server)}/`;
    const nameservers = [refusing.address, knowing.address];
    assertEquals((await get(url, { nameservers })).code, 200);
    assertEquals(refusing.asked, ["A box.test", "AAAA box.test"]);
    const error = await assertRejects(
      () => get(url, { nameservers: [denying.address, knowing.address] }),
      ConnectError,
      '"box.test"',
    );
    assertEquals([error.code, error.safeToRetry, error.phase], ["dns", true, "dns"]);
  },
);

testWith(DNSMASQ, "an answer too long for a datagram is fetched over TCP", async () => {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "eco_http_dns_" }));
  try {
    const lines = Array.from({ length: 200 }, (_, i) => `127.0.1.${i + 1} many.test`);
    Deno.writeTextFileSync(`${folder}/hosts`, lines.join("\n") + "\n");
    Deno.chmodSync(folder, 0o755);
    await using dns = await startDnsmasq([`--addn-hosts=${folder}/hosts`, "--edns-packet-max=512"]);
    await using server = serve("0.0.0.0"); // all of 127.0.0.0/8 is this machine
    const asked: string[] = [];
    const response = await get(`http://many.test:${portOf(server)}/`, {
      nameservers: dns.address,
      allowAddress(address) {
        asked.push(address);
        return true;
      },
    });
    assertEquals(response.code, 200);
    assertEquals(new Set(asked).size, 200);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

testWith(DNSMASQ, "this machine's own names are not asked about", async () => {
  await using dns = await startDnsmasq(["--address=/#/192.0.2.1"]);
  await using server = serve();
  const url = `http://localhost:${portOf(server)}/`;
  assertEquals((await get(url, { nameservers: dns.address })).code, 200);
  assertEquals(dns.asked, []);
});

testWith(DNSMASQ, "what the option resolve says is not asked about either", async () => {
  await using dns = await startDnsmasq(["--address=/#/192.0.2.1"]);
  await using server = serve();
  const port = portOf(server);
  const response = await get(`http://box.test:${port}/`, {
    nameservers: dns.address,
    resolve: { [`box.test:${port}`]: "127.0.0.1" },
  });
  assertEquals([response.text(), dns.asked], [`box.test:${port}`, []]);
});
