import { assertEquals, assertInstanceOf } from "@std/assert";
import { SwitchingResponse } from "../../../server/fetch/switching_response.ts";

Deno.test("a SwitchingResponse is a Response of status 101", () => {
  const taker = { take(): void {}, fail(): void {} };
  const response = new SwitchingResponse({ Upgrade: "x" }, taker);
  assertInstanceOf(response, Response);
  assertEquals([response.status, response.ok, response.statusText, response.body], [
    101,
    false,
    "Switching Protocols",
    null,
  ]);
  assertEquals([response.headers.get("upgrade"), response.taker], ["x", taker]);
});
