import { assertEquals } from "@std/assert";
import { preferredType } from "../../server/preferred_type.ts";

Deno.test("preferredType() is what the client likes best of what there is", () => {
  const cases: [accept: string | undefined, expected: string | undefined][] = [
    [undefined, undefined],
    ["text/html;q=0.5, application/json", "application/json"],
    ["text/html, application/json;q=0.5", "text/html"],
    ["image/png", undefined],
    ["text/\u00e9", undefined],
  ];
  for (const [accept, expected] of cases) {
    assertEquals(preferredType(accept, "text/html", "application/json"), expected, accept);
  }
});
