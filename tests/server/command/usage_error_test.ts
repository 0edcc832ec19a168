import { assertEquals, assertInstanceOf } from "@std/assert";
import { UsageError } from "../../../server/command/usage_error.ts";

Deno.test("UsageError says what could not be done and why", () => {
  const cause = new Error("why");
  const error = new UsageError('port "x" is not a number', { cause });
  assertInstanceOf(error, Error);
  assertEquals(
    [error.name, error.message, error.cause],
    ["UsageError", 'Cannot start: port "x" is not a number', cause],
  );
});
