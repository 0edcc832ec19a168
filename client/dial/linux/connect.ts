// TCP and datagrams on sockets that carry a mark or are bound to a device.

import { whileOpen } from "../aborting.ts";
import { lastError, MSG_DONTWAIT, MSG_NOSIGNAL, POLLIN } from "./libc.ts";
import { LinuxSocket, type SocketSettings } from "./socket.ts";
import { adoptSocket } from "../node_tcp.ts";
import type { DatagramSocket, Transport } from "../transport.ts";

/** Longest message that DNS sends in a datagram here, with room to notice others. */
const DATAGRAM_BYTES = 4096;

/** Connects to an address. */
export async function connectLinuxTcp(
  address: string,
  port: number,
  settings: SocketSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const socket = new LinuxSocket("stream", address, settings);
  try {
    await socket.connect(address, port, signal);
    return adoptSocket(socket.release());
  } finally {
    socket.close();
  }
}

/** Datagrams to and from an address. */
export async function openLinuxDatagrams(
  address: string,
  port: number,
  settings: SocketSettings,
  signal: AbortSignal,
): Promise<DatagramSocket> {
  const socket = new LinuxSocket("datagram", address, settings);
  const { libc, fd } = socket;
  const closed = new AbortController();
  // While a thread waits for the descriptor, it must not be closed: its number might come to stand for another.
  let waiting: Promise<unknown> = Promise.resolve();
  await whileOpen(socket, signal, () => socket.connect(address, port, signal));
  return {
    // deno-lint-ignore require-await -- errors must become rejections
    async send(bytes) {
      const copy = new Uint8Array(bytes);
      if (libc.send(fd, copy, BigInt(copy.length), MSG_NOSIGNAL) < 0) throw lastError(libc, "send");
    },
    async receive(timeoutMs) {
      const wait = socket.wait(POLLIN, timeoutMs, closed.signal);
      waiting = wait.catch(() => {});
      if (!await wait) return undefined;
      const bytes = new Uint8Array(DATAGRAM_BYTES);
      const count = Number(libc.recv(fd, bytes, BigInt(bytes.length), MSG_DONTWAIT));
      if (count >= 0) return bytes.subarray(0, count);
      const error = lastError(libc, "recv");
      // Linux drops a datagram with a wrong checksum only now: that is one without content.
      if (error.code === "EAGAIN") return bytes.subarray(0, 0);
      throw error;
    },
    close() {
      closed.abort(new Error("the socket is closed"));
      waiting.then(() => socket.close());
    },
  };
}
