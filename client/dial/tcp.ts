// TCP to a host: by name where no option forbids that, otherwise to addresses that were resolved, and asked
// about, here.

import { allowedAddresses } from "./address_guard.ts";
import { connectByName, connectRuntimeTcp } from "./connect_by_name.ts";
import { connectFailure } from "./connect_flaw.ts";
import { connectFirst } from "./happy_eyeballs.ts";
import { connectLinuxTcp } from "./linux/network.ts";
import { connectFrom } from "./node_tcp.ts";
import type { DialTarget, DialWatch, PathSettings } from "./path_settings.ts";
import { resolveHost } from "./dns/resolve.ts";
import type { Transport } from "./transport.ts";

/** Connects to a host, a name or an address without brackets. */
export async function connectTcp(
  target: Omit<DialTarget, "secure">,
  path: PathSettings,
  watch: DialWatch,
): Promise<Transport> {
  const { host, port } = target;
  const { signal } = watch;
  if (isByName(path)) return await connectByName(host, port, watch);
  const addresses = await allowedAddresses(
    await resolveHost(host, port, path, watch),
    path.allowAddress,
    target,
    signal,
  );
  watch.phase("connect");
  try {
    return await connectFirst(addresses, (address, attempt) => {
      return connectAddress(address, port, path, attempt);
    }, signal);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw connectFailure(host, port, cause);
  }
}

/** Whether the runtime may resolve the name and choose among its addresses. */
function isByName(path: PathSettings): boolean {
  const { ipv6, nameservers, resolve, allowAddress, mark, device, localAddress } = path;
  const options = [ipv6, nameservers, resolve, allowAddress, mark, device, localAddress];
  return options.every((it) => it === undefined);
}

function connectAddress(
  address: string,
  port: number,
  path: PathSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const { mark, device, localAddress } = path;
  if (mark !== undefined || device !== undefined) {
    return connectLinuxTcp(address, port, path, signal);
  }
  if (localAddress !== undefined) return connectFrom(localAddress, address, port, signal);
  return connectRuntimeTcp(address, port, signal);
}
