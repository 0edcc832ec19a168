// What `Deno.upgradeWebSocket` made of a request of ours, as frameworks do on their own: its socket, which waits for
// Deno.serve, is given our connection. The runtime keeps it under a symbol of the response; where it does not, there is
// nothing to adopt.

import { ownSymbol } from "../../wire/own_symbol.ts";
import type { FetchExchange } from "../fetch/exchange.ts";
import type { SwitchingResponse } from "../fetch/switching_response.ts";
import { agree } from "./handshake.ts";
import { resolveWebSocketOptions, type UpgradeWebSocketOptions } from "./options.ts";
import { SocketObject } from "./server_websocket.ts";
import { handshakeOf, socketResponse } from "./upgrade.ts";

/** What the socket shows, but for what an EventTarget does, which it is. */
const MEMBERS = [
  "readyState",
  "url",
  "protocol",
  "extensions",
  "bufferedAmount",
  "binaryType",
  "send",
  "close",
] as const;

/**
 * The response with which a socket of the runtime's takes the connection of an exchange over; undefined for a
 * response that has none. Throws as `upgradeWebSocket` does, and TypeError for a copy of such a response, which has lost
 * its socket.
 */
export function adoptWebSocket(
  exchange: FetchExchange,
  response: Response,
): SwitchingResponse | undefined {
  const native = kept(response, "[[associated_ws]]");
  if (!(native instanceof WebSocket)) {
    if (exchange.switching === undefined && isHandshake(response)) {
      throw new TypeError(
        "Cannot open WebSocket: a copy of the response of Deno.upgradeWebSocket has no socket; where middleware sets " +
          "fields, use upgradeWebSocket of this library (with Hono: the adapter examples/hono_websocket.ts)",
      );
    }
    return undefined;
  }
  const options: UpgradeWebSocketOptions = {};
  const idleTimeout = kept(native, "[[idleTimeout]]");
  if (typeof idleTimeout === "number") options.idleTimeout = idleTimeout;
  const chosen = response.headers.get("sec-websocket-protocol");
  if (chosen !== null) options.protocol = chosen;
  const settings = resolveWebSocketOptions(options);
  const { fields, protocol, deflate } = agree(handshakeOf(exchange), settings);
  // As those of Deno.serve it has no URL.
  const socket = new SocketObject(settings, { url: "", protocol, deflate }, native);
  socket.binaryType = native.binaryType;
  if (native.readyState !== WebSocket.CONNECTING) socket.close();
  for (const name of MEMBERS) overlay(native, socket, name);
  const headers = new Headers(response.headers);
  for (const [name, value] of fields) headers.set(name, value);
  exchange.dropSwitching();
  return socketResponse(exchange, headers, socket);
}

function isHandshake({ status, headers }: Response): boolean {
  return status === 101 && headers.has("sec-websocket-accept");
}

/** What an object of the runtime has under a symbol of that name. */
function kept(object: object, description: string): unknown {
  const symbol = ownSymbol(object, description);
  return symbol === undefined ? undefined : (object as Record<symbol, unknown>)[symbol];
}

function overlay(native: WebSocket, socket: SocketObject, name: typeof MEMBERS[number]): void {
  const value = socket[name];
  Object.defineProperty(
    native,
    name,
    typeof value === "function"
      ? { value: value.bind(socket), configurable: true, writable: true }
      : {
        get: () => socket[name],
        set: (given) => Reflect.set(socket, name, given),
        configurable: true,
      },
  );
}
