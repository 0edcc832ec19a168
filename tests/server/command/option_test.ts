import { assertEquals } from "@std/assert";
import { variableOf } from "../../../server/command/option.ts";

Deno.test("variableOf() names the variable of an option", () => {
  assertEquals(variableOf("port"), "SERVE_PORT");
  assertEquals(variableOf("auth-without-tls"), "SERVE_AUTH_WITHOUT_TLS");
  assertEquals(variableOf("404"), "SERVE_404");
});
