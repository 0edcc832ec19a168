// The get command as a process of its own, run to its end or watched: `await using get = startGet([...])`.

import { fromFileUrl } from "@std/path";

const ROOT = new URL("../../", import.meta.url);
const MAIN = fromFileUrl(new URL("client/main.ts", ROOT));
const ALL_RIGHTS = ["--allow-all"];

/** The variables that would send requests elsewhere. */
const NO_PROXIES = Object.fromEntries(
  ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "NO_PROXY"]
    .map((name) => [name, ""]),
);

/** What differs from one run to another. */
export interface GetOptions {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly rights?: string[];
  readonly cwd?: string;
}

/** How a run ended. */
export interface GetOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The arguments of Deno for the command. */
export function getArguments(args: string[], rights: string[] = ALL_RIGHTS): string[] {
  const config = fromFileUrl(new URL("deno.json", ROOT));
  return [...["run", "--quiet", "--no-prompt", "--config", config], ...rights, MAIN, ...args];
}

function command(args: string[], { stdin, env, rights, cwd }: GetOptions): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: getArguments(args, rights),
    cwd,
    env: { NO_COLOR: "1", ...NO_PROXIES, ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs the command to its end. */
export async function runGet(args: string[], options: GetOptions = {}): Promise<GetOutcome> {
  await using child = command(args, options).spawn();
  const output = child.output();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Starts the command; whoever does so reads its output. */
export function startGet(args: string[], options: GetOptions = {}): Deno.ChildProcess {
  return command(args, options).spawn();
}
