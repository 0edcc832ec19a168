// The C library's sockets, by FFI: for what neither the runtime nor node: modules can set on a socket. Loaded
// when it is first asked for. Linux only.

import { parseIpAddress } from "../ip_address.ts";

/** By the C library of the distribution: glibc, or musl on its architectures. */
const LIBRARIES = ["libc.so.6", `libc.musl-${Deno.build.arch}.so.1`];

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  // The one that waits does so on a thread of its own.
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

type Bytes = Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** The functions, with the types that C gives them. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Bytes, size: number): number;
  getsockopt(fd: number, level: number, name: number, value: Bytes, size: Bytes): number;
  bind(fd: number, address: Bytes, size: number): number;
  connect(fd: number, address: Bytes, size: number): number;
  send(fd: number, bytes: Bytes, size: bigint, flags: number): bigint;
  recv(fd: number, bytes: Bytes, size: bigint, flags: number): bigint;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  poll(requests: Bytes, count: bigint, timeoutMs: number): Promise<number>;
  __errno_location(): Deno.PointerValue;
}

/** Numbers of Linux's headers; the same on the architectures that the runtime exists for. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_ERROR = 4;
export const SO_BINDTODEVICE = 25;
export const SO_MARK = 36;
export const SHUT_RDWR = 2;
export const POLLIN = 1;
export const POLLOUT = 4;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;

/** Names of errors, for those who go by them. */
const ERRORS: Record<number, string> = {
  1: "EPERM",
  2: "ENOENT",
  11: "EAGAIN",
  13: "EACCES",
  19: "ENODEV",
  24: "EMFILE",
  98: "EADDRINUSE",
  99: "EADDRNOTAVAIL",
  100: "ENETDOWN",
  101: "ENETUNREACH",
  104: "ECONNRESET",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  113: "EHOSTUNREACH",
  115: "EINPROGRESS",
};

/** A call that failed. */
export class LibcError extends Error {
  /** The error's name, such as `ECONNREFUSED`. */
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = ERRORS[errno] ?? `errno ${errno}`;
    super(`${call} failed: ${code}`);
    this.name = "LibcError";
    this.code = code;
  }
}

let libc: Libc | undefined;

/** The library. Throws an Error that names the option and what is missing. */
export function loadLibc(option: string): Libc {
  if (libc !== undefined) return libc;
  const { os } = Deno.build;
  if (os !== "linux") throw new Error(`option "${option}" works on Linux only, not on ${os}`);
  const errors: unknown[] = [];
  for (const name of LIBRARIES) {
    try {
      return libc = Deno.dlopen(name, SYMBOLS).symbols;
    } catch (cause) {
      if (cause instanceof Deno.errors.NotCapable) {
        throw new Error(`option "${option}" needs --allow-ffi`, { cause });
      }
      errors.push(cause);
    }
  }
  const cause = new AggregateError(errors);
  throw new Error(`option "${option}" needs ${LIBRARIES.join(" or ")}`, { cause });
}

/** The error of the call before, which must have been the last one of this thread. */
export function lastError(libc: Libc, call: string): LibcError {
  return new LibcError(call, new Deno.UnsafePointerView(libc.__errno_location()!).getInt32());
}

/** An address and a port as `struct sockaddr_in` or `sockaddr_in6`. */
export function socketAddress(address: string, port: number): Uint8Array<ArrayBuffer> {
  const ip = parseIpAddress(address)!;
  const bytes = new Uint8Array(ip.length === 4 ? 16 : 28);
  // The family is in the order of the machine, the port in that of the network.
  new Uint16Array(bytes.buffer, 0, 1)[0] = ip.length === 4 ? AF_INET : AF_INET6;
  new DataView(bytes.buffer).setUint16(2, port);
  bytes.set(ip, ip.length === 4 ? 4 : 8);
  return bytes;
}
