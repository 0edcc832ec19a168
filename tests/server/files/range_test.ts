import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { evaluateIfRange, parseRange } from "../../../server/files/range.ts";

function check(cases: readonly (readonly [string, number, string])[]): void {
  for (const [value, size, expected] of cases) {
    const range = parseRange(value, size);
    const text = typeof range === "string" ? range : `${range.offset}+${range.count}`;
    assertEquals(text, expected, `${value} of ${size}`);
  }
}

Deno.test("parseRange() reads a range from a first to a last position", () => {
  check([
    ["bytes=0-0", 10, "0+1"],
    ["bytes=0-9", 10, "0+10"],
    ["bytes=2-5", 10, "2+4"],
    ["bytes=9-9", 10, "9+1"],
    ["bytes=00002-0005", 10, "2+4"],
    ["Bytes=2-5", 10, "2+4"],
    ["BYTES=2-5", 10, "2+4"],
  ]);
});

Deno.test("parseRange() clamps the last position", () => {
  check([
    ["bytes=0-10", 10, "0+10"],
    ["bytes=9-10", 10, "9+1"],
    ["bytes=5-18446744073709551616", 10, "5+5"],
    [`bytes=5-${"9".repeat(400)}`, 10, "5+5"],
  ]);
});

Deno.test("parseRange() reads open ranges and suffixes", () => {
  check([
    ["bytes=0-", 10, "0+10"],
    ["bytes=9-", 10, "9+1"],
    ["bytes=-1", 10, "9+1"],
    ["bytes=-10", 10, "0+10"],
    ["bytes=-11", 10, "0+10"],
    ["bytes=-18446744073709551616", 10, "0+10"],
    [`bytes=-${"9".repeat(400)}`, 10, "0+10"],
  ]);
});

Deno.test("parseRange() finds ranges unsatisfiable that hold no byte of the file", () => {
  check([
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=10-10", 10, "unsatisfiable"],
    ["bytes=11-20", 10, "unsatisfiable"],
    ["bytes=18446744073709551616-", 10, "unsatisfiable"],
    [`bytes=${"9".repeat(400)}-`, 10, "unsatisfiable"],
    [`bytes=${"9".repeat(400)}-${"9".repeat(400)}`, 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=-000", 10, "unsatisfiable"],
    ["bytes=-0", 0, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=0-0", 0, "unsatisfiable"],
  ]);
});

Deno.test("parseRange() ignores a suffix of an empty file", () => {
  check([["bytes=-1", 0, "whole"], ["bytes=-100", 0, "whole"]]);
});

Deno.test("parseRange() ignores what is not exactly one well-formed byte range", () => {
  const values = ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-2", "hello"]
    .concat(["xbytes=0-3", "byte=0-3", "bytesx=0-3", "items=0-3", "bytes:0-3", "bytes 0-3"])
    .concat(["bytes=0-3,5-6", "bytes=0-3, -2", "bytes=0-3,", ",bytes=0-3", "bytes=0-3;x=1"])
    .concat(["bytes= 0-3", "bytes=0 -3", "bytes=0- 3", "bytes=0-3 ", " bytes=0-3", "bytes =0-3"])
    .concat(["bytes=+0-3", "bytes=0-+3", "bytes=--1", "bytes=-1-", "bytes=1-2-3", "bytes=-1-2"])
    .concat(["bytes=0x0-0x3", "bytes=1e1-2e1", "bytes=0.0-3", "bytes=٠-٣", "bytes=0-3\n"])
    .concat(["bytes=0-3, bytes=5-6", `bytes=2-${"0".repeat(50)}1`]);
  for (const value of values) assertEquals(parseRange(value, 10), "whole", JSON.stringify(value));
});

Deno.test("parseRange() is exact up to the largest file there can be", () => {
  const size = Number.MAX_SAFE_INTEGER;
  check([
    [`bytes=${size - 1}-`, size, `${size - 1}+1`],
    [`bytes=${size}-`, size, "unsatisfiable"],
    ["bytes=9007199254740993-", size, "unsatisfiable"],
    [`bytes=0-${size - 1}`, size, `0+${size}`],
    [`bytes=0-${size}0`, size, `0+${size}`],
    [`bytes=-${size - 1}`, size, `1+${size - 1}`],
  ]);
});

Deno.test("parseRange() gives the bytes that slice() gives, for any positions and size", () => {
  const position = fc.nat({ max: 40 });
  fc.assert(fc.property(position, position, fc.nat({ max: 30 }), (first, last, size) => {
    const bytes = Array.from({ length: size }, (_, at) => at);
    const cut = (value: string) => {
      const range = parseRange(value, size);
      return typeof range === "string"
        ? range
        : bytes.slice(range.offset, range.offset + range.count);
    };
    const expected = last < first ? "whole" : bytes.slice(first, last + 1);
    assertEquals(cut(`bytes=${first}-${last}`), expected.length === 0 ? "unsatisfiable" : expected);
    const open = bytes.slice(first);
    assertEquals(cut(`bytes=${first}-`), open.length === 0 ? "unsatisfiable" : open);
    if (size > 0 && last > 0) assertEquals(cut(`bytes=-${last}`), bytes.slice(-last));
  }));
});

Deno.test("parseRange() stays inside of the file for any text", () => {
  const text = fc.string({ unit: fc.constantFrom(..."0123456789-,= ") }).map((all) =>
    `bytes=${all}`
  );
  fc.assert(
    fc.property(text, fc.maxSafeNat(), (value, size) => {
      const range = parseRange(value, size);
      if (typeof range === "string") return;
      assert(Number.isSafeInteger(range.offset) && range.offset >= 0);
      assert(Number.isSafeInteger(range.count) && range.count > 0);
      assert(range.offset + range.count <= size);
    }),
    { numRuns: 2000 },
  );
});

const FILE = { etag: '"1f-2a"', mtimeMs: Date.UTC(1994, 10, 6, 8, 49, 37, 500) };
const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const NOW = Date.UTC(2026, 0, 1);

Deno.test("evaluateIfRange() wants a strongly equal tag or the exact date", () => {
  const cases: [string, boolean][] = [
    ['"1f-2a"', true],
    ['W/"1f-2a"', false],
    ['"1f-2b"', false],
    ['"1f-2a-gzip"', false],
    ['"1f-2a", "x"', false],
    ["1f-2a", false],
    ["*", false],
    ["", false],
    [DATE, true],
    ["Sunday, 06-Nov-94 08:49:37 GMT", true],
    ["Sun Nov  6 08:49:37 1994", true],
    ["Sun, 06 Nov 1994 08:49:36 GMT", false],
    ["Sun, 06 Nov 1994 08:49:38 GMT", false],
    ["1994-11-06T08:49:37Z", false],
  ];
  for (const [value, expected] of cases) {
    assertEquals(evaluateIfRange(value, FILE, NOW), expected, value);
  }
});

Deno.test("evaluateIfRange() takes a date only when it is a strong validator", () => {
  const second = Date.UTC(1994, 10, 6, 8, 49, 37);
  assertEquals(evaluateIfRange(DATE, FILE, second + 500), false);
  assertEquals(evaluateIfRange(DATE, FILE, second + 999), false);
  assertEquals(evaluateIfRange(DATE, FILE, second + 1000), true);
  assertEquals(evaluateIfRange(DATE, FILE, second - 5000), false);
});

Deno.test("evaluateIfRange() never holds without validators", () => {
  assertEquals(evaluateIfRange('"1f-2a"', {}, NOW), false);
  assertEquals(evaluateIfRange(DATE, {}, NOW), false);
});
