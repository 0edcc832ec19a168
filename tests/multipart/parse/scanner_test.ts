// The tokens of a body and its errors. Limits, and content that is taken away, have files of their own.

import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Scanner } from "../../../multipart/parse/scanner.ts";
import { bytesOf, textOf } from "../../wire/fakes.ts";
import { FIELD, FILE, scan, scanAll, scannerOf } from "./scan.ts";

/** All tokens up to the next `need`, data with its bytes, `|` where it was the last. */
function drain(scanner: Scanner): string[] {
  const tokens: string[] = [];
  for (let token = scanner.next(); token !== "need"; token = scanner.next()) {
    const text = token === "data" ? ` ${textOf(scanner.view)}${scanner.last ? "|" : ""}` : "";
    tokens.push(token + text);
  }
  return tokens;
}

Deno.test("a Scanner gives the tokens of a body, however that is cut", () => {
  const cases: readonly (readonly [body: string, tokens: readonly string[]])[] = [
    ["--b--", ["end"]],
    ["--b--\r\n", ["end"]],
    ["--b-- \t\r\nepilogue\r\n--b\r\nx", ["end"]],
    [`--b\r\n${FIELD}\r\n--b--`, ["part a", '""', "end"]],
    [`--b\r\n${FIELD}--b--`, ["part a", '""', "end"]],
    [`--b\r\n${FIELD}1\r\n--b--\r\n`, ["part a", '"1"', "end"]],
    [`--b\r\n${FIELD}1\r\n--b\r\n${FILE}2\r\n--b--`, ["part a", '"1"', "part a", '"2"', "end"]],
    [`--b \r\n${FIELD}1\r\n--b\t\r\n${FIELD}--b--`, ["part a", '"1"', "part a", '""', "end"]],
    [`preamble\r\n--b\r\n${FIELD}1\r\n--b--`, ["part a", '"1"', "end"]],
    [`\r\n--b\r\n${FIELD}1\r\n--b--`, ["part a", '"1"', "end"]],
    [`\r\n\r\n-\r\n--\r\n--b--`, ["end"]],
    [`-\r\n--b--`, ["end"]],
    [`--a\r\n--b--`, ["end"]],
    [
      `--b\r\n${FIELD}\r\n-\r\n--\r\n--B\r\r\n\n--b\r\n--b--`,
      ["part a", JSON.stringify("\r\n-\r\n--\r\n--B\r\r\n\n--b"), "end"],
    ],
    [`--b\r\n${FIELD}-\r\n--b--`, ["part a", '"-"', "end"]],
    [`--b\r\n${FIELD}--\r\n--b--`, ["part a", '"--"', "end"]],
    [`--b\r\n${FIELD}\r\n\r\n--b--`, ["part a", '"\\r\\n"', "end"]],
  ];
  for (const [body, tokens] of cases) assertEquals(scanAll(body), { tokens: [...tokens] }, body);
});

Deno.test("a Scanner has the head of a part with its token, plain or not", () => {
  for (const type of ["", "Content-Type: text/plain\r\n"]) {
    const scanner = scannerOf();
    scanner.push(bytesOf(`--b\r\n${type}${FIELD}`));
    assertEquals(scanner.next(), "part");
    assertEquals([scanner.head!.name, scanner.head!.fields.length], ["a", type === "" ? 1 : 2]);
  }
});

Deno.test("a Scanner holds the parts of forms alone to the rules of forms", () => {
  const body = "--b\r\n\r\n1\r\n--b\r\nContent-Type: x/y\r\n\r\n2\r\n--b--";
  assertEquals(scanAll(body, { isForm: false }).tokens, ["part ", '"1"', "part ", '"2"', "end"]);
  assertEquals(scanAll(body).error?.offset, 5);
});

