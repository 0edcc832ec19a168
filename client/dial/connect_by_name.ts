// TCP by name, the way without any option: the runtime resolves the name and dials the addresses of both
// families, staggered (RFC 8305). That needs no permission but the one for the name.

import { connectError, flawOf, resolveError } from "./connect_error.ts";
import type { DialWatch } from "./route_settings.ts";
import type { Transport } from "./transport.ts";

/** Connects to a host, a name or an address without brackets. */
export async function connectByName(
  host: string,
  port: number,
  watch: DialWatch,
): Promise<Transport> {
  const { signal } = watch;
  watch.phase("connect");
  return await connectRuntimeTcp(host, port, signal).catch((cause) => {
    if (signal.aborted) throw signal.reason;
    if (/^failed to lookup|^invalid host/.test(cause.message)) {
      watch.phase("dns");
      throw resolveError(host, cause.message.replace(/^failed[^:]*: /, ""), cause);
    }
    throw connectError(host, port, flawOf(cause), cause);
  });
}

/** The runtime's own TCP, without Nagle's delay. */
export async function connectRuntimeTcp(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname, port, signal });
  if (signal.aborted) {
    conn.close();
    throw signal.reason;
  }
  conn.setNoDelay(true);
  return conn;
}
