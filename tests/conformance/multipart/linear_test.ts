// Hostile bodies take time that grows as they do, and no memory. How long something takes decides nothing here, only how
// that grows: what takes the square of the size needs 256 times as long for 16 times as much, again and again. Headers
// and values are so long that the square of them would not end within the test run.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  LimitError,
  MultipartError,
  type MultipartLimits,
  MultipartParser,
} from "../../../multipart/mod.ts";
import { collectGarbage } from "../../collect_garbage.ts";
import { bytesOf } from "../../wire/fakes.ts";
import { named } from "./support.ts";

const MIB = 1024 * 1024;
const HEAD = `--x\r\n${named("a", "f")}\r\n\r\n`;

/** Runs a body of pieces through a parser; how much content came out, and how many events. */
function run(
  boundary: string,
  pieces: Iterable<Uint8Array>,
  limits: MultipartLimits = {},
): { bytes: number; fields: number; hasEnded: boolean } {
  const parser = new MultipartParser(boundary, limits);
  const seen = { bytes: 0, fields: 0, hasEnded: false };
  const pull = (): void => {
    for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
      if (event.type === "body") seen.bytes += event.data.length;
      else if (event.type === "header") seen.fields++;
      else seen.hasEnded = true;
    }
  };
  for (const piece of pieces) {
    parser.push(piece);
    pull();
  }
  parser.end();
  pull();
  return seen;
}

/** Text again and again, up to so many bytes. */
function fill(text: string, size: number): Uint8Array {
  const filled = new Uint8Array(size);
  const unit = bytesOf(text);
  for (let at = 0; at < size; at += unit.length) filled.set(unit.subarray(0, size - at), at);
  return filled;
}

function* cut(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

function join(...all: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bytes of all) {
    joined.set(bytes, at);
    at += bytes.length;
  }
  return joined;
}

const LONG = "a".repeat(70);
const MIXED_LONG = `${"ab".repeat(34)}aa`;

/** Boundaries, and bodies without them that come as near to them as they can. */
const CONTENTS: [name: string, boundary: string, text: string][] = [
  ["line breaks", "x", "\r\n"],
  ["CR", "x", "\r"],
  ["LF", "x", "\n"],
  ["dashes", "x", "-"],
  ["dashes, and a boundary of dashes", "-".repeat(70), "-"],
  ["lines of dashes, and a boundary of dashes", "-".repeat(70), `\r\n${"-".repeat(71)}`],
  ["near misses", "x", "\r\n--y"],
  ["near misses of a long boundary", LONG, `\r\n--${"a".repeat(69)}b`],
  ["near misses of a long boundary that are too short", LONG, `\r\n--${"a".repeat(69)}`],
  ["the character of a boundary of 70 of them", LONG, "a"],
  ["a CR among the characters of a boundary of 70 of them", LONG, `${"a".repeat(73)}\r`],
  ["a period in a boundary", MIXED_LONG, "ab"],
  ["the boundary within lines", LONG, `--${LONG}`],
  ["the boundary behind bare LF", "x", "\n--x"],
  ["the boundary behind bare CR", "x", "\r--x"],
  ["CR and the boundary's last character", "x", "\rx"],
  ["zeros", "x", "\0"],
];

const ATTEMPTS = 8;
/** How many times as much it is. */
const TIMES = 16;
/** How many times as long it may take: more than memory costs that is far from the processor, less than a square. */
const TIMES_AS_LONG = 64;

/** Checks that 16 times as much takes less than 64 times as long, once it is run without others in between. */
function assertLinear(size: number, act: (size: number) => void): void {
  const timeMs = (size: number): number => {
    const start = performance.now();
    act(size);
    return performance.now() - start;
  };
  let [large, small] = [Infinity, Infinity];
  for (let i = 0; i < ATTEMPTS; i++) {
    large = Math.min(large, timeMs(TIMES * size));
    small = Math.min(small, timeMs(size));
    if (large < TIMES_AS_LONG * small) return;
  }
  throw new Error(`${TIMES} times as much takes ${large / small} times as long`);
}

/** How bodies are cut, and how large the smaller one is. */
const PIECES: [length: number, size: number][] = [
  [Infinity, MIB / 64],
  [4096, MIB / 64],
  [1, MIB / 256],
];

