// The command line that serves the same with no more rights than that needs. Pure.

import { isUnspecified } from "./addresses.ts";
import { quoteForShell } from "./quote_for_shell.ts";
import type { ServeSettings } from "./settings.ts";

/** What is served, and how the command was called. */
export interface ServedCommand {
  readonly settings: ServeSettings;
  /** The folder, absolute, by each of its names. */
  readonly roots: readonly string[];
  /** Files that are read at start, absolute. */
  readonly files: readonly string[];
  /** Variables of the environment that set options. */
  readonly variables: readonly string[];
  /** The program that opens a browser. */
  readonly opener: string;
  /** What is run. */
  readonly module: string;
  /** The arguments, with paths made absolute or not. */
  readonly args: readonly string[];
  readonly windows?: boolean;
}

/** The command line, ready to be copied; but for passwords' hashes, in whose place it is refused. */
export function leastRightsCommand(command: ServedCommand): string {
  const { settings, roots, files, variables, opener, module, args, windows } = command;
  const { host, port, site, workers } = settings;
  const { upload, edit } = site.rights;
  const isAnyPort = port === 0 && workers > 1;
  const flags = [
    // Workers listen on the port that the first one was given.
    `--allow-net=${host.includes(":") ? `[${host}]` : host}${isAnyPort ? "" : `:${port}`}`,
    // Where links may lead anywhere, so may what is read.
    site.files.links === "anywhere" ? "--allow-read" : pathFlag("--allow-read", [
      ...roots,
      ...files,
    ]),
    ...(upload || edit ? [pathFlag("--allow-write", roots)] : []),
    ...(variables.length > 0 ? [`--allow-env=${variables.join(",")}`] : []),
    ...(settings.open ? [`--allow-run=${opener}`] : []),
    ...(settings.qr && isUnspecified(host) ? ["--allow-sys=networkInterfaces"] : []),
    ...(workers > 1 ? ["--unstable-net"] : []),
  ];
  return ["deno", "run", ...flags, module, ...withoutHashes(args)]
    .map((it) => quoteForShell(it, windows)).join(" ");
}

/** The arguments with a word in place of each hash: whoever sees it could try passwords on it. */
function withoutHashes(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, at) => {
    if (end >= 0 && at > end) return arg;
    const isUser = at > 0 && args[at - 1] === "--auth";
    return isUser || arg.startsWith("--auth=") ? arg.replace(/:.*/s, ":HASH") : arg;
  });
}

/** A flag for paths; all paths where one of them cannot be said in such a list. */
export function pathFlag(flag: string, paths: readonly string[]): string {
  const unique = [...new Set(paths)];
  return unique.some((it) => it.includes(",")) ? flag : `${flag}=${unique.join(",")}`;
}
