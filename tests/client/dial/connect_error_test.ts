import { assertEquals, assertStrictEquals } from "@std/assert";
import { connectError, flawOf, resolveError } from "../../../client/dial/connect_error.ts";

Deno.test("flawOf() says in words what a code of the system means", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), {
    code: "ECONNREFUSED",
  });
  assertEquals(flawOf(refused), "connection refused");
});

Deno.test("flawOf() leaves other messages as they are, without the system's number", () => {
  assertEquals(flawOf(new Error("Odd failure (os error 77)")), "Odd failure");
  assertEquals(flawOf(Object.assign(new Error("Odd"), { code: "EODD" })), "Odd");
  assertEquals(flawOf("thrown text"), "thrown text");
});

Deno.test("the errors name the host, have their code and keep the cause", () => {
  const cause = new Error("because");
  const connect = connectError("name.test", 80, "because", cause);
  assertEquals(connect.message, 'Cannot connect to "name.test:80": because');
  assertEquals(connect.code, "connect");
  assertStrictEquals(connect.cause, cause);
  assertEquals(connectError("::1", 80, "because").cause, undefined);
  const resolve = resolveError("name.test", "nobody knows it", cause);
  assertEquals(resolve.message, 'Cannot resolve "name.test": nobody knows it');
  assertEquals(resolve.code, "dns");
  assertStrictEquals(resolve.cause, cause);
});
