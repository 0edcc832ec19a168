import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  basicCredentials,
  bearerCredentials,
  flawOfPassword,
  flawOfToken,
} from "../../../client/rules/auth.ts";

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

Deno.test("flawOfPassword() lets Digest have a colon in the user name, and nobody a control character", () => {
  assertEquals(flawOfPassword("u", "p:\u00e9", true), undefined);
  assertEquals(flawOfPassword("u:v", "p", false), undefined);
  assertEquals(
    flawOfPassword("u:v", "p", true),
    "the user name has a colon, where the password would begin",
  );
  for (const isBasic of [true, false]) {
    assertEquals(flawOfPassword("u\n", "", isBasic), "the user name has a control character");
    assertEquals(flawOfPassword("", "\x7f", isBasic), "the password has a control character");
  }
});

Deno.test("flawOfToken() is what bearerCredentials() says", () => {
  assertEquals(flawOfToken("a-b"), undefined);
  assertThrows(() => bearerCredentials("a b"), TypeError, flawOfToken("a b")!);
});
