// The ways to DNS servers without any mark: sockets of node:dgram and the runtime's TCP.

import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { beforeAbort } from "../aborting.ts";
import { connectRuntimeTcp } from "../connect_by_name.ts";
import { DatagramQueue } from "./datagram_queue.ts";
import type { DatagramSocket, DnsNetwork } from "./query.ts";
import type { NameServer } from "../route_settings.ts";

/** Sockets as the system makes them. */
export const DNS_NETWORK: DnsNetwork = {
  openDatagrams,
  openStream: ({ ipAddr, port }, signal) => connectRuntimeTcp(ipAddr, port, signal),
};

async function openDatagrams(
  { ipAddr, port }: NameServer,
  signal: AbortSignal,
): Promise<DatagramSocket> {
  const socket = createSocket(isIPv6(ipAddr) ? "udp6" : "udp4");
  const queue = new DatagramQueue();
  socket.on("message", (bytes) => queue.put(bytes));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on("error", (error) => {
    reject(error);
    queue.fail(error);
  });
  const close = (): void => {
    queue.fail(new Error("the socket is closed"));
    socket.close();
  };
  try {
    // Connected, the system keeps datagrams of others away.
    socket.connect(port, ipAddr, resolve);
    await beforeAbort(promise, signal);
  } catch (error) {
    close();
    throw error;
  }
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, (error) => error ? reject(error) : resolve());
      }),
    receive: (timeoutMs) => queue.take(timeoutMs),
    close,
  };
}
