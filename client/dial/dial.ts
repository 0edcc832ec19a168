// The way to a server, from its first step to the last: a unix socket, or TCP to it or to a proxy; the proxy's
// tunnel; TLS. Every failure leaves nothing open.

import { inheritTunnelEnd } from "./dialed_address.ts";
import { connectThroughProxy } from "./proxy/through_proxy.ts";
import type { DialTarget, DialWatch, RouteSettings } from "./route_settings.ts";
import type { ProxySettings } from "./proxy/proxy.ts";
import { connectTcp } from "./tcp.ts";
import { secure } from "./tls/tls.ts";
import type { Transport } from "./transport.ts";
import { connectUnix } from "./unix.ts";

/** A connection to the target. Rejects with the signal's reason, or with a ConnectError. */
export async function dial(
  target: DialTarget,
  route: RouteSettings,
  watch: DialWatch,
): Promise<Transport> {
  watch.signal.throwIfAborted();
  const transport = await reach(target, route, watch);
  if (!target.secure) return transport;
  watch.phase("tls");
  const secured = await secure(transport, target, route, watch.signal);
  inheritTunnelEnd(secured, transport);
  return secured;
}

async function reach(
  target: DialTarget,
  route: RouteSettings,
  watch: DialWatch,
): Promise<Transport> {
  if (route.unix !== undefined) return await connectUnix(route.unix, watch);
  const proxy = proxyOf(target, route);
  if (proxy === undefined) return await connectTcp(target, route, watch);
  const isTunnel = !usesAbsoluteForm(target, route);
  return await connectThroughProxy({ target, proxy, isTunnel, route }, watch);
}

/** Whether the request line names the whole URL, for a proxy that passes requests on (RFC 9112 3.2.2). */
export function usesAbsoluteForm(target: DialTarget, route: RouteSettings): boolean {
  // Only a tunnel can be asked for an address that was checked, or be upgraded (RFC 6455 4.1).
  if (target.url.protocol !== "http:" || route.allowAddress !== undefined) return false;
  const protocol = proxyOf(target, route)?.protocol;
  return protocol === "http:" || protocol === "https:";
}

function proxyOf(target: DialTarget, route: RouteSettings): ProxySettings | undefined {
  if (route.unix !== undefined) return undefined;
  return route.proxy?.(target.secure, target.host, target.port);
}
