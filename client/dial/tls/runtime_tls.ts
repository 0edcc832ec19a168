// TLS by the runtime, on its own TCP connections: with authorities besides the usual ones, and nothing else.

import { whileOpen } from "../aborting.ts";
import type { Transport } from "../transport.ts";

/** Secures a connection to the server of that name, or address. */
export async function secureByRuntime(
  conn: Deno.TcpConn,
  name: string,
  ca: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Transport> {
  const tls = await Deno.startTls(conn, {
    hostname: name,
    caCerts: ca === undefined ? [] : [...ca],
    alpnProtocols: ["http/1.1"],
  });
  await whileOpen(tls, signal, () => tls.handshake());
  return tls;
}
