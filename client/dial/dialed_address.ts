// Where a connection ends beyond a proxy: the socket only knows the proxy's address, and those who are asked
// about addresses want to know of the target's.

import type { Transport } from "./transport.ts";

const ends = new WeakMap<Transport, Deno.NetAddr>();

/** Notes that the tunnel through a proxy leads to an address that was resolved here. */
export function noteTunnelEnd(transport: Transport, hostname: string, port: number): void {
  ends.set(transport, { transport: "tcp", hostname, port });
}

/** Notes that a transport runs on another one, and leads to the same end. */
export function inheritTunnelEnd(transport: Transport, from: Transport): void {
  const end = ends.get(from);
  if (end !== undefined) ends.set(transport, end);
}

/** The address of the target that was dialed, or that a proxy was asked for; of a unix socket its path. */
export function dialedAddress(transport: Transport): Deno.Addr {
  return ends.get(transport) ?? transport.remoteAddr;
}
