// Debian's dnsmasq on loopback, which knows what the test tells it and nothing else:
// `await using dns = await startDnsmasq({ "name.test": ["127.0.0.1"] })`.

import { ChildProgram } from "./child_program.ts";

/** Where Debian has it, which is not where users look for programs. */
const DNSMASQ = "/usr/sbin/dnsmasq";
const ATTEMPTS = 5;

/** A dnsmasq that runs. */
export interface Dnsmasq extends AsyncDisposable {
  /** Its address, as option `nameservers` has it. */
  readonly address: string;
  /** What it logged so far, with every query. */
  readonly log: string;
}

/** Starts it with addresses by name, and options of its own such as `--cname=alias.test,name.test`. */
export async function startDnsmasq(
  hosts: Record<string, string[]>,
  options: string[] = [],
): Promise<Dnsmasq> {
  for (let attempt = 1;; attempt++) {
    const folder = await Deno.makeTempDir({ prefix: "eco_http_dns_" });
    try {
      return await start(folder, hosts, options);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      // The port was free a moment ago, and for TCP only.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(
  folder: string,
  hosts: Record<string, string[]>,
  options: string[],
): Promise<Dnsmasq> {
  const lines = Object.entries(hosts).flatMap(([name, list]) => list.map((it) => `${it} ${name}`));
  await Deno.writeTextFile(`${folder}/hosts`, `${lines.join("\n")}\n`);
  // It reads the file as a user of its own.
  await Deno.chmod(folder, 0o755);
  const port = freePort();
  const child = await ChildProgram.start({
    program: DNSMASQ,
    args: [
      ...["--keep-in-foreground", "--conf-file=/dev/null", "--pid-file", "--log-facility=-"],
      ...["--no-resolv", "--no-hosts", `--addn-hosts=${folder}/hosts`, "--log-queries"],
      ...["--listen-address=127.0.0.1", "--bind-interfaces", `--port=${port}`, "--local=/test/"],
      ...options,
    ],
    ready: new RegExp(`read ${folder}/hosts`),
  });
  return {
    address: `127.0.0.1:${port}`,
    get log() {
      return child.text;
    },
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
