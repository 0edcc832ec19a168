// Taking a connection over from the server (RFC 9110 7.8 and 9.3.6): the head that says so, and the socket
// with what was already read of it.

import type { Channel } from "./channel.ts";
import type { ServerRequest } from "./request.ts";
import { resumeConn } from "./resumed_conn.ts";
import type { OutgoingResponse } from "./response.ts";

/** A connection that was taken over from the server. */
export interface UpgradedConn {
  /** The connection itself; closing it is up to its new owner. */
  readonly conn: Deno.TcpConn | Deno.TlsConn | Deno.UnixConn;
  /** Bytes that the client sent after the request head and that were already read. */
  readonly buffered: Uint8Array<ArrayBuffer>;
}

/** Throws TypeError when a request does not let its connection be taken over by an answer with these fields. */
export function checkTakeOver(request: ServerRequest, fields: Pick<Headers, "has">): void {
  if (request.minorVersion === 0) {
    throw new TypeError("Cannot upgrade: the client speaks HTTP/1.0");
  }
  if (request.method === "CONNECT") return;
  // Only to what the client has offered, and named in the answer.
  if (request.headers["upgrade"] === undefined) {
    throw new TypeError("Cannot upgrade: the client did not ask for it");
  }
  if (!fields.has("upgrade")) throw new TypeError('Cannot upgrade: no field "Upgrade" was set');
}

/** Answers 101, or 200 to CONNECT, and lets go of the socket. Throws TypeError when that is not legal. */
export async function takeOver(
  channel: Channel,
  request: ServerRequest,
  response: OutgoingResponse,
): Promise<UpgradedConn> {
  checkTakeOver(request, response.fields);
  response.status = request.method === "CONNECT" ? 200 : 101;
  response.putUpgradeHead();
  await channel.writer.flush();
  const { conn } = channel;
  const { buffered, parked } = channel.detach();
  response.settle();
  return { conn: parked === undefined ? conn : resumeConn(conn, parked), buffered };
}
