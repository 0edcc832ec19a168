import { assertEquals, assertStrictEquals } from "@std/assert";
import { localAddressError } from "../../../client/dial/node_tcp.ts";
import { LocalError } from "../../../client/dial/local_error.ts";

Deno.test("LocalError tells an address of this machine that cannot be used from other failures", () => {
  const cause = new Error("bind");
  const error = localAddressError("10.0.0.1", cause);
  assertEquals([error instanceof LocalError, error.name], [true, "LocalError"]);
  assertStrictEquals(error.cause, cause);
});
