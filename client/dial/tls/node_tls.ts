// TLS by node:tls, which takes any transport and every option: a client certificate, no verification, pinned
// keys, a minimum version.

import { createHash, X509Certificate } from "node:crypto";
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type SecureVersion,
  type TLSSocket,
} from "node:tls";
import { whileOpen } from "../aborting.ts";
import { parseIpAddress } from "../ip_address.ts";
import { NodeTransport } from "../node_transport.ts";
import type { TlsSettings } from "../route_settings.ts";
import { PinError } from "./tls_error.ts";
import type { Transport } from "../transport.ts";
import { TransportDuplex } from "../transport_duplex.ts";

/** Secures a transport to the server of that name, or address. */
export async function secureByNode(
  transport: Transport,
  name: string,
  settings: TlsSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const { insecure, pin } = settings;
  const duplex = new TransportDuplex(transport);
  return await whileOpen({ close: () => duplex.destroy() }, signal, async () => {
    const socket = connect({
      socket: duplex,
      // An address is verified, but is no name to send (RFC 6066 3).
      servername: parseIpAddress(name) === undefined ? name : "",
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
      rejectUnauthorized: !insecure,
      secureContext: secureContext(settings),
      ALPNProtocols: ["http/1.1"],
    });
    const flawOfEnd = watchEnd(socket, duplex);
    const secured = new NodeTransport(socket, transport, transport, flawOfEnd);
    duplex.onWriteFailure = (error) => secured.failWrites(error);
    await handshake(socket, duplex);
    if (pin !== undefined) checkPin(socket, pin);
    return secured;
  });
}

/** What is trusted and presented. Option `ca` of node:tls would replace the usual authorities. */
function secureContext({ ca, cert, key, minTlsVersion }: TlsSettings): SecureContext {
  const minVersion = `TLSv${minTlsVersion ?? "1.2"}` as SecureVersion;
  const secure = createSecureContext({ cert, key, minVersion });
  for (const text of ca ?? []) secure.context.addCACert(text);
  return secure;
}

/**
 * Tells at the end of the incoming stream why it may have been cut short: node:tls ends it for a close of TCP as
 * well, which anybody on the way can feign (RFC 9112 9.8).
 */
function watchEnd(socket: TLSSocket, duplex: TransportDuplex): () => unknown {
  let isProper: boolean | undefined;
  const push = socket.push.bind(socket);
  socket.push = (chunk, encoding) => {
    // The end that TLS announces comes before that of the stream below.
    if (chunk === null) isProper ??= !duplex.readableEnded;
    return push(chunk, encoding);
  };
  return () => {
    if (isProper) return undefined;
    return duplex.failure ??
      new Deno.errors.UnexpectedEof("the server closed the connection without close_notify");
  };
}

async function handshake(socket: TLSSocket, duplex: TransportDuplex): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void => {
    reject(duplex.failure ?? new Error("the server closed the connection"));
  };
  socket.once("secureConnect", resolve);
  socket.once("error", reject);
  socket.once("end", onClose);
  socket.once("close", onClose);
  try {
    await promise;
  } finally {
    socket.off("error", reject);
    socket.off("end", onClose);
    socket.off("close", onClose);
  }
}

/** Nothing was sent yet that concerns a request: a wrong key learns of none. */
function checkPin(socket: TLSSocket, pins: readonly string[]): void {
  const { publicKey } = new X509Certificate(socket.getPeerCertificate(true).raw);
  const spki = publicKey.export({ type: "spki", format: "der" });
  const digest = createHash("sha256").update(spki).digest("base64");
  if (pins.includes(digest)) return;
  throw new PinError(`its key is "sha256/${digest}", which option "pin" does not name`);
}
