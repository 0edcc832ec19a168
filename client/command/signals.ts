// The signals that end the get command: heard, so that it can clean up, and then died of, so that a shell knows
// and ends its loop too. Those that the process was told to ignore, as by nohup, stay ignored.

import { Interrupted } from "./errors.ts";

const SIGNALS: [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", 2], ["SIGBREAK", 21]]
  : [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]];

/** The runtime itself listens some time after its start, and would end the process: only this keeps it from that. */
const IGNORE = (): void => {};

/** How long a signal of our own may take to end the process. */
const KILL_MS = 1000;

/** The numbers of the signals that a process ignores, from the text of Linux's /proc/self/status. */
export function ignoredSignals(status: string): Set<number> {
  const mask = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const numbers = new Set<number>();
  for (let number = 1; number <= 64; number++) {
    if ((mask >> BigInt(number - 1) & 1n) === 1n) numbers.add(number);
  }
  return numbers;
}

/** Listens, until it is disposed of. */
export class SignalWatch implements Disposable {
  readonly #listeners: [Deno.Signal, () => void][] = [];

  /** `onSignal` is called with each signal that comes. */
  constructor(onSignal: (reason: Interrupted) => void) {
    const ignored = ignoredSignals(readStatus());
    for (const [name, number] of SIGNALS) {
      const listener = ignored.has(number)
        ? IGNORE
        : (): void => onSignal(new Interrupted(name, number));
      Deno.addSignalListener(name, listener);
      this.#listeners.push([name, listener]);
    }
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) Deno.removeSignalListener(name, listener);
    this.#listeners.length = 0;
  }
}

function readStatus(): string {
  try {
    return Deno.readTextFileSync("/proc/self/status");
  } catch {
    return ""; // another system, or it must not be read
  }
}

/** Ends the process by the signal, to which nobody listens any longer. */
export async function dieOf({ signal, exitCode }: Interrupted): Promise<never> {
  try {
    Deno.kill(Deno.pid, signal);
    await new Promise((resolve) => setTimeout(resolve, KILL_MS));
  } catch {
    // It must not be sent: the code of a shell has to do.
  }
  Deno.exit(exitCode);
}