Deno.test("a Scanner says at which byte of a body a mistake is, however that is cut", () => {
  const start = `--b\r\n${FIELD}1\r\n`;
  const cases: readonly (readonly [before: string, from: string, words: string])[] = [
    ["", "", "the body ends without a delimiter"],
    ["preamble\r\n--", "", "the body ends without a delimiter"],
    ["--b", "", "the body ends in the line of a delimiter"],
    ["--b \r", "", "the body ends in the line of a delimiter"],
    ["--b-", "", "the body ends in the line of a delimiter"],
    ["--b--\r", "", "the body ends in the line of a delimiter"],
    ["--b\r\n", "", "the body ends in the header of a part"],
    ["--b\r\nContent-", "", "the body ends in the header of a part"],
    [`--b\r\n${FIELD.slice(0, -1)}`, "", "the body ends in the header of a part"],
    ["--b\r\nA: b\n\n1\r\n--b--", "", "the header of a part, whose lines do not end with CRLF"],
    [`--b\r\n${FIELD}`, "", "the body ends without a close delimiter, in a part"],
    [`--b\r\n${FIELD}1`, "", "the body ends without a close delimiter, in a part"],
    [`${start}--`, "", "the body ends without a close delimiter, in a part"],
    [`${start}--b`, "", "the body ends in the line of a delimiter"],
    [`${start}--b\r\n`, "", "the body ends in the header of a part"],
    ["--b", "x\r\n", "a delimiter that is not followed by CRLF"],
    ["--b", "\n", "a delimiter that is not followed by CRLF"],
    ["--b-", "x", "a delimiter that is not followed by CRLF"],
    ["--b--", "x", "a delimiter that is not followed by CRLF"],
    ["--b\r", "\r\n", "a delimiter that is not followed by CRLF"],
    [`preamble\r\n${start}--b\t`, "x", "a delimiter that is not followed by CRLF"],
    ["--b\r\n", "\r\n1\r\n--b--", "a part without Content-Disposition"],
    ["--b\r\n", `broken\r\n${FIELD}1\r\n--b--`, "a header line without a colon"],
    ["--b\r\n", `--b\r\n${FIELD}1\r\n--b--`, "a delimiter in the header of a part"],
    [`${start}--b\r\nX: y\r\n`, `--b--: 1\r\n\r\n`, "a delimiter in the header of a part"],
    ["--b\r\nX: y\r\n", ` folded\r\n${FIELD}1\r\n--b--`, "begins with a blank"],
    [`${start}--b\r\nX: y\r\n`, `X\r\n\r\n2\r\n--b--`, "a header line without a colon"],
    [`${start}--b\r\n${FIELD.slice(0, -2)}`, FIELD, "a second Content-Disposition"],
  ];
  for (const [before, from, words] of cases) {
    const { error } = scanAll(before + from);
    const what = JSON.stringify([before, from]);
    const message = `${words} at byte ${before.length}`;
    assertEquals(error?.message.slice(-message.length), message, what);
    assertEquals([error?.offset, error?.status], [before.length, 400], what);
  }
});

Deno.test("a Scanner gives what comes before a mistake first", () => {
  const body = `--b\r\n${FIELD}1\r\n--b\r\n${FIELD}23\r\n--bx`;
  const { tokens, error } = scanAll(body);
  assertEquals(tokens, ["part a", '"1"', "part a", '"23…']);
  assertEquals(error?.offset, body.length - 1);
});

Deno.test("a Scanner throws the same error with every further call, whatever is pushed", () => {
  const scanner = scannerOf();
  scanner.push(bytesOf("--bx"));
  const error = assertThrows(() => scanner.next());
  scanner.push(bytesOf("\r\n--b--\r\n"));
  scanner.finish();
  for (let i = 0; i < 3; i++) assertStrictEquals(assertThrows(() => scanner.next()), error);
});

Deno.test("a Scanner gives content as soon as it cannot be part of a delimiter", () => {
  const scanner = scannerOf({ boundary: "bc" });
  const steps: readonly (readonly [piece: string, tokens: readonly string[]])[] = [
    ["--bc\r\n", []],
    [FIELD, ["part"]],
    ["-", []],
    ["-", []],
    ["x", ["data --", "data x"]],
    ["yz\r", ["data yz"]],
    ["\r", ["data \r"]],
    ["\n--b", []],
    ["b", ["data \r\n--b", "data b"]],
    ["", []],
    ["1\r\n--bc", ["data 1"]],
    ["\r", []],
    ["\n", ["done"]],
    [`${FIELD}2\r\n--bc\r\n`, ["part", "data 2|"]],
    [`${FIELD}3\r\n--bc--`, ["part", "data 3"]],
    ["\r", []],
    ["\n", ["done", "end"]],
    ["epilogue", []],
  ];
  for (const [piece, tokens] of steps) {
    scanner.push(bytesOf(piece));
    const what = `${JSON.stringify(piece)} gives ${JSON.stringify(tokens)}`;
    assertEquals(drain(scanner), [...tokens], what);
  }
  scanner.finish();
  assertEquals(drain(scanner), []);
});

Deno.test("a Scanner gives content in place: nothing is copied before somebody wants it", () => {
  const scanner = scannerOf();
  const chunk = bytesOf(`--b\r\n${FIELD}content\r\n--b--`);
  scanner.push(chunk);
  assertEquals([scanner.next(), scanner.next()], ["part", "data"]);
  assertEquals(textOf(scanner.view), "content");
  assertStrictEquals(scanner.view.buffer, chunk.buffer);
});

