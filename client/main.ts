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

import { parseArguments } from "./command/arguments.ts";
import { Interrupted, OutputError, UsageError } from "./command/errors.ts";
import { exitCodeOf } from "./command/exit_code.ts";
import type { GetArguments } from "./command/get_arguments.ts";
import type { Input } from "./command/input.ts";
import { commandMessage } from "./command/message.ts";
import { askPassword } from "./command/password.ts";
import type { Terminal } from "./command/progress_bar.ts";
import { dieOf, SignalWatch } from "./command/signals.ts";
import { transfer } from "./command/transfer.ts";
import { USAGE } from "./command/usage.ts";
import { VERSION } from "../wire/version.ts";
import { visible, visibleHead } from "./command/visible.ts";
import type { World } from "./command/world.ts";
import { readVariable } from "./environment.ts";

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
      await get(command.get, isSilent);
    } else {
      console.log(command.action === "help" ? USAGE : VERSION);
    }
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) await dieOf(error);
    if (!isSilent && !isQuiet(error)) complain(error);
    return exitCodeOf(error);
  }
}

async function get(args: GetArguments, isSilent: boolean): Promise<void> {
  const aborter = new AbortController();
  const { signal } = aborter;
  const interrupted = Promise.withResolvers<never>();
  using _watch = new SignalWatch((reason) => {
    if (signal.aborted) return interrupted.reject(reason);
    aborter.abort(reason);
    setTimeout(() => interrupted.reject(reason), GRACE_MS);
  });
  const world: World = {
    ...{ stdin: STDIN, stdout: Deno.stdout, environment: readVariable, signal },
    terminal: Deno.stderr.isTerminal() ? STDERR : undefined,
    trace: (mark, line) => console.error(visibleHead(`${mark} ${line}`)),
    warn: (text) => isSilent || console.error(`warning: ${visible(text)}`),
    askPassword: Deno.stdin.isTerminal() ? (prompt) => ask(prompt, signal) : undefined,
  };
  await Promise.race([transfer(args, world), interrupted.promise]);
}

const STDIN: Input = {
  readAll: async () => await new Response(Deno.stdin.readable).bytes(),
  stream: () => Deno.stdin.readable,
};

const STDERR: Terminal = {
  write: (text) => show(new TextEncoder().encode(text)),
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

function ask(prompt: string, signal: AbortSignal): Promise<string> {
  const keyboard = {
    setRaw: (isRaw: boolean) => Deno.stdin.setRaw(isRaw, isRaw ? { cbreak: true } : undefined),
    read: (buffer: Uint8Array) => Deno.stdin.read(buffer),
  };
  return askPassword(prompt, keyboard, STDERR.write, signal);
}

/** Writes all of it to the standard error. */
function show(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
}

/** Whether nobody has to be told: who closed the output knows. */
function isQuiet(error: unknown): boolean {
  return error instanceof OutputError && error.cause instanceof Deno.errors.BrokenPipe;
}

/** One line, however many the message has. */
function complain(error: unknown): void {
  const isUsage = error instanceof UsageError && error.exitCode === 2;
  const hint = isUsage ? "; --help tells the options" : "";
  console.error(`error: ${visible(commandMessage(error))}${hint}`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
