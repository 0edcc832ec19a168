// What every command does around its work: an output that nobody waits for, errors in a line, and the exit code.

import { LineWriter } from "./line_writer.ts";
import { complain, messageOf } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Runs `work`, which has the standard output; resolves with its exit code, or 1 when it throws. */
export async function runCommand(work: (stdout: LineWriter) => Promise<number>): Promise<number> {
  const stdout = new LineWriter(
    (bytes) => Deno.stdout.write(bytes),
    // The log's reader left: that is no reason to stop serving.
    (error) => complain(`Cannot write to the standard output: ${messageOf(error)}`),
  );
  try {
    return await work(stdout);
  } catch (error) {
    const hint = error instanceof UsageError ? "; --help tells the options" : "";
    complain(`${messageOf(error)}${hint}`);
    return 1;
  } finally {
    await stdout.flush();
  }
}
