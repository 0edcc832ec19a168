import { assertEquals } from "@std/assert";
import { codeOf } from "../../server/system_code.ts";

Deno.test("codes are those of the system", () => {
  assertEquals(codeOf({ code: "EEXIST" }), "EEXIST");
  assertEquals([codeOf({ code: "limit" }), codeOf(null), codeOf({ code: 5 })], [
    undefined,
    undefined,
    undefined,
  ]);
});
