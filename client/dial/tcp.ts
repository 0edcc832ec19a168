// TCP to a host: by name where no option forbids that, otherwise to addresses that were resolved, and asked
// about, here.

import { allowedAddresses } from "./address_guard.ts";
import { connectByName, connectRuntimeTcp } from "./connect_by_name.ts";
import { connectError, flawOf } from "./connect_error.ts";
import { connectFirst } from "./happy_eyeballs.ts";
import { connectLinuxTcp } from "./linux/connect.ts";
import { connectFrom } from "./node_tcp.ts";
import type { DialTarget, DialWatch, RouteSettings } from "./route_settings.ts";
import { resolveHost } from "./dns/resolve.ts";
import type { Transport } from "./transport.ts";

/** Connects to a host, a name or an address without brackets. */
export async function connectTcp(
  target: Omit<DialTarget, "secure">,
  route: RouteSettings,
  watch: DialWatch,
): Promise<Transport> {
  const { host, port } = target;
  const { signal } = watch;
  if (isByName(route)) return await connectByName(host, port, watch);
  const found = await resolveHost(host, port, route, watch);
  watch.phase("connect");
  const addresses = await allowedAddresses(found, route.allowAddress, target, signal);
  try {
    return await connectFirst(addresses, (address, attempt) => {
      return connectAddress(address, port, route, attempt);
    }, signal);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw connectError(host, port, flawOf(cause), cause);
  }
}

/** Whether the runtime may resolve the name and choose among its addresses. */
function isByName(route: RouteSettings): boolean {
  const { ipv6, nameservers, resolve, allowAddress, mark, device, localAddress } = route;
  const options = [ipv6, nameservers, resolve, allowAddress, mark, device, localAddress];
  return options.every((it) => it === undefined);
}

function connectAddress(
  address: string,
  port: number,
  route: RouteSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const { mark, device, localAddress } = route;
  if (mark !== undefined || device !== undefined) {
    return connectLinuxTcp(address, port, route, signal);
  }
  if (localAddress !== undefined) return connectFrom(localAddress, address, port, signal);
  return connectRuntimeTcp(address, port, signal);
}
