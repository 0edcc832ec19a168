import { assertEquals } from "@std/assert";
import {
  constantCorsFields,
  corsFieldsFor,
  isPreflight,
  parseOrigins,
  preflightFields,
} from "../../../server/command/cors.ts";

const A = "https://a.example";
const LIST = [A, "http://localhost:3000", "null"];

function fields(list: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(list);
}

Deno.test("parseOrigins() reads origins as browsers send them", () => {
  assertEquals(parseOrigins("*"), { policy: "*" });
  assertEquals(parseOrigins(` ${A}, http://localhost:3000,null`), { policy: LIST });
});

Deno.test("parseOrigins() says what is no origin, before a browser fails to match it", () => {
  for (
    const it of [`${A}/`, "a.example", "https://A.example", "http://a:80", "ftp://a", "https://"]
  ) {
    assertEquals(
      parseOrigins(it),
      `has ${JSON.stringify(it)}, which is not an origin such as "https://example.com"`,
    );
  }
  assertEquals(parseOrigins(`*,${A}`), 'has other origins beside "*"');
  assertEquals(parseOrigins(","), "names no origin");
});

Deno.test("anybody may read with *, but never with credentials", () => {
  const { "Access-Control-Allow-Origin": origin, ...others } = fields(constantCorsFields("*"));
  assertEquals([origin, Object.keys(others)], ["*", ["Access-Control-Expose-Headers"]]);
  assertEquals(corsFieldsFor("*", A), []);
});

Deno.test("an origin of a list may read, with credentials unless it is nobody's", () => {
  assertEquals(constantCorsFields(LIST), []);
  const allowed = fields(corsFieldsFor(LIST, A));
  assertEquals(allowed["Access-Control-Allow-Origin"], A);
  assertEquals(allowed["Access-Control-Allow-Credentials"], "true");
  const nobody = fields(corsFieldsFor(LIST, "null"));
  assertEquals(nobody["Access-Control-Allow-Origin"], "null");
  assertEquals(nobody["Access-Control-Allow-Credentials"], undefined);
  for (const it of ["https://b.example", `${A}.evil.example`, undefined]) {
    assertEquals(corsFieldsFor(LIST, it), []);
  }
});

Deno.test("isPreflight() tells a preflight from other OPTIONS", () => {
  const headers = { origin: A, "access-control-request-method": "GET" };
  assertEquals(isPreflight("OPTIONS", headers), true);
  assertEquals(isPreflight("GET", headers), false);
  assertEquals(isPreflight("OPTIONS", { origin: A }), false);
  assertEquals(isPreflight("OPTIONS", { "access-control-request-method": "GET" }), false);
});

Deno.test("a preflight is told what reading needs, and an origin that may not read nothing", () => {
  const headers = { origin: A, "access-control-request-headers": "range, if-none-match" };
  for (const policy of ["*", LIST] as const) {
    assertEquals(fields(preflightFields(policy, headers)), {
      "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
      "Access-Control-Allow-Headers": "range, if-none-match",
      "Access-Control-Max-Age": "86400",
    });
  }
  assertEquals(preflightFields(LIST, { origin: "https://b.example" }), []);
  const forged = { origin: A, "access-control-request-headers": "a b;c" };
  assertEquals("Access-Control-Allow-Headers" in fields(preflightFields("*", forged)), false);
});
