// Where the get command writes what it got: a file, which appears when it is whole, or the standard output.

import { FileSink } from "../download/file_sink.ts";
import { OutputError } from "./errors.ts";

/** Where bytes go. */
export interface Output {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** The standard output as the runtime has it. */
export interface StandardOutput {
  write(bytes: Uint8Array): Promise<number>;
}

/** The file `path`, or the standard output where there is none. */
export async function openOutput(
  path: string | undefined,
  stdout: StandardOutput,
  signal: AbortSignal,
): Promise<Output> {
  return path === undefined ? new StreamOutput(stdout, signal) : await FileSink.create(path);
}

/** The standard output; a write that stands still ends with the signal. */
class StreamOutput implements Output {
  readonly #stdout: StandardOutput;
  readonly #signal: AbortSignal;
  #abort: ((reason: unknown) => void) | undefined;

  constructor(stdout: StandardOutput, signal: AbortSignal) {
    this.#stdout = stdout;
    this.#signal = signal;
    // One listener, and not a race for each write, of which the signal would keep something.
    signal.addEventListener("abort", () => this.#abort?.(signal.reason));
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#writeSome(bytes.subarray(at));
  }

  #writeSome(bytes: Uint8Array): Promise<number> {
    this.#signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      this.#abort = reject;
      this.#stdout.write(bytes).then(resolve, (cause) => {
        const why = (cause instanceof Error ? cause.message : String(cause))
          .replace(/ \(os error \d+\).*$/s, "");
        reject(new OutputError(`Cannot write to the standard output: ${why}`, { cause }));
      });
    });
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }
}

/** Throws when bytes are none that a terminal should get: it takes some for commands. */
export function checkPrintable(bytes: Uint8Array): void {
  if (!bytes.includes(0)) return;
  throw new OutputError(
    'Cannot print body: it is binary; use "-o FILE" to save it, or "-o -" to print it',
  );
}
