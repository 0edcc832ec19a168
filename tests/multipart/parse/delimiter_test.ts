import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Delimiter } from "../../../multipart/parse/delimiter.ts";
import { bytesOf } from "../../wire/fakes.ts";

/** A boundary, and text of nothing but what is in its delimiter: the hardest to search. */
const hardInput = fc.stringMatching(/^[-ab]{1,8}$/).chain((boundary) => {
  const pieces = ["\r", "\n", "-", "\r\n", "\r\n-", "--", `\r\n--${boundary}`, boundary];
  const alphabet = [...pieces, ...boundary, `\r\n--${boundary.slice(0, -1)}`, "x"];
  const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }).map((it) => it.join(""));
  return fc.tuple(fc.constant(boundary), text, fc.nat(60));
});

/** Long text of a boundary's letters, where a search can never step far, with delimiters here and there. */
const longInput = fc.tuple(
  fc.stringMatching(/^[abcd]{2,12}$/),
  fc.array(fc.nat(200), { minLength: 1, maxLength: 6 }),
  fc.constantFrom("", "\r", "\n", "\r\n-", "x"),
  fc.infiniteStream(fc.constantFrom("a", "b", "c", "d", "-", "\n")),
).map(([boundary, distances, joint, letters]): [string, string] => {
  const fillers = distances.map((length) => [...letters.take(length)].join(""));
  return [boundary, fillers.join(joint) + `${joint}\r\n--${boundary}${fillers[0]}`];
});

/** What `suffix` promises, the slow way: the longest end of the text that a delimiter begins with. */
function naiveSuffix(text: string, delimiter: string): number {
  for (let length = Math.min(text.length, delimiter.length - 1); length > 0; length--) {
    if (text.endsWith(delimiter.slice(0, length))) return length;
  }
  return 0;
}

/** Bytes that count how often any of them is looked at. */
function countingReads(bytes: Uint8Array): { chunk: Uint8Array; reads: () => number } {
  let reads = 0;
  const indexOf = (byte: number, from: number): number => {
    const at = bytes.indexOf(byte, from);
    reads += Math.max(0, (at < 0 ? bytes.length : at + 1) - from);
    return at;
  };
  const chunk = new Proxy(bytes, {
    get(target, key) {
      if (key === "indexOf") return indexOf;
      if (key === "length") return target.length;
      assert(
        typeof key === "string" && /^\d+$/.test(key),
        `a use that is not counted: ${String(key)}`,
      );
      reads++;
      return target[Number(key)];
    },
  });
  return { chunk, reads: () => reads };
}

Deno.test("a Delimiter is a line break, two dashes and the boundary", () => {
  assertEquals(new Delimiter("a b").bytes, bytesOf("\r\n--a b"));
});

Deno.test("find() gives the index of the first whole delimiter from an index on, or -1", () => {
  const cases: readonly (readonly [text: string, from: number, at: number])[] = [
    ["\r\n--ab", 0, 0],
    ["x\r\n--ab", 0, 1],
    ["x\r\n--ab", 1, 1],
    ["x\r\n--ab", 2, -1],
    ["\r\n--ab\r\n--ab", 0, 0],
    ["\r\n--ab\r\n--ab", 1, 6],
    ["\r\n--a", 0, -1],
    ["\n--ab", 0, -1],
    ["\r--ab", 0, -1],
    ["\r\n-ab", 0, -1],
    ["\r\n--aab", 0, -1],
    ["\r\r\n--ab", 0, 1],
    ["\r\n\r\n--ab", 0, 2],
    ["\r\n--\r\n--ab", 0, 4],
    ["\r\n--a\r\n--ab", 0, 5],
    ["\r\n--abab", 0, 0],
    ["", 0, -1],
  ];
  const delimiter = new Delimiter("ab");
  for (const [text, from, at] of cases) {
    assertEquals(delimiter.find(bytesOf(text), from), at, JSON.stringify([text, from]));
  }
});

Deno.test("find() gives what a naive search gives, in bodies made of pieces of delimiters", () => {
  fc.assert(
    fc.property(hardInput, ([boundary, text, from]) => {
      const start = Math.min(from, text.length);
      const found = new Delimiter(boundary).find(bytesOf(text), start);
      assertEquals(found, text.indexOf(`\r\n--${boundary}`, start));
    }),
    { numRuns: 5000 },
  );
});

