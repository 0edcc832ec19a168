// Proxies in the tests' hands: they open tunnels by CONNECT or SOCKS5, to whatever is asked for or where the test
// says, and remember what they were asked.

import type { ProxyChoice, ProxySettings } from "../../../client/dial/proxy/proxy.ts";

type Listener = Deno.TcpListener | Deno.TlsListener;

/** Where a tunnel leads; undefined: it is refused. */
export type Route = (asked: string) => number | undefined;

/** A proxy on a free port. */
export class ProxyServer implements AsyncDisposable {
  /** The targets, as `host:port` without brackets, in their order. */
  readonly asked: string[] = [];
  readonly port: number;
  readonly #listener: Listener;
  readonly #route: Route;
  readonly #conns: Deno.Conn[] = [];
  readonly #serving: Promise<void>[] = [];
  readonly #accepting: Promise<void>;

  constructor(listener: Listener, kind: "http" | "socks", route: Route) {
    this.#listener = listener;
    this.#route = route;
    this.port = listener.addr.port;
    this.#accepting = this.#accept(kind);
  }

  /** Settings that lead here. */
  settings(protocol: ProxySettings["protocol"], host = "127.0.0.1"): ProxySettings {
    return { protocol, host, port: this.port, username: undefined, password: undefined };
  }

  /** Settings that lead here, for every origin. */
  choice(protocol: ProxySettings["protocol"], host?: string): ProxyChoice {
    return () => this.settings(protocol, host);
  }

  async #accept(kind: "http" | "socks"): Promise<void> {
    while (true) {
      try {
        const conn = await this.#listener.accept();
        this.#conns.push(conn);
        const served = kind === "http" ? this.#serveHttp(conn) : this.#serveSocks(conn);
        this.#serving.push(served.catch(() => {})); // The client left.
      } catch {
        return; // The listener is closed.
      }
    }
  }

  async #serveHttp(conn: Deno.Conn): Promise<void> {
    let head = "";
    while (!head.endsWith("\r\n\r\n")) head += String.fromCharCode(...await read(conn, 1));
    const [, host, port] = /^CONNECT \[?([^\s\]]+)\]?:(\d+) HTTP\/1\.1\r\n/.exec(head)!;
    const to = await this.#open(`${host}:${port}`);
    const answer = to === undefined ? "403 Forbidden" : "200 OK";
    await conn.write(new TextEncoder().encode(`HTTP/1.1 ${answer}\r\n\r\n`));
    if (to !== undefined) await relay(conn, to);
  }

  async #serveSocks(conn: Deno.Conn): Promise<void> {
    const [, methods] = await read(conn, 2);
    await read(conn, methods!);
    await conn.write(Uint8Array.of(5, 0));
    const [, , , type] = await read(conn, 4);
    const [length] = type === 3 ? await read(conn, 1) : [type === 1 ? 4 : 16];
    const address = await read(conn, length!);
    const host = type === 3 ? new TextDecoder().decode(address) : address.join(".");
    const [high, low] = await read(conn, 2);
    const to = await this.#open(`${host}:${high! << 8 | low!}`);
    await conn.write(Uint8Array.of(5, to === undefined ? 2 : 0, 0, 1, 0, 0, 0, 0, 0, 0));
    if (to !== undefined) await relay(conn, to);
  }

  async #open(asked: string): Promise<Deno.Conn | undefined> {
    this.asked.push(asked);
    const port = this.#route(asked);
    if (port === undefined) return undefined;
    const to = await Deno.connect({ hostname: "127.0.0.1", port });
    this.#conns.push(to);
    return to;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) tryClose(conn);
    await this.#accepting;
    await Promise.all(this.#serving);
  }
}

/** A proxy of HTTP. */
export function httpProxy(route: Route): ProxyServer {
  return new ProxyServer(Deno.listen({ hostname: "127.0.0.1", port: 0 }), "http", route);
}

/** A proxy of HTTP that is spoken to by TLS. */
export function httpsProxy(
  { cert, key }: { cert: string; key: string },
  route: Route,
): ProxyServer {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  return new ProxyServer(listener, "http", route);
}

/** A proxy of SOCKS5. */
export function socksProxy(route: Route): ProxyServer {
  return new ProxyServer(Deno.listen({ hostname: "127.0.0.1", port: 0 }), "socks", route);
}

async function read(conn: Deno.Conn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const got = await conn.read(bytes.subarray(at));
    if (got === null) throw new Error("The client left");
    at += got;
  }
  return bytes;
}

async function relay(one: Deno.Conn, other: Deno.Conn): Promise<void> {
  await Promise.all([copy(one, other), copy(other, one)]);
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(16384);
  try {
    for (let count; (count = await from.read(bytes)) !== null;) {
      for (let at = 0; at < count;) at += await to.write(bytes.subarray(at, count));
    }
    await to.closeWrite();
  } catch {
    tryClose(to); // One side left, and so does the other.
  }
}

function tryClose(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}
