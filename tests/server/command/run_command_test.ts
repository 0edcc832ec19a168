import { assertEquals } from "@std/assert";
import { runCommand } from "../../../server/command/run_command.ts";
import { UsageError } from "../../../server/command/usage_error.ts";

/** The exit code of a command, and what it complained about. */
async function run(work: () => Promise<number>): Promise<[code: number, complaints: unknown[]]> {
  const complaints: unknown[] = [];
  const { error } = console;
  console.error = (...of) => complaints.push(...of);
  try {
    return [await runCommand(work), complaints];
  } finally {
    console.error = error;
  }
}

Deno.test("runCommand() has the exit code of the work, or says in one line why there is none", async () => {
  assertEquals(await run(() => Promise.resolve(3)), [3, []]);
  assertEquals(await run(() => Promise.reject(new Error("no\n way"))), [1, ["error: no way"]]);
  const wrong = new UsageError("so");
  assertEquals(await run(() => Promise.reject(wrong)), [
    1,
    ["error: Cannot start: so; --help tells the options"],
  ]);
});
