// What the kernel says of this process's sockets, for tests of options that nothing else shows. Linux only; what
// the machine forbids is ignored by name.

import { loadLibc } from "../../../client/dial/linux/libc.ts";

const IS_LINUX = Deno.build.os === "linux";
const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
const SO_MARK = 36;
const AF_INET = 2;
const SOCK_DGRAM = 2;

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
} as const;

// Both libraries stay open: loaded here, they are no leak of a test.
const libc = IS_LINUX ? Deno.dlopen("libc.so.6", SYMBOLS).symbols : undefined;
if (IS_LINUX) loadLibc("mark");

/** An option of a socket that tests need. */
type SocketOption = "mark" | "device";

/** Why an option cannot be used here; undefined where it can. */
function whyNot(option: SocketOption): string | undefined {
  if (libc === undefined) return "not on Linux";
  const fd = libc.socket(AF_INET, SOCK_DGRAM, 0);
  const value = option === "mark" ? Uint8Array.of(1, 0, 0, 0) : new TextEncoder().encode("lo\0");
  const name = option === "mark" ? SO_MARK : SO_BINDTODEVICE;
  const result = libc.setsockopt(fd, SOL_SOCKET, name, value, value.length);
  libc.close(fd);
  return result === 0 ? undefined : `"${option}" is forbidden`;
}

/** Defines a test that needs options of sockets, or at least Linux; `define`: and something else. */
export function testOnLinux(
  options: SocketOption[],
  name: string,
  fn: () => Promise<void> | void,
  define: (name: string, fn: () => Promise<void>) => void = Deno.test,
): void {
  const reasons = options.map(whyNot).filter((it) => it !== undefined);
  if (!IS_LINUX) reasons.push("not on Linux");
  if (reasons.length === 0) define(name, async () => await fn());
  else Deno.test.ignore(`${name} [ignored: ${[...new Set(reasons)].join(", ")}]`, fn);
}

/** A socket of this process. */
export interface OpenSocket {
  readonly fd: number;
  readonly localPort: number;
  readonly remotePort: number | undefined;
  readonly mark: number;
  readonly device: string;
}

/** The internet sockets of this process. */
export function openSockets(): OpenSocket[] {
  const sockets: OpenSocket[] = [];
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    const fd = Number(name);
    const localPort = portOf("getsockname", fd);
    if (localPort === undefined) continue;
    const remotePort = portOf("getpeername", fd);
    sockets.push({ fd, localPort, remotePort, mark: markOf(fd), device: deviceOf(fd) });
  }
  return sockets;
}

/** Waits until no more sockets are open than that: threads of the runtime close them a little later. */
export async function socketsDownTo(count: number): Promise<void> {
  while (openSockets().length > count) await new Promise((resolve) => setTimeout(resolve));
}

/** The sockets of this process that are connected to a port. */
export function socketsTo(port: number): OpenSocket[] {
  return openSockets().filter(({ remotePort }) => remotePort === port);
}

function portOf(call: "getsockname" | "getpeername", fd: number): number | undefined {
  const address = new Uint8Array(128);
  const size = Uint32Array.of(address.length);
  if (libc![call](fd, address, size) < 0) return undefined;
  const family = new Uint16Array(address.buffer, 0, 1)[0];
  if (family !== AF_INET && family !== 10) return undefined;
  return new DataView(address.buffer).getUint16(2);
}

function markOf(fd: number): number {
  const value = new Uint32Array(1);
  libc!.getsockopt(fd, SOL_SOCKET, SO_MARK, value, Uint32Array.of(4));
  return value[0]!;
}

function deviceOf(fd: number): string {
  const value = new Uint8Array(16);
  const size = Uint32Array.of(value.length);
  libc!.getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, value, size);
  return new TextDecoder().decode(value.subarray(0, Math.max(0, size[0]! - 1)));
}

/** A listener of loopback whose queue is full: on Linux, connecting to it takes for ever. */
export async function fullListener(): Promise<{ port: number } & Disposable> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 0 });
  const { port } = listener.addr;
  const first = await Deno.connect({ hostname: "127.0.0.1", port });
  return {
    port,
    [Symbol.dispose]() {
      first.close();
      listener.close();
    },
  };
}