Deno.test("find() gives what a naive search gives, in long bodies of the boundary's letters", () => {
  fc.assert(
    fc.property(longInput, ([boundary, text]) => {
      const naive = text.indexOf(`\r\n--${boundary}`);
      assertEquals(new Delimiter(boundary).find(bytesOf(text), 0), naive);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("find() finds a delimiter at every distance, past the reach of its own steps", () => {
  const delimiter = new Delimiter("b");
  for (const filler of ["x", "b", "\n", "-"]) {
    for (let distance = 0; distance < 300; distance++) {
      const text = `${filler.repeat(distance)}\r\n--b`;
      assertEquals(delimiter.find(bytesOf(text), 0), distance, JSON.stringify(text));
      const late = `bbbbb${filler.repeat(distance)}\r\n--b${filler.repeat(50)}`;
      assertEquals(delimiter.find(bytesOf(late), 0), 5 + distance, JSON.stringify(late));
    }
  }
});

Deno.test("find() takes delimiters of bytes only, whatever the other bytes are", () => {
  const all = Uint8Array.from({ length: 512 }, (_, i) => i & 255);
  assertEquals(new Delimiter("a").find(all, 0), -1);
  const body = new Uint8Array([...all, 13, 10, 45, 45, 97, ...all]);
  assertEquals(new Delimiter("a").find(body, 0), 512);
});

Deno.test("suffix() tells how much of the end may be the beginning of a delimiter", () => {
  const cases: readonly (readonly [text: string, from: number, length: number])[] = [
    ["", 0, 0],
    ["x", 0, 0],
    ["\r", 0, 1],
    ["x\r", 0, 1],
    ["\r\n", 0, 2],
    ["x\r\n--a", 0, 5],
    ["\r\n--x", 0, 0],
    ["\r\n--a\r", 0, 1],
    ["\r\r", 0, 1],
    ["\r\n-\n", 0, 0],
    ["\n--a", 0, 0],
    ["\r\n--a", 1, 0],
    ["\r\n-\r\n", 2, 2],
  ];
  const delimiter = new Delimiter("ab");
  for (const [text, from, length] of cases) {
    assertEquals(delimiter.suffix(bytesOf(text), from), length, JSON.stringify([text, from]));
  }
});

Deno.test("suffix() gives what a naive search gives, where no whole delimiter is", () => {
  fc.assert(
    fc.property(hardInput, ([boundary, text, from]) => {
      const delimiter = `\r\n--${boundary}`;
      const start = Math.max(Math.min(from, text.length), text.lastIndexOf(delimiter) + 1);
      const expected = naiveSuffix(text.slice(start), delimiter);
      assertEquals(new Delimiter(boundary).suffix(bytesOf(text), start), expected);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("find() and suffix() lose no delimiter that is cut anywhere", () => {
  fc.assert(
    fc.property(hardInput, ([boundary, text, cut]) => {
      const delimiter = new Delimiter(boundary);
      const first = text.slice(0, cut);
      if (delimiter.find(bytesOf(first), 0) >= 0) return;
      // What is held back of the first piece is enough to find it in the second.
      const sent = first.length - delimiter.suffix(bytesOf(first), 0);
      const found = delimiter.find(bytesOf(text.slice(sent)), 0);
      assertEquals(found < 0 ? -1 : sent + found, text.indexOf(`\r\n--${boundary}`));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("find() looks at a byte four times at most, whatever the boundary and the body are", () => {
  const long = "a".repeat(70);
  const hostile: readonly (readonly [what: string, boundary: string, unit: string])[] = [
    ["nothing but the boundary's letter", long, "a"],
    ["delimiters but for the last byte", long, `\r\n--${long.slice(1)}b`],
    ["delimiters but for one byte less", long, `\r\n--${long.slice(1)}`],
    ["delimiters but for the first byte", long, `\n--${long}`],
    ["delimiters but for the second byte", long, `\r--${long}`],
    ["delimiters but for a byte in the middle", long, `\r\n--${"a".repeat(35)}b${"a".repeat(34)}`],
    ["line breaks", "b", "\r\n"],
    ["carriage returns", "b", "\r"],
    ["dashes", "-".repeat(70), "-"],
    ["line breaks and dashes", "-".repeat(70), "\r\n--"],
    ["letters of the boundary in no order", "abcdefgh", "hgfedcba"],
    ["letters of the boundary and few carriage returns", "abcdefgh", `${"hgfedcba".repeat(9)}\r`],
    ["letters that are far from each other", "a", `a${"x".repeat(40)}`],
    ["a carriage return after each letter", "a", "a\r"],
  ];
  for (const [what, boundary, unit] of hostile) {
    const bytes = bytesOf(unit.repeat(Math.ceil(20_000 / unit.length)));
    const { chunk, reads } = countingReads(bytes);
    assertEquals(new Delimiter(boundary).find(chunk, 0), -1, what);
    assert(reads() <= 4 * bytes.length, `${what}: ${reads()} reads of ${bytes.length} bytes`);
  }
});

Deno.test("suffix() looks at no more than two delimiters' length of bytes", () => {
  const boundary = "a".repeat(70);
  for (const unit of ["a", "\r", "\r\n", "\r\n--", `\r\n--${boundary.slice(1)}`]) {
    const { chunk, reads } = countingReads(bytesOf(unit.repeat(2000)));
    new Delimiter(boundary).suffix(chunk, 0);
    assert(reads() <= 2 * 74, `${JSON.stringify(unit)}: ${reads()} reads`);
  }
});
