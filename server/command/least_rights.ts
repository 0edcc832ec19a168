// The command line that serves the same with no more rights than that needs. Pure.

import { isUnspecified } from "./addresses.ts";
import { quoteForShell } from "./quote_for_shell.ts";
import type { ServeSettings } from "./settings.ts";

/** What is served, and how the command was called. */
export interface ServedCommand {
  readonly settings: ServeSettings;
  /** The folder, absolute. */
  readonly root: string;
  /** Files that are read at start, absolute. */
  readonly files: readonly string[];
  /** Variables of the environment that set options. */
  readonly variables: readonly string[];
  /** The program that opens a browser. */
  readonly opener: string;
  /** The arguments, with paths made absolute or not. */
  readonly args: readonly string[];
  readonly windows?: boolean;
}

/** The module, as it is run from the registry. */
const MODULE = "jsr:@eco/http/serve";

/** The command line, ready to be copied. */
export function leastRightsCommand(command: ServedCommand): string {
  const { settings, root, files, variables, opener, args, windows } = command;
  const { host, port, site, workers } = settings;
  const { upload, edit } = site.rights;
  const flags = [
    `--allow-net=${host.includes(":") ? `[${host}]` : host}:${port}`,
    pathFlag("--allow-read", [root, ...files]),
    ...(upload || edit ? [pathFlag("--allow-write", [root])] : []),
    ...(variables.length > 0 ? [`--allow-env=${variables.join(",")}`] : []),
    ...(settings.open ? [`--allow-run=${opener}`] : []),
    ...(settings.qr && isUnspecified(host) ? ["--allow-sys=networkInterfaces"] : []),
    ...(workers > 1 ? ["--unstable-net"] : []),
  ];
  return ["deno", "run", ...flags, MODULE, ...args]
    .map((it) => quoteForShell(it, windows)).join(" ");
}

/** A flag for paths; all paths where one of them cannot be said in such a list. */
export function pathFlag(flag: string, paths: readonly string[]): string {
  const unique = [...new Set(paths)];
  return unique.some((it) => it.includes(",")) ? flag : `${flag}=${unique.join(",")}`;
}
