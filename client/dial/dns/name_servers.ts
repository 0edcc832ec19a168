// A name to the DNS servers of a list: the first one that answers decides, whether it knows the name or not
// (RFC 8305 3 for the two families).

import { beforeAbort } from "../aborting.ts";
import { flawOf, hostAndPort, resolveFailure } from "../connect_flaw.ts";
import type { RecordType } from "./message.ts";
import { DNS_PATIENCE, type DnsNetwork, type DnsPatience, queryServer } from "./query.ts";
import type { NameServer } from "../route_settings.ts";

/** How long one family waits for the other, once it has addresses, in milliseconds. */
const GRACE_MS = 1000;

/** Who is asked, and how. */
export interface DnsSettings {
  readonly servers: readonly NameServer[];
  readonly network: DnsNetwork;
  readonly patience?: DnsPatience;
}

/** The addresses of a name, those of the first type first. Throws a ConnectError when there are none. */
export async function askNameServers(
  host: string,
  types: readonly RecordType[],
  settings: DnsSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const late = new AbortController();
  const inTime = AbortSignal.any([signal, late.signal]);
  let grace: ReturnType<typeof setTimeout> | undefined;
  const asked = types.map(async (type) => {
    const addresses = await askInTurn(host, type, settings, inTime);
    if (addresses.length > 0) grace ??= setTimeout(() => late.abort(), GRACE_MS);
    return addresses;
  });
  try {
    const outcomes = await beforeAbort(Promise.allSettled(asked), signal);
    const found = outcomes.flatMap((it) => it.status === "fulfilled" ? it.value : []);
    if (found.length > 0) return found;
    const failed = outcomes.find((it) => it.status === "rejected");
    throw failed?.reason ?? resolveFailure(host, "no such host is known, or none with an address");
  } finally {
    clearTimeout(grace);
  }
}

async function askInTurn(
  host: string,
  type: RecordType,
  { servers, network, patience = DNS_PATIENCE }: DnsSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const flaws: string[] = [];
  let cause: unknown;
  for (const server of servers) {
    let flaw: string;
    try {
      const { code, addresses } = await queryServer(network, server, host, type, signal, patience);
      if (code === "NOERROR" || code === "NXDOMAIN") return addresses;
      flaw = `it answers ${code}`;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      cause = error;
      flaw = flawOf(error);
    }
    flaws.push(`name server "${hostAndPort(server.ipAddr, server.port)}": ${flaw}`);
  }
  throw resolveFailure(host, flaws.join("; "), cause);
}
