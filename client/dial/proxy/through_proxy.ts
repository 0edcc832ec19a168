// A connection to a target by way of a proxy: to the proxy first, by all the options that concern a way, then
// the tunnel where one is needed.

import { whileOpen } from "../aborting.ts";
import { allowedAddresses } from "../address_guard.ts";
import { noteTunnelEnd } from "../dialed_address.ts";
import { openHttpTunnel } from "./http_tunnel.ts";
import { parseIpAddress } from "../ip_address.ts";
import type { DialTarget, DialWatch, RouteSettings } from "../route_settings.ts";
import { type ProxySettings, tunnelError } from "./proxy.ts";
import { resolveHost } from "../dns/resolve.ts";
import { openSocksTunnel } from "./socks.ts";
import { connectTcp } from "../tcp.ts";
import { secure } from "../tls/tls.ts";
import type { Transport } from "../transport.ts";

/** Where to, and through which proxy. */
interface ProxiedWay {
  readonly target: DialTarget;
  readonly proxy: ProxySettings;
  /** Whether a tunnel to the target is needed; otherwise the connection ends at the proxy. */
  readonly isTunnel: boolean;
  readonly route: RouteSettings;
}

/** Connects, to the target with a tunnel, otherwise to the proxy. */
export async function connectThroughProxy(way: ProxiedWay, watch: DialWatch): Promise<Transport> {
  if (!way.isTunnel) return await connectToProxy(way, watch);
  const { target, proxy } = way;
  const { signal } = watch;
  const hosts = await tunnelHosts(way, watch);
  let failure: unknown;
  for (const host of hosts) {
    const transport = await connectToProxy(way, watch);
    try {
      await whileOpen(transport, signal, () => openTunnel(transport, host, target.port, proxy));
      if (parseIpAddress(host) !== undefined) noteTunnelEnd(transport, host, target.port);
      return transport;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      failure ??= error;
    }
  }
  throw failure;
}

/**
 * What the proxy may be asked for, one after the other: addresses where they are resolved and checked here,
 * otherwise the name.
 */
async function tunnelHosts(
  { target, proxy, route }: ProxiedWay,
  watch: DialWatch,
): Promise<readonly string[]> {
  const { host, port } = target;
  const { allowAddress } = route;
  if (allowAddress === undefined && proxy.protocol !== "socks5:") return [host];
  // The mark and the local address are matters of the way to the proxy, but the queries are our own.
  const addresses = await resolveHost(host, port, { ...route, localAddress: undefined }, watch);
  if (allowAddress !== undefined) watch.phase("connect");
  return await allowedAddresses(addresses, allowAddress, target, watch.signal);
}

async function connectToProxy(
  { target, proxy, route }: ProxiedWay,
  watch: DialWatch,
): Promise<Transport> {
  const { host, port, protocol } = proxy;
  // The guard is about where requests end: proxies are the program's own choice.
  const way = { ...route, allowAddress: undefined };
  try {
    const transport = await connectTcp({ host, port, url: target.url }, way, watch);
    watch.phase("proxy");
    if (protocol !== "https:") return transport;
    return await secure(transport, proxy, proxyTls(route), watch.signal);
  } catch (cause) {
    if (watch.signal.aborted) throw watch.signal.reason;
    const tunnel = { host: target.host, port: target.port, proxy };
    throw tunnelError(tunnel, (cause as Error).message, cause);
  }
}

/** Of the options about TLS, those that do not speak of the server. */
function proxyTls({ ca, minTlsVersion }: RouteSettings) {
  return {
    ca,
    minTlsVersion,
    cert: undefined,
    key: undefined,
    insecure: false,
    serverName: undefined,
    pin: undefined,
  };
}

function openTunnel(
  transport: Transport,
  host: string,
  port: number,
  proxy: ProxySettings,
): Promise<void> {
  const open = proxy.protocol.startsWith("socks") ? openSocksTunnel : openHttpTunnel;
  return open(transport, host, port, proxy);
}