for (const [name, boundary, text] of CONTENTS) {
  for (const [length, size] of PIECES) {
    const how = length === 1 ? "byte by byte" : length === Infinity ? "in one piece" : "in pieces";
    Deno.test(`A body with ${name} in all places, ${how}, takes linear time`, () => {
      assertLinear(size, (size) => {
        // Where a line begins, a delimiter needs no line break of its own.
        const content = join(bytesOf("c"), fill(text, size));
        const body = join(
          content,
          bytesOf(`\r\n${HEAD.replace("x", boundary)}`),
          content,
          bytesOf(`\r\n--${boundary}--\r\n`),
          content,
        );
        const pieces = length === Infinity ? [body] : cut(body, length);
        const seen = run(boundary, pieces, { maxPreambleBytes: Infinity });
        assertEquals(seen, { bytes: size + 1, fields: 1, hasEnded: true });
      });
    });
  }
}

Deno.test("A CR and then megabytes of something else take linear time", () => {
  for (const length of [100, 10_000]) {
    assertLinear(MIB / 4, (size) => {
      const content = join(bytesOf("\r"), fill("y", size));
      const body = join(bytesOf(HEAD), content, bytesOf("\r\n--x--"));
      assertEquals(run("x", cut(body, length)).bytes, size + 1);
    });
  }
});

for (const text of ["y", "y: z\r\nx", "\t", "\r", "\n"]) {
  Deno.test(`A header of ${JSON.stringify(text)} that comes byte by byte takes linear time`, () => {
    const limits = { maxHeaderBytes: Infinity, maxHeaders: Infinity };
    assertLinear(16 * 1024, (size) => {
      const start = bytesOf(`${HEAD.slice(0, -2)}X: `);
      const body = join(start, fill(text, size), bytesOf("z: z\r\n\r\n\r\n--x--"));
      if (text === "\r" || text === "\n") {
        assertThrows(() => run("x", cut(body, 1), limits), MultipartError, "control character");
      } else {
        assertEquals(run("x", cut(body, 1), limits).hasEnded, true);
      }
    });
  });
}

Deno.test("A header without an end is refused at its limit, however it comes", () => {
  for (const text of ["y", "\r", "\n", "\n\n", "\r\r\n", "X: y\r\n"]) {
    const body = join(bytesOf(HEAD.slice(0, -2)), fill(text, 32 * 1024));
    for (const length of [1, Infinity]) {
      const pieces = length === Infinity ? [body] : cut(body, length);
      assertThrows(() => run("x", pieces), LimitError, '"maxHeaderBytes"', text);
    }
  }
});

Deno.test("Values that would take a bad expression the square of their length take linear time", () => {
  const size = MIB;
  const values = [
    `form-data; name="a"${" ".repeat(size)}`,
    `form-data; name="a"${" ".repeat(size)}x`,
    `form-data;${" ".repeat(size)}name="a"`,
    `form-data${"\t".repeat(size)}`,
    `form-data; name="a"${";".repeat(size)}`,
    `form-data; name="a"${"; ".repeat(size / 2)}`,
    `form-data; name="a"${"; x=y".repeat(size / 5)}`,
    `form-data; name="a"${'; x=""'.repeat(size / 6)}`,
    `form-data; name="${"\\".repeat(size)}"`,
    `form-data; name="${"\\".repeat(size)}`,
    `form-data; name=${"a".repeat(size)}`,
    `form-data; ${"a".repeat(size)}`,
    `form-data; ${"a".repeat(size)}"`,
    `${"a".repeat(size)}; name="a"`,
    `form-data; name="a"${"=".repeat(size)}`,
    `${" ".repeat(size)}x`,
    `form-data; name="a"; filename="${"%22".repeat(size / 3)}"`,
  ];
  for (const value of values) {
    const body = bytesOf(`--x\r\nContent-Disposition: ${value}\r\n\r\n1\r\n--x--`);
    try {
      assertEquals(run("x", [body], { maxHeaderBytes: Infinity }).hasEnded, true);
    } catch (error) {
      assert(error instanceof MultipartError, String(error));
    }
  }
  const lines = [
    "X".repeat(size),
    `X${" ".repeat(size)}: y`,
    `${"\t".repeat(size)}`,
    `X:${" ".repeat(size)}y`,
  ];
  for (const line of lines) {
    const body = bytesOf(`${HEAD.slice(0, -2)}${line}\r\n\r\n1\r\n--x--`);
    try {
      assertEquals(run("x", [body], { maxHeaderBytes: Infinity }).hasEnded, true);
    } catch (error) {
      assert(error instanceof MultipartError, String(error));
    }
  }
});

