// The two servers of the table, with the same options.

import { serve } from "../../../server/mod.ts";
import type { OnError, TableServer, WholeHandler } from "./case.ts";

const OPTIONS = { hostname: "127.0.0.1", port: 0, onListen: () => {} };

/** Deno's. */
export function startDeno(handler: WholeHandler, onError: OnError): TableServer {
  const server = Deno.serve({ ...OPTIONS, onError, handler });
  return { port: server.addr.port, isIdle: () => true, shutdown: () => server.shutdown() };
}

/** Ours. */
export function startOurs(handler: WholeHandler, onError: OnError): TableServer {
  const server = serve({ ...OPTIONS, onError, handler });
  const isIdle = (): boolean => server.stats().connections === 0;
  return { port: server.addr.port, isIdle, shutdown: () => server.shutdown() };
}
