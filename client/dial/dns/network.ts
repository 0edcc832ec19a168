// The ways to DNS servers: sockets of node:dgram and the runtime's TCP; or sockets of Linux, where queries carry
// the mark of the request and leave by its device.

import { createSocket } from "node:dgram";
import { beforeAbort } from "../aborting.ts";
import { connectRuntimeTcp } from "../connect_by_name.ts";
import { isIpv6 } from "../ip_address.ts";
import { connectLinuxTcp, openLinuxDatagrams } from "../linux/connect.ts";
import type { SocketSettings } from "../linux/socket.ts";
import { requireNetPermission } from "../net_permission.ts";
import { DatagramQueue } from "./datagram_queue.ts";
import type { DnsNetwork } from "./query.ts";
import type { NameServer } from "../route_settings.ts";
import type { DatagramSocket } from "../transport.ts";

/** What needs these sockets, where no mark or device does. */
const OPTION = "nameservers";

/** Sockets as the system makes them. */
export const DNS_NETWORK: DnsNetwork = {
  openDatagrams,
  openStream: ({ ipAddr, port }, signal) => connectRuntimeTcp(ipAddr, port, signal),
};

/** Sockets with a mark, or bound to a device. They leave from any address: the servers may be of another family. */
export function linuxDnsNetwork({ mark, device }: SocketSettings): DnsNetwork {
  const settings = { mark, device, localAddress: undefined };
  return {
    openDatagrams: ({ ipAddr, port }, signal) => openLinuxDatagrams(ipAddr, port, settings, signal),
    openStream: ({ ipAddr, port }, signal) => connectLinuxTcp(ipAddr, port, settings, signal),
  };
}

async function openDatagrams(
  { ipAddr, port }: NameServer,
  signal: AbortSignal,
): Promise<DatagramSocket> {
  // Connecting binds the socket first, and a permission that is missing would be thrown at nobody.
  requireNetPermission(isIpv6(ipAddr) ? "::" : "0.0.0.0", 0, OPTION);
  requireNetPermission(ipAddr, port, OPTION);
  const socket = createSocket(isIpv6(ipAddr) ? "udp6" : "udp4");
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