Deno.test("a Scanner takes bytes in shared memory as they are when they are pushed, and keeps out of it", () => {
  const body = bytesOf(`--b\r\n${FIELD}content\r\n--b--`);
  const shared = new Uint8Array(new SharedArrayBuffer(body.length + 4), 2, body.length);
  shared.set(body);
  const scanner = scannerOf();
  scanner.push(shared);
  shared.fill(0);
  assertEquals(scanner.next(), "part");
  assertEquals(scanner.next(), "data");
  assertEquals(textOf(scanner.view), "content");
  assertInstanceOf(scanner.view.buffer, ArrayBuffer);
  scanner.finish();
  assertEquals(drain(scanner), ["done", "end"]);
});

Deno.test("a Scanner scans the bytes of a view, not those around it in its memory", () => {
  const body = `--b\r\n${FIELD}content\r\n--b--`;
  const memory = bytesOf(`--b\r\n${body}\r\n--b\r\n`);
  const scanner = scannerOf();
  scanner.push(memory.subarray(5, 5 + body.length));
  scanner.finish();
  assertEquals(drain(scanner), ["part", "data content", "done", "end"]);
});

Deno.test("a Scanner refuses to take what is not a Uint8Array, and goes on as before", () => {
  const scanner = scannerOf();
  scanner.push(bytesOf("--b"));
  const others: readonly (readonly [value: unknown, type: string])[] = [
    [undefined, "undefined"],
    [null, "object"],
    ["--", "string"],
    [45, "number"],
    [[45], "object"],
    [new ArrayBuffer(1), "object"],
    [new SharedArrayBuffer(1), "object"],
    [new DataView(new ArrayBuffer(1)), "object"],
    [new Uint16Array(1), "object"],
    [new Uint8ClampedArray(1), "object"],
    [new Blob(["--"]), "object"],
  ];
  for (const [value, type] of others) {
    const message = `Cannot push ${type}: it is not a Uint8Array`;
    assertThrows(() => scanner.push(value as Uint8Array), TypeError, message);
  }
  scanner.push(bytesOf("--\r\n"));
  assertEquals(drain(scanner), ["end"]);
});

Deno.test("a Scanner refuses to take bytes after the end, and goes on as before", () => {
  for (const piece of ["", "x"]) {
    const scanner = scannerOf();
    scanner.push(bytesOf("--b--"));
    scanner.finish();
    scanner.finish();
    assertThrows(() => scanner.push(bytesOf(piece)), TypeError, "Cannot push: the body has ended");
    assertEquals(drain(scanner), ["end"]);
    assertThrows(() => scanner.push(bytesOf(piece)), TypeError, "Cannot push: the body has ended");
  }
});

Deno.test("a Scanner gives the same for any body of pieces of delimiters, however that is cut", () => {
  const piece = fc.constantFrom(
    "\r\n--ab",
    "\r\n--ab\r\n",
    "\r\n--ab--",
    `\r\n--ab\r\n${FIELD}`,
    `\r\n--ab\r\n${FILE}`,
    FIELD,
    FILE,
    "\r\n--a",
    "--ab",
    "\r\n",
    "\r",
    "\n",
    "-",
    "a",
    "b",
    " ",
    ":",
  );
  const start = fc.constantFrom(`--ab\r\n${FIELD}`, `--ab\r\n${FILE}`, "--ab\r\n", "", "x");
  const end = fc.constantFrom("\r\n--ab--", "\r\n--ab--\r\n", "");
  const body = fc.tuple(start, fc.array(piece, { maxLength: 12 }), end)
    .map(([start, pieces, end]) => start + pieces.join("") + end);
  const limits = fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    fc.nat(3).map((maxParts) => ({ maxParts })),
    fc.integer({ min: 40, max: 60 }).map((maxHeaderBytes) => ({ maxHeaderBytes })),
    fc.nat(1).map((maxHeaders) => ({ maxHeaders })),
    fc.nat(5).map((maxPreambleBytes) => ({ maxPreambleBytes })),
    fc.nat(20).map((maxFileBytes) => ({ maxFileBytes })),
    fc.nat(200).map((maxTotalBytes) => ({ maxTotalBytes })),
  );
  const manner = fc.record({
    boundary: fc.constant("ab"),
    isForm: fc.boolean(),
    limits,
    isQueued: fc.boolean(),
    take: fc.constantFrom("view", "own", "transfer"),
  });
  fc.assert(
    fc.property(body, fc.array(fc.nat(9), { maxLength: 20 }), manner, (body, sizes, manner) => {
      const pieces: string[] = [];
      let at = 0;
      for (const size of sizes) pieces.push(body.slice(at, at += size));
      pieces.push(body.slice(at));
      const whole = scan([body], { ...manner, take: "view", isQueued: false });
      assertEquals(scan(pieces, manner), whole);
      assertEquals(scan([...body], manner), whole);
    }),
    { numRuns: 1000 },
  );
});
