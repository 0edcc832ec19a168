// A listening site: what the main thread and each worker run.

import { HttpError } from "../../wire/errors.ts";
import { type ErrorContext, printError } from "../error_context.ts";
import type { FileSource } from "../files/file_source.ts";
import { listen, type Server } from "../listen.ts";
import { AccessLog } from "./access_log.ts";
import { plainAddress } from "./addresses.ts";
import type { LineWriter } from "./line_writer.ts";
import type { ServeSettings } from "./settings.ts";
import { Site } from "./site.ts";

/** A site and its server. */
export interface RunningSite {
  readonly site: Site;
  readonly server: Server<Deno.NetAddr>;
}

/**
 * Starts to serve the folder, or the files of another source; throws TypeError, RangeError or what the runtime says
 * when it cannot listen there.
 */
export function startSite(
  settings: ServeSettings,
  lines: LineWriter,
  source?: FileSource,
): RunningSite {
  const { host, port, cert, key, workers } = settings;
  const { log: format } = settings.site;
  const log = format === "none" ? undefined : new AccessLog(format, lines);
  const site = new Site(settings.site, log, source);
  const onError = (error: unknown, context: ErrorContext): void => {
    if (log !== undefined && context.source === "request") putRefusal(log, error, context);
    else printError(error, context);
  };
  const tls = cert === undefined || key === undefined ? {} : { cert, key };
  const shared = workers > 1 ? { reusePort: true } : {};
  try {
    const server = listen(host, port, { onError, ...tls, ...shared }, site.handler);
    return { site, server: server as Server<Deno.NetAddr> };
  } catch (error) {
    // The server's own words on an option need no more of them.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new Error(`Cannot listen on ${host}:${port}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function putRefusal(log: AccessLog, error: unknown, { remoteAddr }: ErrorContext): void {
  const status = error instanceof HttpError ? error.status ?? 0 : 0;
  const peer = plainAddress(remoteAddr?.ipaddr ?? "");
  const reason = error instanceof Error ? error.message : String(error);
  log.putRefusal({ peer, timeMs: Date.now(), status, reason });
}
