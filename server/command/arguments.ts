// The arguments of the serve command: what may be said, what is meant by default, and what is said
// to those who got it wrong. Pure.

import { parseArgs } from "@std/cli/parse-args";

/** What to serve, where and how. */
export interface ServeArguments {
  /** The folder. */
  readonly folder: string;
  /** Address or name of the interface to listen on. */
  readonly host: string;
  /** Port; 0 lets the system choose. */
  readonly port: number;
  /** PEM file of the certificate chain; set together with `key`. */
  readonly cert: string | undefined;
  /** PEM file of the private key. */
  readonly key: string | undefined;
  /** Whether `.gz` siblings are sent to clients that accept gzip. */
  readonly gzip: boolean;
  /** Name of the file that stands for its folder. */
  readonly index: string;
  /** Whether requests go unlogged. */
  readonly quiet: boolean;
}

/** What the command is asked to do. */
export type ServeCommand =
  | { readonly action: "serve"; readonly serve: ServeArguments }
  | { readonly action: "help" | "version" };

/** Arguments that make no sense; the message is one line for whoever typed them. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The text of `--help`. */
export const USAGE = `Serves a folder over HTTP/1.1.

Usage: serve [dir] [options]

  dir              The folder to serve (default: .)
  --host <host>    Address to listen on (default: 127.0.0.1)
  --port <port>    Port to listen on; 0 takes any free one (default: 8080)
  --cert <file>    Serve HTTPS with this certificate chain in PEM; needs --key
  --key <file>     The private key of that certificate in PEM
  --gzip           Send file.gz for file to clients that accept gzip
  --index <name>   The file that stands for its folder (default: index.html)
  --quiet          Print no line for each request
  -h, --help       Print this text
  --version        Print the version`;

const SWITCHES = ["gzip", "quiet", "help", "version"] as const;
const VALUES = ["host", "port", "cert", "key", "index"] as const;
const MAX_PORT = 65535;

/** Reads the arguments of the command line; throws UsageError. */
export function parseArguments(args: readonly string[]): ServeCommand {
  const folders: string[] = [];
  const parsed = parseArgs([...args], {
    boolean: SWITCHES,
    string: VALUES,
    alias: { h: "help" },
    unknown: (arg, key) => {
      if (key !== undefined) throw new UsageError(`Cannot start: unknown option "${option(arg)}"`);
      // Taken from here, since the parser turns folders named 2026 or 1e3 into numbers.
      folders.push(arg);
      return false;
    },
  });
  // What stands after "--" is no option, whatever it looks like.
  for (const folder of parsed._) folders.push(String(folder));

  if (parsed.help) return { action: "help" };
  if (parsed.version) return { action: "version" };
  for (const name of VALUES) {
    if (parsed[name] === "") throw new UsageError(`Cannot start: option "--${name}" has no value`);
  }
  if (folders.length > 1) {
    throw new UsageError(`Cannot start: one folder can be served, not ${folders.length}`);
  }
  const [folder = "."] = folders;
  if (folder === "") throw new UsageError('Cannot start: the folder is ""');
  const { cert, key } = parsed;
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = cert === undefined ? ["key", "cert"] : ["cert", "key"];
    throw new UsageError(`Cannot start: option "--${given}" needs "--${missing}"`);
  }
  const { host = "127.0.0.1", index = "index.html", gzip, quiet } = parsed;
  const port = parsePort(parsed.port ?? "8080");
  return { action: "serve", serve: { folder, host, port, cert, key, gzip, index, quiet } };
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= MAX_PORT) return port;
  throw new UsageError(`Cannot start: port "${text}" is not a number from 0 to ${MAX_PORT}`);
}

/** An option as typed, without its value. */
function option(arg: string): string {
  return arg.replace(/=.*$/s, "");
}
