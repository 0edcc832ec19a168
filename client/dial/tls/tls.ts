// TLS on a transport: by the runtime where that can do it, by node:tls where an option or the kind of transport
// asks for more.

import { closeQuietly } from "../aborting.ts";
import { checkPem } from "./check_pem.ts";
import { secureByNode } from "./node_tls.ts";
import type { TlsSettings } from "../route_settings.ts";
import { secureByRuntime } from "./runtime_tls.ts";
import { readError, tlsError, type TlsPeer } from "./tls_error.ts";
import type { Transport } from "../transport.ts";

/** Secures a transport to a host, a name or an address; it is closed on failure. */
export async function secure(
  transport: Transport,
  { host, port }: { readonly host: string; readonly port: number },
  settings: TlsSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const name = settings.serverName ?? host;
  const peer = { host, port, name };
  try {
    signal.throwIfAborted();
    checkPem(settings);
    const secured = isForRuntime(transport, settings)
      ? await secureByRuntime(transport, name, settings.ca, signal)
      : await secureByNode(transport, name, settings, signal);
    return explainFirstRead(secured, peer);
  } catch (error) {
    closeQuietly(transport);
    if (signal.aborted) throw signal.reason;
    if (error instanceof TypeError) throw error;
    throw tlsError(peer, error);
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

/** The first read is the last step of the handshake: what the server has against us, it may say only now. */
function explainFirstRead(transport: Transport, peer: TlsPeer): Transport {
  const ownRead: { read?: Transport["read"] } = transport;
  const read = transport.read;
  ownRead.read = async (into) => {
    // Later reads are those of the transport itself again, at no cost.
    delete ownRead.read;
    try {
      return await read.call(transport, into);
    } catch (error) {
      throw readError(peer, error);
    }
  };
  return transport;
}
