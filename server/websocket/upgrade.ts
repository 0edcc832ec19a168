// `upgradeWebSocket`: a request in Fetch's terms becomes a WebSocket.

import { partsOf } from "../connection.ts";
import type { FetchExchange } from "../fetch/exchange.ts";
import { exchangeOf } from "../fetch/incoming_request.ts";
import { SwitchingResponse } from "../fetch/switching_response.ts";
import { agree, type HandshakeRequest } from "./handshake.ts";
import { resolveWebSocketOptions, type UpgradeWebSocketOptions } from "./options.ts";
import { makeStandard, SocketObject } from "./server_websocket.ts";

/** A WebSocket of a server: the standard's, and a way to wait for a client that reads slowly. */
export interface ServerWebSocket extends WebSocket {
  /**
   * Waits until all that was sent is accepted by the socket: who awaits this after each message never runs
   * ahead of the client.
   *
   * @throws {ClosedError} if the connection ends before; whoever does not wait is spared that.
   */
  flush(): Promise<void>;
}

/** What `upgradeWebSocket` gives. */
export interface WebSocketUpgrade {
  /** The WebSocket, which opens when the response was returned. */
  readonly socket: ServerWebSocket;
  /** What the handler must return. */
  readonly response: Response;
}

/**
 * Makes a WebSocket (RFC 6455) of a request that a handler of `serve` was given, as `Deno.upgradeWebSocket` does with
 * those of `Deno.serve`.
 *
 * @param request The request itself, not a copy of it.
 * @param options Subprotocols, origins, limits and timeouts.
 * @returns The socket, and the response for the handler to return.
 * @throws {HttpError} if the handshake is not one of RFC 6455 4.2 (status 400, 405 or 426) or the origin is not
 * allowed (403): not caught, it becomes the answer.
 * @throws {TypeError} if the request is not one of `serve`, was upgraded or answered already, the client does not offer
 * the option `protocol`, or an option is none.
 * @throws {RangeError} if a number among the options is out of range.
 *
 * @example Send everything back
 * ```ts
 * import { serve, upgradeWebSocket } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
 *   const { socket, response } = upgradeWebSocket(request);
 *   socket.onmessage = ({ data }) => socket.send(data);
 *   return response;
 * });
 * const client = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
 * client.onopen = () => client.send("hello");
 * const echo = await new Promise((resolve) => client.onmessage = ({ data }) => resolve(data));
 * client.close();
 * await new Promise((resolve) => client.onclose = resolve);
 * assertEquals(echo, "hello");
 * ```
 */
export function upgradeWebSocket(
  request: Request,
  options: UpgradeWebSocketOptions = {},
): WebSocketUpgrade {
  const settings = resolveWebSocketOptions(options);
  const exchange = upgradable(request);
  const { fields, protocol, deflate } = agree(handshakeOf(exchange), settings);
  makeStandard();
  // "http" and "https" become "ws" and "wss".
  const url = `ws${request.url.slice(4)}`;
  const socket = new SocketObject(settings, { url, protocol, deflate });
  const response = socketResponse(exchange, new Headers([...fields]), socket);
  return { socket: socket as unknown as ServerWebSocket, response };
}

/** The exchange of a request whose response has yet to be made: a socket that gets no connection is never told of it. */
function upgradable(request: unknown): FetchExchange {
  if (typeof request !== "object" || request === null) {
    const kind = request === null ? "null" : typeof request;
    throw new TypeError(`Cannot upgrade: what is given is no Request but ${kind}`);
  }
  const exchange = exchangeOf(request as Request);
  if (exchange === undefined) {
    throw new TypeError(
      "Cannot upgrade: the request is not one that serve() gave to a handler, or a copy of one",
    );
  }
  if (exchange.switching !== undefined || exchange.isTaken) {
    throw new TypeError("Cannot upgrade: the request was upgraded already");
  }
  if (!partsOf(exchange.con).response.unsent || exchange.channel.state === "closed") {
    throw new TypeError("Cannot upgrade: the response was sent, or the connection is closed");
  }
  return exchange;
}

/** What of an exchange decides about its handshake. */
export function handshakeOf({ req, body }: FetchExchange): HandshakeRequest {
  const { method, minorVersion, rawHeaders } = req;
  return { method, minorVersion, rawHeaders, hasBody: !body.done };
}

/** The response that gives the connection of an exchange to a socket. */
export function socketResponse(
  exchange: FetchExchange,
  headers: Headers,
  socket: SocketObject,
): SwitchingResponse {
  const session = SocketObject.sessionOf(socket);
  const { host } = exchange.channel;
  return exchange.switching = new SwitchingResponse(headers, {
    take: (upgraded) => {
      session.start(upgraded);
      host.guests.add(session);
      // The others were told before.
      if (host.draining) session.goAway();
    },
    fail: (error) => session.abandon(error),
  });
}
