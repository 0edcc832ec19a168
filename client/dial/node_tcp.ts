// TCP by node:net, which can do what the runtime's own cannot: leave from a given address of this machine, and
// take over a socket that was connected elsewhere.

import { Socket } from "node:net";
import { whileOpen } from "./aborting.ts";
import { LocalError } from "./local_error.ts";
import { requireNetPermission } from "./net_permission.ts";
import { NodeTransport } from "./node_transport.ts";
import type { Transport } from "./transport.ts";

/** Connects to an address from an address of this machine. */
export async function connectFrom(
  localAddress: string,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<Transport> {
  // The system chooses the port. What is missing would be thrown at nobody when the socket is bound.
  requireNetPermission(localAddress, 0, "localAddress");
  const socket = new Socket({ allowHalfOpen: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("error", (error: NodeJS.ErrnoException) => {
    reject(error.syscall === "bind" ? localAddressError(localAddress, error) : error);
  });
  socket.once("close", () => reject(new Error("the connection is closed")));
  return await whileOpen({ close: () => socket.destroy() }, signal, async () => {
    socket.connect({ host: address, port, localAddress }, resolve);
    await promise;
    return socketTransport(socket);
  });
}

/** The error about an address that a socket cannot be bound to. */
export function localAddressError(localAddress: string, cause: unknown): Error {
  const why = `option "localAddress": "${localAddress}" cannot be used on this machine`;
  return new LocalError(why, { cause });
}

/** Takes a connected socket over by its descriptor. */
export function adoptSocket(fd: number): Transport {
  return socketTransport(new Socket({ fd, allowHalfOpen: true }));
}

function socketTransport(socket: Socket): Transport {
  socket.setNoDelay(true);
  const addrs = {
    localAddr: tcpAddr(socket.localAddress, socket.localPort),
    remoteAddr: tcpAddr(socket.remoteAddress, socket.remotePort),
  };
  return new NodeTransport(socket, addrs, socket);
}

function tcpAddr(hostname = "", port = 0): Deno.NetAddr {
  return { transport: "tcp", hostname, port };
}
