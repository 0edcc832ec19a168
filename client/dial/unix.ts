// A unix socket in place of TCP.

import { ConnectError } from "../../wire/errors.ts";
import { beforeAbort, closeQuietly } from "./aborting.ts";
import { flawOf } from "./connect_error.ts";
import type { DialWatch } from "./route_settings.ts";
import type { Transport } from "./transport.ts";

/** Connects to a socket by its path. */
export async function connectUnix(path: string, watch: DialWatch): Promise<Transport> {
  const { signal } = watch;
  watch.phase("connect");
  try {
    // Takes no signal; it only waits while the server's queue is full.
    return await beforeAbort(Deno.connect({ transport: "unix", path }), signal, closeQuietly);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new ConnectError("connect", `Cannot connect to "${path}": ${flawOf(cause)}`, { cause });
  }
}
