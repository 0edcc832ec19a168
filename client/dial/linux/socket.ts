// Sockets of Linux that carry a mark or are bound to a device, before they are connected. Nothing here blocks
// the event loop, and an abort ends every wait at once.

import {
  AF_INET,
  AF_INET6,
  lastError,
  type Libc,
  LibcError,
  loadLibc,
  POLLOUT,
  SHUT_RDWR,
  SO_BINDTODEVICE,
  SO_ERROR,
  SO_MARK,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socketAddress,
  SOL_SOCKET,
} from "./libc.ts";
import { isIpv6 } from "../ip_address.ts";
import { requireNetPermission } from "../net_permission.ts";
import { LocalError } from "../local_error.ts";
import { localAddressError } from "../node_tcp.ts";
import type { RouteSettings } from "../route_settings.ts";

/** What a socket is given before it is connected. */
export type SocketSettings = Pick<RouteSettings, "mark" | "device" | "localAddress">;

/** A descriptor that is owned by this object, until it is released. */
export class LinuxSocket {
  readonly fd: number;
  readonly libc: Libc;
  #isOpen = true;

  /** A socket that suits `address` and has the settings. Throws an Error naming the option that failed. */
  constructor(kind: "stream" | "datagram", address: string, settings: SocketSettings) {
    this.libc = loadLibc(settings.mark === undefined ? "device" : "mark");
    const family = isIpv6(address) ? AF_INET6 : AF_INET;
    const type = kind === "stream" ? SOCK_STREAM : SOCK_DGRAM;
    this.fd = this.libc.socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (this.fd < 0) throw lastError(this.libc, "socket");
    try {
      this.#apply(settings);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #apply({ mark, device, localAddress }: SocketSettings): void {
    if (mark !== undefined) this.#set("mark", SO_MARK, new Uint8Array(Uint32Array.of(mark).buffer));
    if (device !== undefined) {
      this.#set("device", SO_BINDTODEVICE, new TextEncoder().encode(`${device}\0`));
    }
    if (localAddress === undefined) return;
    const local = socketAddress(localAddress, 0);
    if (this.libc.bind(this.fd, local, local.length) === 0) return;
    throw localAddressError(localAddress, lastError(this.libc, "bind"));
  }

  #set(option: "mark" | "device", name: number, value: Uint8Array<ArrayBuffer>): void {
    if (this.libc.setsockopt(this.fd, SOL_SOCKET, name, value, value.length) === 0) return;
    const cause = lastError(this.libc, "setsockopt");
    if (cause.code === "EPERM") {
      const capability = option === "mark" ? "CAP_NET_ADMIN" : "CAP_NET_RAW";
      throw new Error(`option "${option}" needs ${capability}`, { cause });
    }
    if (cause.code === "ENODEV") {
      throw new LocalError(`option "${option}" names no device`, { cause });
    }
    throw new Error(`option "${option}": ${cause.message}`, { cause });
  }

  /** Connects to an address. Rejects with the signal's reason when it aborts; the socket is closed by the caller. */
  async connect(address: string, port: number, signal: AbortSignal): Promise<void> {
    // FFI knows no permissions for the network: those of the program hold all the same.
    requireNetPermission(address, port);
    const remote = socketAddress(address, port);
    if (this.libc.connect(this.fd, remote, remote.length) === 0) return;
    const error = lastError(this.libc, "connect");
    if (error.code !== "EINPROGRESS") throw error;
    await this.wait(POLLOUT, -1, signal);
    const errno = new Int32Array(1);
    const size = Uint32Array.of(4);
    this.libc.getsockopt(this.fd, SOL_SOCKET, SO_ERROR, errno, size);
    if (errno[0] !== 0) throw new LibcError("connect", errno[0]!);
  }

  /**
   * Waits until the socket can be read or written; false when that takes more than `timeoutMs`, of which -1 is
   * no limit. An abort shuts the socket down, which ends the wait.
   */
  async wait(events: number, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const shutdown = (): void => void this.libc.shutdown(this.fd, SHUT_RDWR);
    signal.throwIfAborted();
    signal.addEventListener("abort", shutdown);
    try {
      const request = new Uint8Array(8);
      new Int32Array(request.buffer)[0] = this.fd;
      new Int16Array(request.buffer)[2] = events;
      let count: number;
      // Negative where a signal of the system interrupted it.
      do count = await this.libc.poll(request, 1n, Math.ceil(timeoutMs)); while (count < 0);
      signal.throwIfAborted();
      return count !== 0;
    } finally {
      signal.removeEventListener("abort", shutdown);
    }
  }

  /** Gives the descriptor away: whoever takes it closes it. */
  release(): number {
    this.#isOpen = false;
    return this.fd;
  }

  /** Closes it, unless that was done or it was released. */
  close(): void {
    if (this.#isOpen) this.libc.close(this.fd);
    this.#isOpen = false;
  }
}
