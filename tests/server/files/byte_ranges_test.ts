import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ByteRange, MAX_RANGES, parseByteRanges } from "../../../server/files/byte_ranges.ts";

/** Ranges as `offset+count`, several with a space between them. */
function show(ranges: ReturnType<typeof parseByteRanges>): string {
  if (typeof ranges === "string") return ranges;
  return ranges.map(({ offset, count }) => `${offset}+${count}`).join(" ");
}

function check(cases: readonly (readonly [string, number, string])[]): void {
  for (const [value, size, expected] of cases) {
    assertEquals(show(parseByteRanges(value, size)), expected, `${value} of ${size}`);
  }
}

Deno.test("parseByteRanges() reads a range from a first to a last position", () => {
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

Deno.test("parseByteRanges() clamps the last position", () => {
  check([
    ["bytes=0-10", 10, "0+10"],
    ["bytes=9-10", 10, "9+1"],
    ["bytes=5-18446744073709551616", 10, "5+5"],
    [`bytes=5-${"9".repeat(400)}`, 10, "5+5"],
  ]);
});

Deno.test("parseByteRanges() reads open ranges and suffixes", () => {
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

Deno.test("parseByteRanges() finds ranges unsatisfiable that hold no byte of the file", () => {
  check([
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=10-10", 10, "unsatisfiable"],
    ["bytes=11-20", 10, "unsatisfiable"],
    ["bytes=18446744073709551616-", 10, "unsatisfiable"],
    [`bytes=${"9".repeat(400)}-${"9".repeat(400)}`, 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=-000", 10, "unsatisfiable"],
    ["bytes=10-, -0, 20-30", 10, "unsatisfiable"],
    ["bytes=-0", 0, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=0-0", 0, "unsatisfiable"],
  ]);
});

Deno.test("parseByteRanges() ignores a suffix of an empty file", () => {
  check([["bytes=-1", 0, "whole"], ["bytes=-100", 0, "whole"], ["bytes=0-, -1", 0, "whole"]]);
});

Deno.test("parseByteRanges() ignores what is not a well-formed set of byte ranges", () => {
  const values = ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-2", "hello"]
    .concat(["xbytes=0-3", "byte=0-3", "bytesx=0-3", "items=0-3", "bytes:0-3", "bytes 0-3"])
    .concat(["bytes=,", "bytes=, ,", "bytes=0-3;x=1", "bytes=0-3;5-6", "bytes=0-3 5-6"])
    .concat(["bytes= 0-3", "bytes=0 -3", "bytes=0- 3", "bytes=0-3 ", " bytes=0-3", "bytes =0-3"])
    .concat(["bytes=+0-3", "bytes=0-+3", "bytes=--1", "bytes=-1-", "bytes=1-2-3", "bytes=-1-2"])
    .concat(["bytes=0x0-0x3", "bytes=1e1-2e1", "bytes=0.0-3", "bytes=٠-٣", "bytes=0-3\n"])
    .concat(["bytes=0-3, bytes=5-6", `bytes=2-${"0".repeat(50)}1`, "bytes=0-3,5-4", "bytes=a,0-3"])
    .concat(["bytes=0-3,-", "bytes=20-30,5-2", "bytes=0-3\x0b,5-6"]);
  for (const value of values) {
    assertEquals(parseByteRanges(value, 10), "whole", JSON.stringify(value));
  }
});

Deno.test("parseByteRanges() reads sets, with empty elements and blanks around commas", () => {
  check([
    ["bytes=0-0,2-2", 10, "0+1 2+1"],
    ["bytes=0-0 ,\t2-2", 10, "0+1 2+1"],
    ["bytes=,,0-0,,2-2,", 10, "0+1 2+1"],
    ["bytes=0-0, -1", 10, "0+1 9+1"],
    ["bytes=-1, 0-0", 10, "9+1 0+1"],
  ]);
});

Deno.test("parseByteRanges() leaves out what no byte is in, as long as another has one", () => {
  check([
    ["bytes=0-0,10-", 10, "0+1"],
    ["bytes=-0,4-5", 10, "4+2"],
    ["bytes=99-,8-20,50-60", 10, "8+2"],
  ]);
});

Deno.test("parseByteRanges() makes one of ranges that overlap or touch, where the first of them stood", () => {
  check([
    ["bytes=0-1,2-3", 10, "0+4"],
    ["bytes=2-3,0-1", 10, "0+4"],
    ["bytes=0-5,3-8", 10, "0+9"],
    ["bytes=0-8,3-5", 10, "0+9"],
    ["bytes=3-3,3-3", 10, "3+1"],
    ["bytes=8-8,0-1,4-4,1-2", 10, "8+1 0+3 4+1"],
    ["bytes=4-4,8-8,0-1,5-5", 10, "4+2 8+1 0+2"],
    ["bytes=9-9,0-0,1-8", 10, "0+10"],
    ["bytes=5-,-5", 10, "5+5"],
  ]);
});

Deno.test("parseByteRanges() ignores a set of more ranges than it looks at", () => {
  const set = (count: number) => `bytes=${Array.from({ length: count }, (_, at) => `${at}-`)}`;
  check([
    [set(199), 1000, "0+1000"],
    [set(MAX_RANGES), 1000, "0+1000"],
    [set(MAX_RANGES + 1), 1000, "whole"],
    [`bytes=0-1${",".repeat(MAX_RANGES + 1)}`, 1000, "whole"],
  ]);
  assertEquals(parseByteRanges(`bytes=${"0-1,".repeat(100_000)}`, 10), "whole");
  assertEquals(parseByteRanges(`bytes=0-1${" ".repeat(100_000)}x`, 10), "whole");
});

Deno.test("parseByteRanges() is exact up to the largest file there can be", () => {
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

/** A spec, and the positions of `size` that it asks for; undefined when it is not valid. */
interface Spec {
  text: string;
  positions(size: number): number[] | undefined;
}

const position = fc.nat({ max: 40 });
const upTo = (size: number) => Array.from({ length: size }, (_, at) => at);
const spec: fc.Arbitrary<Spec> = fc.oneof(
  fc.tuple(position, position).map(([first, last]) => ({
    text: `${first}-${last}`,
    positions: (size: number) => last < first ? undefined : upTo(size).slice(first, last + 1),
  })),
  position.map((first) => ({
    text: `${first}-`,
    positions: (size: number) => upTo(size).slice(first),
  })),
  position.map((count) => ({
    text: `-${count}`,
    positions: (size: number) => count === 0 ? [] : upTo(size).slice(-count),
  })),
);

function positionsOf(ranges: readonly ByteRange[]): number[] {
  return ranges.flatMap(({ offset, count }) => upTo(count).map((at) => offset + at));
}

Deno.test("parseByteRanges() gives exactly the bytes asked for, each once, for any set and size", () => {
  const sets = fc.array(spec, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sets, fc.integer({ min: 1, max: 30 }), (specs, size) => {
      const found = parseByteRanges(`bytes=${specs.map(({ text }) => text).join(", ")}`, size);
      const wanted = specs.map((it) => it.positions(size));
      if (wanted.includes(undefined)) return assertEquals(found, "whole");
      const all = [...new Set(wanted.flat() as number[])].sort((a, b) => a - b);
      if (all.length === 0) return assertEquals(found, "unsatisfiable");
      assert(typeof found !== "string");
      const positions = positionsOf(found);
      assertEquals([...positions].sort((a, b) => a - b), all);
      // No two of them touch, and those that are asked for first come first.
      for (const { offset } of found) assert(!positions.includes(offset - 1));
      const order = found.map(({ offset, count }) =>
        wanted.findIndex((it) => it!.some((at) => at >= offset && at < offset + count))
      );
      assertEquals(order, [...order].sort((a, b) => a - b));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseByteRanges() stays inside of the file for any text", () => {
  const text = fc.string({ unit: fc.constantFrom(..."0123456789-,= "), maxLength: 40 });
  fc.assert(
    fc.property(text, fc.maxSafeNat(), (value, size) => {
      const ranges = parseByteRanges(`bytes=${value}`, size);
      if (typeof ranges === "string") return;
      assert(ranges.length > 0);
      for (const { offset, count } of ranges) {
        assert(Number.isSafeInteger(offset) && offset >= 0);
        assert(Number.isSafeInteger(count) && count > 0);
        assert(offset + count <= size);
      }
    }),
    { numRuns: 2000 },
  );
});
