import { assertEquals } from "@std/assert";
import { isIdempotent } from "../../../client/rules/idempotent.ts";

Deno.test("isIdempotent() knows the methods of RFC 9110 9.2.2", () => {
  const methods = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
  assertEquals(methods.filter(isIdempotent), methods);
  assertEquals(["POST", "PATCH", "CONNECT", "get", "", "X"].filter(isIdempotent), []);
});
