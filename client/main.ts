/**
 * The client as a command, in the spelling of curl: gets a URL, or sends something there. What it got goes to
 * the standard output, or with `-o` to a file, which appears when it is whole, with a progress bar on the way.
 * SIGINT and SIGTERM end it at once. `--help` tells the options and the exit codes.
 *
 * ```sh
 * deno run -A jsr:@eco/http/get https://example.com/file.tar.gz -O
 * ```
 *
 * Importing this module does nothing.
 *
 * @module
 */

import { type GetArguments, parseArguments } from "./command/arguments.ts";
import type { Input } from "./command/body.ts";
import { exitCodeOf, Interrupted, OutputError } from "./command/exit_code.ts";
import type { Terminal } from "./command/progress_bar.ts";
import { transfer } from "./command/transfer.ts";
import { USAGE, UsageError } from "./command/usage.ts";
import { VERSION } from "./command/version.ts";

/** The signals that end the command, with their numbers. */
const SIGNALS: [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", 2], ["SIGBREAK", 21]]
  : [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]];

/** How long what is under way may take to clean up after a signal. */
const GRACE_MS = 2000;

/** Does what `args` ask for; resolves with the exit code. */
async function main(args: string[]): Promise<number> {
  let isSilent = false;
  try {
    const command = parseArguments(args);
    if (command.action === "get") {
      const { switches } = command.get;
      isSilent = switches.has("silent") && !switches.has("show-error");
      await get(withoutExceptions(command.get));
    } else {
      console.log(command.action === "help" ? USAGE : VERSION);
    }
    return 0;
  } catch (error) {
    if (!isSilent && !isQuiet(error)) complain(error);
    return exitCodeOf(error);
  }
}

async function get(args: GetArguments): Promise<void> {
  const aborter = new AbortController();
  const { signal } = aborter;
  const interrupted = Promise.withResolvers<never>();
  for (const [name, number] of SIGNALS) {
    Deno.addSignalListener(name, () => {
      if (signal.aborted) Deno.exit(128 + number);
      const reason = new Interrupted(name, number);
      aborter.abort(reason);
      setTimeout(() => interrupted.reject(reason), GRACE_MS);
    });
  }
  const world = {
    ...{ stdin: STDIN, stdout: Deno.stdout, signal },
    terminal: Deno.stderr.isTerminal() ? STDERR : undefined,
    trace: (mark: string, line: string) => console.error(`${mark} ${line}`),
  };
  await Promise.race([transfer(args, world), interrupted.promise]);
}

/** Arguments without `--noproxy`: the environment can say that too, and also holds after redirects. */
function withoutExceptions(args: GetArguments): GetArguments {
  const { noproxy, proxy, ...values } = args.values;
  if (noproxy === undefined) return args;
  Deno.env.set("no_proxy", noproxy);
  if (!proxy) return { ...args, values: { ...values, proxy } };
  for (const name of ["http_proxy", "https_proxy"]) Deno.env.set(name, proxy);
  return { ...args, values };
}

const STDIN: Input = {
  readAll: async () => await new Response(Deno.stdin.readable).bytes(),
  stream: () => Deno.stdin.readable,
};

const STDERR: Terminal = {
  write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
  get columns() {
    try {
      // Some terminals say 0 when they do not know.
      return Deno.consoleSize().columns || 80;
    } catch {
      return 80; // no terminal that says how wide it is
    }
  },
  now: () => performance.now(),
};

/** Whether nobody has to be told: who closed the output, or sent the signal, knows. */
function isQuiet(error: unknown): boolean {
  if (error instanceof Interrupted) return true;
  return error instanceof OutputError && error.cause instanceof Deno.errors.BrokenPipe;
}

/** One line, however many the message has. */
function complain(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof UsageError && error.exitCode === 2
    ? "; --help tells the options"
    : "";
  console.error(`error: ${message.replace(/\s*[\r\n]+\s*/g, " ")}${hint}`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
