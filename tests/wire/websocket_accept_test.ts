import { assertEquals } from "@std/assert";
import { acceptKey } from "../../wire/websocket_accept.ts";

Deno.test("acceptKey() gives the proof of the example of RFC 6455 1.3", () => {
  assertEquals(acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});
