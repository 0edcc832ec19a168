// TCP by name, the way without any option: the runtime resolves the name and dials the addresses of both
// families, staggered (RFC 8305). That needs no permission but the one for the name.

import { connectError, flawOf, resolveError } from "./connect_error.ts";
import type { DialWatch } from "./route_settings.ts";
import type { Transport } from "./transport.ts";

/** Connects to a host, a name or an address without brackets. */
export async function connectByName(
  host: string,
  port: number,
  watch: DialWatch,
): Promise<Transport> {
  const { signal } = watch;
  watch.phase("connect");
  return await connectRuntimeTcp(host, port, signal).catch((cause) => {
    if (signal.aborted) throw cause;
    if (/^failed to lookup|^invalid host/.test(cause.message)) {
      watch.phase("dns");
      throw resolveError(host, cause.message.replace(/^failed[^:]*: /, ""), cause);
    }
    throw connectError(host, port, flawOf(cause), cause);
  });
}

/**
 * How long a connection that is no longer wanted may still take to come about, in milliseconds. A runtime that is told
 * to give up in the very moment when it has connected never closes the socket: so it is told late, and rarely.
 */
const SETTLE_MS = 20;
/** In so many waits, one after the other. */
const SETTLE_WAITS = 4;

/** The runtime's own TCP, without Nagle's delay. Rejects with the signal's reason, soon after it aborts. */
export async function connectRuntimeTcp(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  const runtime = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // After a pause of the process its timers are told before what came about meanwhile, and the runtime looks
  // at its sockets only when it has nothing else to do: each wait is a time when it has.
  const abortAfter = (waits: number): void => {
    if (waits === 0) return runtime.abort();
    timer = setTimeout(() => abortAfter(waits - 1), SETTLE_MS / SETTLE_WAITS);
  };
  const onAbort = (): void => abortAfter(SETTLE_WAITS);
  signal.addEventListener("abort", onAbort);
  try {
    const conn = await Deno.connect({ hostname, port, signal: runtime.signal });
    if (signal.aborted) conn.close();
    signal.throwIfAborted();
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
