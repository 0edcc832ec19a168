// What tests of the way to a server have in common: targets, settings, someone who watches, and peers.

import { assertEquals, assertRejects } from "@std/assert";
import { DEFAULT_ROUTE } from "../../../client/dial/route_options.ts";
import type { DialTarget, DialWatch, RouteSettings } from "../../../client/dial/route_settings.ts";
import type { Transport } from "../../../client/dial/transport.ts";
import { ConnectError } from "../../../wire/errors.ts";

/** Settings of a path. */
export function pathOf(settings: Partial<RouteSettings> = {}): RouteSettings {
  return { ...DEFAULT_ROUTE, ...settings };
}

/** A target. */
export function targetOf(host: string, port: number, secure = false): DialTarget {
  const url = new URL(`${secure ? "https" : "http"}://target.test:${port}/`);
  return { host, port, secure, url };
}

/** A signal that nobody aborts. */
export function noSignal(): AbortSignal {
  return new AbortController().signal;
}

/** Someone who watches, and remembers the phases. */
export class Watch implements DialWatch {
  readonly signal: AbortSignal;
  readonly phases: string[] = [];
  /** Called at the beginning of a phase. */
  onPhase: (name: string) => void = () => {};

  constructor(signal: AbortSignal = noSignal()) {
    this.signal = signal;
  }

  phase(name: string): void {
    this.phases.push(name);
    this.onPhase(name);
  }
}

/** Asserts that this rejects with a ConnectError of that code, which says that. */
export async function assertConnectError(
  work: () => Promise<unknown>,
  code: string,
  says: string,
): Promise<ConnectError> {
  const error = await assertRejects(work, ConnectError, says);
  assertEquals(error.code, code);
  return error;
}

/** Asserts that what is sent comes back, then closes. */
export async function assertEcho(transport: Transport): Promise<void> {
  try {
    const sent = new TextEncoder().encode("to and fro");
    assertEquals(await transport.write(sent), sent.length);
    const got = new Uint8Array(sent.length);
    for (let at = 0; at < got.length;) {
      const count = await transport.read(got.subarray(at));
      if (count === null) throw new Error("The echo ended early");
      at += count;
    }
    assertEquals(got, sent);
  } finally {
    transport.close();
  }
}

type AnyListener = {
  accept(): Promise<Deno.Conn<Deno.Addr>>;
  close(): void;
};

/** A server that sends back what it gets, and remembers who came. */
export class EchoServer<L extends AnyListener> implements AsyncDisposable {
  readonly listener: L;
  /** Those who came, in their order. */
  readonly accepted: Deno.Conn<Deno.Addr>[] = [];
  readonly #served: Promise<void>[] = [];
  readonly #accepting: Promise<void>;

  constructor(listener: L) {
    this.listener = listener;
    this.#accepting = this.#accept();
  }

  async #accept(): Promise<void> {
    while (true) {
      try {
        const conn = await this.listener.accept();
        this.accepted.push(conn);
        this.#served.push(echo(conn));
      } catch {
        return; // The listener is closed.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listener.close();
    for (const conn of this.accepted) tryClose(conn);
    await this.#accepting;
    await Promise.all(this.#served);
  }
}

async function echo(conn: Deno.Conn<Deno.Addr>): Promise<void> {
  const bytes = new Uint8Array(16384);
  try {
    for (let count; (count = await conn.read(bytes)) !== null;) {
      for (let at = 0; at < count;) at += await conn.write(bytes.subarray(at, count));
    }
    await conn.closeWrite();
  } catch {
    // The client left, which it may.
  }
  tryClose(conn);
}

function tryClose(conn: Deno.Conn<Deno.Addr>): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}

/** A server on a free port. */
export function echoTcp(hostname = "127.0.0.1"): EchoServer<Deno.TcpListener> & { port: number } {
  const listener = Deno.listen({ hostname, port: 0 });
  return Object.assign(new EchoServer(listener), { port: listener.addr.port });
}

/** A server that speaks TLS, on a free port. */
export function echoTls(
  files: { cert: string; key: string },
): EchoServer<Deno.TlsListener> & { port: number } {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(files.cert),
    key: Deno.readTextFileSync(files.key),
    alpnProtocols: ["http/1.1"],
  });
  return Object.assign(new EchoServer(listener), { port: listener.addr.port });
}

/** A port that nobody listens to, and that nobody gets who asks for any: it is below all those. */
export const DEAD_PORT = 4;

/** Whether this machine has IPv6 on its loopback. */
export function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
