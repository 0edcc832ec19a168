// A name to the DNS servers of a list: the first one that answers decides, whether it knows the name or not. One
// that cannot answer is passed over at once, and one that is silent gets company (RFC 8305 3 for the two families).

import { beforeAbort } from "../aborting.ts";
import { flawOf, resolveError } from "../connect_error.ts";
import { hostAndPort } from "../ip_address.ts";
import type { RecordType } from "./message.ts";
import { type DnsNetwork, type DnsPatience, type DnsQuery, queryServer } from "./query.ts";
import type { NameServer } from "../route_settings.ts";
import { firstSuccess } from "../staggered.ts";

/** How long one family waits for the other, once it has addresses, in milliseconds. */
const GRACE_MS = 1000;

/** How long servers are waited for. */
interface ServersPatience extends DnsPatience {
  /** How long a server is alone before the next one is asked as well, in milliseconds. */
  readonly aloneMs: number;
}

/** Five seconds in all for each server, of which the next one waits for the first. */
const PATIENCE: ServersPatience = { tries: 2, tryMs: 2500, aloneMs: 1000 };

/** Who is asked, and how. */
export interface DnsSettings {
  readonly servers: readonly NameServer[];
  readonly network: DnsNetwork;
  readonly patience?: ServersPatience;
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
    const addresses = await askServers(host, type, settings, inTime);
    if (addresses.length > 0) grace ??= setTimeout(() => late.abort(), GRACE_MS);
    return addresses;
  });
  try {
    const outcomes = await beforeAbort(Promise.allSettled(asked), signal);
    const found = outcomes.flatMap((it) => it.status === "fulfilled" ? it.value : []);
    if (found.length > 0) return found;
    const failed = outcomes.find((it) => it.status === "rejected");
    throw failed?.reason ?? resolveError(host, "no such host is known, or none with an address");
  } finally {
    clearTimeout(grace);
  }
}

async function askServers(
  name: string,
  type: RecordType,
  { servers, network, patience = PATIENCE }: DnsSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const attempts = servers.map((server) => (race: AbortSignal) => {
    return askServer({ server, name, type }, network, patience, race);
  });
  try {
    const stagger = { aloneMs: patience.aloneMs, signal, dispose: () => {} };
    return await firstSuccess(attempts, stagger);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { errors } = error as AggregateError;
    const flaws = servers.map(({ ipAddr, port }, at) => {
      return `name server "${hostAndPort(ipAddr, port)}": ${flawOf(errors[at])}`;
    });
    throw resolveError(name, flaws.join("; "), errors.length === 1 ? errors[0] : error);
  }
}

/** What a server decides; rejects where another one may know better. */
async function askServer(
  query: DnsQuery,
  network: DnsNetwork,
  patience: DnsPatience,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { code, addresses } = await queryServer(query, network, patience, signal);
  if (code === "NOERROR" || code === "NXDOMAIN") return addresses;
  throw new Error(`it answers ${code}`);
}
