import { assertEquals } from "@std/assert";
import { Interrupted, UsageError } from "../../../client/command/errors.ts";

Deno.test("UsageError has the exit code 2 unless it says another one", () => {
  assertEquals(new UsageError("a").exitCode, 2);
  assertEquals(new UsageError("a", 3).exitCode, 3);
});

Deno.test("Interrupted knows its signal, and the exit code that a shell makes of it", () => {
  const { signal, exitCode } = new Interrupted("SIGTERM", 15);
  assertEquals([signal, exitCode], ["SIGTERM", 143]);
});
