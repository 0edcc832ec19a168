/**
 * The static server as a command: serves a folder, by default the working directory on
 * `http://127.0.0.1:8080/`. It prints its address, then a line for each request, until SIGINT or
 * SIGTERM lets what is under way complete. `--help` tells the options.
 *
 * ```sh
 * deno run --allow-net --allow-read jsr:@eco/http/serve some/folder --port 8000
 * ```
 *
 * Importing this module does nothing.
 *
 * @module
 */

import { resolve } from "@std/path";
import { parseArguments, type ServeArguments, USAGE, UsageError } from "./command/arguments.ts";
import { LineWriter } from "./command/line_writer.ts";
import { formatLogLine, formatRefusalLine } from "./command/log_line.ts";
import { VERSION } from "../wire/version.ts";
import { HttpError } from "../wire/errors.ts";
import { type ErrorContext, printError } from "./error_context.ts";
import { listen, type Server } from "./listen.ts";
import type { Handler } from "./serve_connection.ts";

/** The signals that end the server, with their numbers. */
const SIGNALS: [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", 2], ["SIGBREAK", 21]]
  : [["SIGINT", 2], ["SIGTERM", 15]];

/** Does what `args` ask for; resolves with the exit code. */
async function main(args: string[]): Promise<number> {
  const stdout = new LineWriter(
    (bytes) => Deno.stdout.write(bytes),
    // The log's reader left: that is no reason to stop serving.
    (error) => complain(`Cannot write to the standard output: ${messageOf(error)}`),
  );
  try {
    const command = parseArguments(args);
    if (command.action === "serve") return await serve(command.serve, stdout);
    stdout.put(command.action === "help" ? USAGE : VERSION);
    return 0;
  } catch (error) {
    const hint = error instanceof UsageError ? "; --help tells the options" : "";
    complain(`${messageOf(error)}${hint}`);
    return 1;
  } finally {
    await stdout.flush();
  }
}

async function serve(args: ServeArguments, stdout: LineWriter): Promise<number> {
  checkFolder(args.folder);
  const server = args.quiet
    ? start(args, serveFile, printError)
    : start(args, logging(serveFile, stdout), (error, context) => {
      if (context.source === "request") logRefusal(error, context, stdout);
      else printError(error, context);
    });
  const { port } = server.addr as Deno.NetAddr;
  const host = args.host.includes(":") ? `[${args.host}]` : args.host;
  const scheme = args.cert === undefined ? "http" : "https";
  stdout.put(`Serving ${JSON.stringify(resolve(args.folder))} on ${scheme}://${host}:${port}/`);
  await endBySignal(server);
  return 0;
}

const serveFile: Handler = (con, req) => con.serveFile(req);

function start(args: ServeArguments, handler: Handler, onError: typeof printError): Server {
  const { folder, host, port, cert, key, gzip, index } = args;
  const tls = cert === undefined ? {} : { cert, key };
  try {
    return listen(host, port, { docroot: folder, gzip, index, onError, ...tls }, handler);
  } catch (error) {
    // The server's own words on an option need no more of them.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new Error(`Cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error });
  }
}

/** `handler`, with a line in the log for each response when it is over. */
function logging(handler: Handler, log: LineWriter): Handler {
  return (con, req) => {
    const startMs = performance.now();
    const timeMs = Date.now();
    const peer = con.remoteAddr().ipaddr;
    con.done.then(({ status, bytesSent, completed }) => {
      const { method, rawPath, minorVersion } = req;
      const durationMs = performance.now() - startMs;
      log.put(formatLogLine({
        ...{ peer, timeMs, method, rawPath, minorVersion },
        ...{ status, bytesSent, completed, durationMs },
      }));
    });
    return log.full ? log.flush().then(() => handler(con, req)) : handler(con, req);
  };
}

function logRefusal(error: unknown, { remoteAddr }: ErrorContext, log: LineWriter): void {
  // A request that is refused cannot be made to wait, so that its line is all that there is to drop.
  if (log.full) return;
  const status = error instanceof HttpError ? error.status ?? 0 : 0;
  log.put(formatRefusalLine({ peer: remoteAddr?.ipaddr ?? "", timeMs: Date.now(), status }));
}

/** A signal to a whole group of processes arrives twice where one of them passes it on. */
const SAME_SIGNAL_MS = 500;

/** Waits for a signal and lets requests under way complete; a second signal ends the process. */
async function endBySignal(server: Server): Promise<void> {
  const shutdown = Promise.withResolvers<void>();
  let first: Deno.Signal | undefined;
  let firstMs = Infinity;
  for (const [signal, number] of SIGNALS) {
    Deno.addSignalListener(signal, () => {
      // As a shell reports a process that the signal ended.
      const again = signal === first && performance.now() - firstMs < SAME_SIGNAL_MS;
      if (first !== undefined && !again) Deno.exit(128 + number);
      first ??= signal;
      firstMs = Math.min(firstMs, performance.now());
      shutdown.resolve();
    });
  }
  await shutdown.promise;
  const { cut } = await server.shutdown();
  if (cut > 0) complain(`Cannot wait any longer: responses cut under way: ${cut}`);
}

/** Throws when `path` is not a folder: better now than with each request. */
function checkFolder(path: string): void {
  let why = "it is not a folder";
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    why = error instanceof Deno.errors.NotFound ? "no such folder" : messageOf(error);
  }
  throw new Error(`Cannot serve ${JSON.stringify(path)}: ${why}`);
}

/** One line, however many the message has. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*[\r\n]+\s*/g, " ");
}

function complain(message: string): void {
  console.error(`error: ${message}`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
