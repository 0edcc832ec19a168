// From `listen`'s arguments to a listener of the runtime: TCP, TLS or a unix socket.

import type { AnyConn } from "./channel.ts";
import type { ServerOptions } from "./options.ts";

/** Options of `listen`: those of the server and those of `Deno.listen` and `Deno.listenTls`. */
export interface ListenOptions extends ServerOptions {
  /** Path of a unix socket to listen on instead of a port. It is removed when the server ends. */
  path?: string;
  /** Lets several processes listen on one port. Default: false. Deno 2.9.6 wants `--unstable-net`. */
  reusePort?: boolean;
  /** Connections that the system keeps waiting to be accepted. Default: the runtime's, 511. */
  tcpBacklog?: number;
  /** Protocols offered in the TLS handshake. Default: `["http/1.1"]`. */
  alpnProtocols?: string[];
}

/** What is needed of a listener. */
export interface Listener {
  /** The bound address. */
  readonly addr: Deno.Addr;
  /** What is spoken over its connections. */
  readonly scheme: "http" | "https";
  /** Waits for a connection. */
  accept(): Promise<AnyConn>;
  /** Stops listening. */
  close(): void;
  /** Keeps the process alive. */
  ref(): void;
  /** Does not keep the process alive. */
  unref(): void;
}

/** The options that are not for the runtime's listeners. */
type Own = keyof ServerOptions;
const OWN: Record<Own, true> = {
  docroot: true,
  index: true,
  gzip: true,
  files: true,
  httpKeepalive: true,
  cert: true,
  key: true,
  maxHeadBytes: true,
  maxFields: true,
  maxTargetBytes: true,
  maxBodyBytes: true,
  maxBufferedBody: true,
  maxChunkLineBytes: true,
  maxTrailerBytes: true,
  multipart: true,
  maxConnections: true,
  tlsTimeout: true,
  headTimeout: true,
  bodyTimeout: true,
  writeTimeout: true,
  lingerBytes: true,
  lingerTimeout: true,
  onError: true,
};

/** Starts to listen. */
export function bind(ipaddr: string | undefined, port: number, options: ListenOptions): Listener {
  const { cert, key, path, ...rest } = options;
  const passedOn = Object.fromEntries(Object.entries(rest).filter(([name]) => !(name in OWN)));
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError(`Cannot listen: option "${cert ? "key" : "cert"}" is missing`);
  }
  if (path !== undefined) {
    if (typeof path !== "string" || path === "") {
      throw new TypeError('Cannot listen: option "path" is not a path');
    }
    if (cert !== undefined) throw new TypeError("Cannot listen: no TLS on a unix socket");
    return unixListener(path);
  }
  const address = { port, ...(ipaddr === undefined ? {} : { hostname: ipaddr }), ...passedOn };
  if (cert === undefined || key === undefined) {
    return wrap(Deno.listen(address), "http");
  }
  return wrap(
    Deno.listenTls({
      alpnProtocols: ["http/1.1"],
      ...address,
      cert: pem("cert", cert),
      key: pem("key", key),
    }),
    "https",
  );
}

function wrap(
  listener: Deno.TcpListener | Deno.TlsListener | Deno.UnixListener,
  scheme: "http" | "https",
): Listener {
  return {
    // Read once: the runtime forgets it when the listener closes.
    addr: listener.addr,
    scheme,
    accept: () => listener.accept(),
    close: () => listener.close(),
    ref: () => listener.ref(),
    unref: () => listener.unref(),
  };
}

function unixListener(path: string): Listener {
  const listener = wrap(Deno.listen({ transport: "unix", path }), "http");
  return {
    ...listener,
    close() {
      listener.close();
      try {
        Deno.removeSync(path);
      } catch {
        // Already gone, or not ours to remove: the server has ended all the same.
      }
    },
  };
}

/** PEM text, from an option that is either that or the path of a file. */
function pem(name: "cert" | "key", value: string): string {
  if (value.includes("-----BEGIN ")) return value;
  try {
    return Deno.readTextFileSync(value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot listen: option "${name}": ${why}`, { cause });
  }
}
