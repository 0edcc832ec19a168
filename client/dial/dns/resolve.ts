// A host to the addresses that may be dialed: what the options say of it, or the system's resolver, or DNS
// servers; then only those of the family that is wanted.

import { beforeAbort } from "../aborting.ts";
import { flawOf, resolveError } from "../connect_error.ts";
import type { RecordType } from "./message.ts";
import { DNS_NETWORK, linuxDnsNetwork } from "./network.ts";
import { lookUpInHostsFile } from "./hosts_file.ts";
import { isIpv6, parseIpAddress } from "../ip_address.ts";
import { askNameServers, type DnsSettings } from "./name_servers.ts";
import type { DialWatch, RouteSettings } from "../route_settings.ts";
import { systemNameServers } from "./resolv_conf.ts";
import { lookUpBySystem } from "./system_resolver.ts";

/** What these addresses depend on. */
export type ResolveSettings = Pick<
  RouteSettings,
  "ipv6" | "nameservers" | "mark" | "device" | "localAddress" | "resolve"
>;

/** The addresses of a host, a name or an address itself. Throws a ConnectError when there are none. */
export async function resolveHost(
  host: string,
  port: number,
  settings: ResolveSettings,
  watch: DialWatch,
): Promise<readonly string[]> {
  const types = wantedTypes(settings);
  if (types.length === 0) {
    watch.phase("dns");
    throw resolveError(host, 'options "ipv6" and "localAddress" ask for different families');
  }
  const addresses = overrideOf(host, port, settings) ??
    (parseIpAddress(host) === undefined ? await lookUp(host, types, settings, watch) : [host]);
  const wanted = addresses.filter((it) => types.includes(typeOf(it)));
  if (wanted.length > 0) return wanted;
  watch.phase("dns");
  const option = settings.ipv6 === undefined ? "localAddress" : "ipv6";
  const family = types.map((type) => type === "A" ? "IPv4" : "IPv6").join(" and ");
  throw resolveError(host, `it has no address of ${family}, which option "${option}" asks for`);
}

/** What `resolve` says, the more exact key first. */
function overrideOf(
  host: string,
  port: number,
  { resolve }: ResolveSettings,
): readonly string[] | undefined {
  if (resolve === undefined) return undefined;
  const name = host.toLowerCase();
  return resolve.get(`${name}:${port}`) ?? resolve.get(`${name}:*`) ??
    resolve.get(`*:${port}`) ?? resolve.get("*:*");
}

/** IPv6 first (RFC 6724), where both will do. */
function wantedTypes({ ipv6, localAddress }: ResolveSettings): RecordType[] {
  const types: RecordType[] = ["AAAA", "A"];
  return types
    .filter((type) => ipv6 === undefined || ipv6 === (type === "AAAA"))
    .filter((type) => localAddress === undefined || type === typeOf(localAddress));
}

function typeOf(address: string): RecordType {
  return isIpv6(address) ? "AAAA" : "A";
}

async function lookUp(
  host: string,
  types: readonly RecordType[],
  settings: ResolveSettings,
  watch: DialWatch,
): Promise<readonly string[]> {
  const { nameservers, mark, device } = settings;
  const { signal } = watch;
  watch.phase("dns");
  if (nameservers === undefined && mark === undefined && device === undefined) {
    return await beforeAbort(lookUpBySystem(host), signal);
  }
  // RFC 6761 6.3: these names never leave the machine.
  if (/(^|\.)localhost\.?$/i.test(host)) return ["127.0.0.1", "::1"];
  let dns: DnsSettings;
  try {
    const known = await beforeAbort(lookUpInHostsFile(host), signal);
    if (known.length > 0) return known;
    dns = await beforeAbort(dnsSettings(settings), signal);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw resolveError(host, flawOf(cause), cause);
  }
  return await askNameServers(host, types, dns, signal);
}

/** Queries carry the mark of the request, and leave by its device. */
async function dnsSettings(settings: ResolveSettings): Promise<DnsSettings> {
  const { mark, device, nameservers } = settings;
  if (mark === undefined && device === undefined) {
    return { servers: nameservers!, network: DNS_NETWORK };
  }
  const option = mark === undefined ? "device" : "mark";
  return {
    servers: nameservers ?? await systemNameServers(option),
    network: linuxDnsNetwork(settings),
  };
}
