import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { fileError, systemReason } from "../../multipart/file_error.ts";
import { HttpError } from "../../wire/errors.ts";

Deno.test("fileError() has the code, the operation and the cause", () => {
  const cause = new Error("no");
  const error = fileError("write", "Cannot write", cause);
  assertInstanceOf(error, HttpError);
  assertEquals([error.message, error.code, error.operation], ["Cannot write", "file", "write"]);
  assertStrictEquals(error.cause, cause);
  assertEquals("cause" in fileError("read", "Cannot read"), false);
});

Deno.test("systemReason() is what the system says, without its number and the path behind that", () => {
  const cause = assertThrows(() => Deno.openSync("/no/such/file"), Deno.errors.NotFound);
  assertEquals(/os error/.test(cause.message), true);
  assertEquals(systemReason(cause), cause.message.slice(0, cause.message.indexOf(" (os error")));
  assertEquals(systemReason(new Error("Broken (os error 5): read\n'a'")), "Broken");
  assertEquals(systemReason("broken"), "broken");
});