Deno.test("A Content-Type of any length takes linear time", () => {
  const size = 2 * MIB;
  for (
    const type of [
      `multipart/form-data; boundary=${"a".repeat(size)}`,
      `multipart/form-data; boundary="${"a".repeat(size)}`,
      `multipart/form-data${" ".repeat(size)}x`,
      `multipart/form-data${"; ".repeat(size / 2)}boundary=x`,
      `multipart/form-data${"; a=b".repeat(size / 5)}; boundary=x`,
      `${" ".repeat(size)}multipart/form-data; boundary=x`,
      `${"a".repeat(size)}/b; boundary=x`,
      "a".repeat(size),
      " ".repeat(size),
    ]
  ) {
    try {
      new MultipartParser(type);
    } catch (error) {
      assert(error instanceof MultipartError, String(error));
    }
  }
});

Deno.test("Megabytes of padding behind a delimiter are refused early, or take linear time", () => {
  for (const start of ["--x", "--x--", `${HEAD}1\r\n--x`, `${HEAD}1\r\n--x--`]) {
    for (const length of [1, 64 * 1024]) {
      const body = join(
        bytesOf(start),
        fill(" \t", length === 1 ? MIB / 4 : 4 * MIB),
        bytesOf("\r\n"),
      );
      assertThrows(() => run("x", cut(body, length)), MultipartError, "delimiter");
    }
  }
});

const PART = `--x\r\n${named("a")}\r\n\r\n1\r\n`;

for (const length of [Infinity, 4096, 3]) {
  Deno.test(`Many parts take linear time: pieces of ${length} bytes`, () => {
    assertLinear(length === 3 ? 250 : 2500, (count) => {
      const body = join(fill(PART, count * PART.length), bytesOf("--x--"));
      const pieces = length === Infinity ? [body] : cut(body, length);
      const seen = run("x", pieces, { maxParts: Infinity });
      assertEquals(seen, { bytes: count, fields: count, hasEnded: true });
    });
  });
}

Deno.test("Parts of all sizes in one piece are not copied for each of them", () => {
  assertLinear(500, (count) => {
    const large = join(bytesOf(HEAD), fill("y", count * PART.length), bytesOf("\r\n"));
    const parts = fill(PART, count * PART.length);
    const body = join(large, parts, large, parts, bytesOf("--x--"));
    const seen = run("x", [body], { maxParts: Infinity });
    const bytes = 2 * (count * PART.length + count);
    assertEquals(seen, { bytes, fields: 2 * count + 2, hasEnded: true });
  });
});

/** Bytes that are in use. */
function used(): number {
  collectGarbage();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** What comes before and behind the filling, what it is of, and the limits; the parser goes on, or has failed. */
const ENDLESS: [name: string, start: string, text: string, limits?: MultipartLimits][] = [
  ["content", HEAD, "y"],
  ["content of line breaks", HEAD, "\r\n"],
  ["content of near misses", HEAD, "\r\n--y"],
  ["content of dashes", HEAD, "-"],
  ["a preamble", "p", "y", { maxPreambleBytes: Infinity }],
  ["a preamble of line breaks", "p", "\r\n", { maxPreambleBytes: Infinity }],
  ["an epilogue", "--x--\r\n", "y"],
  ["an epilogue of delimiters", "--x--\r\n", "\r\n--x"],
];

for (const [name, start, text, limits] of ENDLESS) {
  Deno.test(`The parser keeps nothing of ${name}`, () => {
    const parser = new MultipartParser("x", limits);
    const filling = fill(text, 64 * 1024);
    parser.push(bytesOf(start));
    const pull = (): void => {
      for (let event = parser.pull(); event !== undefined; event = parser.pull());
    };
    const push = (bytes: number): number => {
      for (let pushed = 0; pushed < bytes; pushed += filling.length) {
        parser.push(filling.slice());
        pull();
      }
      return used();
    };
    const before = push(MIB);
    const grown = push(32 * MIB) - before;
    assert(grown < 8 * MIB, `${grown} bytes more`);
    // It is still at it.
    parser.push(bytesOf("."));
    pull();
  });
}
