// The way to a server, from its first step to the last: a unix socket, or TCP to it or to a proxy; the proxy's
// tunnel; TLS. Every failure leaves nothing open.

import { inheritTunnelEnd } from "./dialed_address.ts";
import { connectThroughProxy } from "./proxy/through_proxy.ts";
import type { DialTarget, DialWatch, PathSettings } from "./path_settings.ts";
import type { ProxySettings } from "./proxy/proxy.ts";
import { connectTcp } from "./tcp.ts";
import { secure } from "./tls/tls.ts";
import type { Transport } from "./transport.ts";
import { connectUnix } from "./unix.ts";

/** A connection to the target. Rejects with the signal's reason, or with a ConnectError. */
export async function dial(
  target: DialTarget,
  path: PathSettings,
  watch: DialWatch,
): Promise<Transport> {
  watch.signal.throwIfAborted();
  const transport = await reach(target, path, watch);
  if (!target.secure) return transport;
  watch.phase("tls");
  const secured = await secure(transport, target, path, watch.signal);
  inheritTunnelEnd(secured, transport);
  return secured;
}

async function reach(
  target: DialTarget,
  path: PathSettings,
  watch: DialWatch,
): Promise<Transport> {
  if (path.unix !== undefined) return await connectUnix(path.unix, watch);
  const proxy = proxyOf(target, path);
  if (proxy === undefined) return await connectTcp(target, path, watch);
  const isTunnel = !usesAbsoluteForm(target, path);
  return await connectThroughProxy(proxy, isTunnel, target, path, watch);
}

/** Whether the request line names the whole URL, for a proxy that passes requests on (RFC 9112 3.2.2). */
export function usesAbsoluteForm(target: DialTarget, path: PathSettings): boolean {
  // Only a tunnel can be asked for an address that was checked, or be upgraded (RFC 6455 4.1).
  if (target.url.protocol !== "http:" || path.allowAddress !== undefined) return false;
  const protocol = proxyOf(target, path)?.protocol;
  return protocol === "http:" || protocol === "https:";
}

function proxyOf(target: DialTarget, path: PathSettings): ProxySettings | undefined {
  if (path.unix !== undefined) return undefined;
  return path.proxy?.(target.secure, target.host, target.port);
}
