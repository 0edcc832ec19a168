import { assert, assertEquals, assertThrows } from "@std/assert";
import { basicCredentials, bearerCredentials } from "../../../client/rules/auth.ts";

Deno.test("basicCredentials() makes the examples of RFC 7617 2 and 2.1", () => {
  assertEquals(
    basicCredentials("Aladdin", "open sesame"),
    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
  );
  assertEquals(basicCredentials("test", "123£"), "Basic dGVzdDoxMjPCow==");
});

Deno.test("basicCredentials() takes colons in the password, and empty ones", () => {
  assertEquals(atob(basicCredentials("a", ":b:").slice(6)), "a::b:");
  assertEquals(atob(basicCredentials("", "").slice(6)), ":");
});

Deno.test("basicCredentials() refuses what RFC 7617 2 forbids, and does not quote it", () => {
  const cases = [["se:cret", ""], ["se\ncret", ""], ["", "se\x00cret"], ["", "se\x7fcret"]];
  for (const [username, password] of cases) {
    const { message } = assertThrows(() => basicCredentials(username!, password!), TypeError);
    assert(!message.includes("cret"), message);
  }
});

Deno.test("bearerCredentials() makes the example of RFC 6750 2.1", () => {
  assertEquals(bearerCredentials("mF_9.B5f-4.1JqM"), "Bearer mF_9.B5f-4.1JqM");
  assertEquals(bearerCredentials("a+/~=="), "Bearer a+/~==");
});

Deno.test("bearerCredentials() refuses what is no b64token, and does not quote it", () => {
  for (
    const token of [
      "",
      "se cret",
      "secret\r\nX: y",
      "=secret",
      "sec=ret",
      "secrét",
      "Bearer secret",
    ]
  ) {
    const { message } = assertThrows(() => bearerCredentials(token), TypeError);
    assert(!message.includes("secret"), message);
  }
});
