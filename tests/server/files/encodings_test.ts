import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { prefersGzip } from "../../../server/files/encodings.ts";

Deno.test("prefersGzip() follows Accept-Encoding with its weights", () => {
  const cases: [string | undefined, boolean][] = [
    [undefined, false],
    ["", false],
    [" ", false],
    ["gzip", true],
    ["GZIP", true],
    ["gzip, deflate, br, zstd", true],
    ["br;q=1.0, gzip;q=0.8, *;q=0.1", true],
    ["*", true],
    ["*;q=0.1", true],
    ["br", false],
    ["br, *", true],
    ["identity", false],
    ["gzip;q=0", false],
    ["gzip;Q=0", false],
    ["gzip; q=0.000", false],
    ["gzip ; q=0", false],
    ["gzip;q=0, *", false],
    ["*;q=0", false],
    ["*;q=0, gzip", true],
    ["gzip;q=0.001", true],
    ["identity;q=1, gzip;q=0.5", false],
    ["identity;q=0.5, gzip;q=1", true],
    ["gzip, identity", true],
    ["identity;q=0", false],
    ["identity;q=0, gzip", true],
    ["identity;q=0, *;q=0", false],
    ["abgzip", false],
    ["gzipx", false],
    ["x-gzipped", false],
    ["gzip;q=nonsense", false],
    [";;;,,,", false],
    ["gzip\u0100", false],
    ["\xe4, gzip", false],
  ];
  for (const [value, expected] of cases) {
    assertEquals(prefersGzip(value), expected, JSON.stringify(value));
    assertEquals(prefersGzip(value), expected, `${JSON.stringify(value)}, a second time`);
  }
});

Deno.test("prefersGzip() does not look at overlong fields", () => {
  assertEquals(prefersGzip("gzip" + ", br".repeat(255)), true);
  assertEquals(prefersGzip("gzip" + ", br".repeat(256)), false);
});

Deno.test("prefersGzip() answers to any text", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."gzip;q=0.5,* ") }),
  );
  fc.assert(fc.property(text, (value) => {
    assertEquals(typeof prefersGzip(value), "boolean");
  }));
});
