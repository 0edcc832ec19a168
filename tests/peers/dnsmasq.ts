// Debian's dnsmasq on loopback, which knows what the test tells it and nothing else:
// `await using dns = await startDnsmasq({ "name.test": ["127.0.0.1"] })`.

import { PlacedProgram } from "./placed_program.ts";

/** Where Debian has it, which is not where users look for programs. */
const DNSMASQ = "/usr/sbin/dnsmasq";

/** A dnsmasq that runs. */
export interface Dnsmasq extends AsyncDisposable {
  /** Its address, as option `nameservers` has it. */
  readonly address: string;
  /** How many queries came so far. */
  readonly queries: number;
  /** What was asked so far, as `A name` and `AAAA name`, sorted and each once. */
  readonly asked: string[];
}

/** Starts it with addresses by name, and options of its own such as `--cname=alias.test,name.test`. */
export async function startDnsmasq(
  hosts: Record<string, string[]>,
  options: string[] = [],
): Promise<Dnsmasq> {
  const lines = Object.entries(hosts).flatMap(([name, list]) => list.map((it) => `${it} ${name}`));
  const placed = await PlacedProgram.start("dns", 1, async (folder, [port]) => {
    await Deno.writeTextFile(`${folder}/hosts`, `${lines.join("\n")}\n`);
    // It reads the file as a user of its own.
    await Deno.chmod(folder, 0o755);
    return {
      program: DNSMASQ,
      args: [
        ...["--keep-in-foreground", "--conf-file=/dev/null", "--pid-file", "--log-facility=-"],
        ...["--no-resolv", "--no-hosts", `--addn-hosts=${folder}/hosts`, "--log-queries"],
        ...["--listen-address=127.0.0.1", "--bind-interfaces", `--port=${port}`, "--local=/test/"],
        ...options,
      ],
      ready: new RegExp(`read ${folder}/hosts`),
    };
  });
  const queries = () =>
    Array.from(
      placed.child.text.matchAll(/query\[(A|AAAA)\] (\S+)/g),
      ([, type, name]) => `${type} ${name}`,
    );
  return {
    address: `127.0.0.1:${placed.ports[0]}`,
    get queries() {
      return queries().length;
    },
    get asked() {
      return [...new Set(queries())].sort();
    },
    [Symbol.asyncDispose]: () => placed[Symbol.asyncDispose](),
  };
}
