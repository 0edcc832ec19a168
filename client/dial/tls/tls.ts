// TLS on a transport: by the runtime where that can do it, by node:tls where an option or the kind of transport
// asks for more.

import { closeQuietly } from "../aborting.ts";
import { checkPem } from "./check_pem.ts";
import { secureByNode } from "./node_tls.ts";
import type { TlsSettings } from "../route_settings.ts";
import { secureByRuntime } from "./runtime_tls.ts";
import { tlsFailure } from "./tls_flaw.ts";
import type { Transport } from "../transport.ts";

/** Secures a transport to a host, a name or an address; it is closed on failure. */
export async function secure(
  transport: Transport,
  { host, port }: { readonly host: string; readonly port: number },
  settings: TlsSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const name = settings.serverName ?? host;
  try {
    signal.throwIfAborted();
    checkPem(settings);
    return isForRuntime(transport, settings)
      ? await secureByRuntime(transport, name, settings.ca, signal)
      : await secureByNode(transport, name, settings, signal);
  } catch (error) {
    closeQuietly(transport);
    if (signal.aborted) throw signal.reason;
    if (error instanceof TypeError) throw error;
    throw tlsFailure(host, port, name, error);
  }
}

/** The runtime ignores the other options, and takes no other transports. */
function isForRuntime(
  transport: Transport,
  { cert, insecure, pin, minTlsVersion }: TlsSettings,
): transport is Deno.TcpConn {
  return "setNoDelay" in transport && cert === undefined && !insecure && pin === undefined &&
    (minTlsVersion ?? "1.2") === "1.2";
}
