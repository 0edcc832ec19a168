// The limits of a body, each at as much as it allows and at one more.

import { assertEquals, assertThrows } from "@std/assert";
import type { MultipartLimits } from "../../../multipart/parse/limits.ts";
import { LimitError } from "../../../wire/errors.ts";
import { bytesOf } from "../../wire/fakes.ts";
import { FIELD, FILE, type Manner, scan, scanAll, scannerOf } from "./scan.ts";

function part(head: string, content: string): string {
  return `--b\r\n${head}${content}\r\n`;
}

/** Checks that a body fails by a limit alone, after certain tokens, however it is cut. */
function assertBeyond(
  limit: keyof MultipartLimits,
  max: number,
  body: string,
  tokens: readonly string[],
  manner: Manner = {},
): void {
  const scanned = scanAll(body, { ...manner, limits: { ...manner.limits, [limit]: max } });
  assertEquals(scanned, {
    tokens: [...tokens],
    error: {
      name: "LimitError",
      message: `Cannot accept message: more than ${max} allowed by "${limit}"`,
      status: limit === "maxPreambleBytes" ? 400 : 413,
    },
  }, JSON.stringify([limit, max, body]));
}

function assertWithin(
  limit: keyof MultipartLimits,
  max: number,
  body: string,
  tokens: readonly string[],
  manner: Manner = {},
): void {
  const scanned = scanAll(body, { ...manner, limits: { [limit]: max } });
  assertEquals(scanned, { tokens: [...tokens] }, JSON.stringify([limit, max, body]));
}

Deno.test("maxParts allows that many parts, and fails with the header of one more", () => {
  const one = part(FIELD, "1");
  const told = ["part a", '"1"'];
  assertWithin("maxParts", 0, "--b--", ["end"]);
  assertBeyond("maxParts", 0, `${one}--b--`, []);
  assertWithin("maxParts", 2, `${one}${one}--b--`, [...told, ...told, "end"]);
  assertBeyond("maxParts", 2, `${one}${one}${one}--b--`, [...told, ...told]);
  // What the part too many consists of does not matter.
  assertBeyond("maxParts", 1, `${one}--b\r\nbroken\r\n\r\n`, told);
  assertBeyond("maxParts", 1, `${one}--b\r\nb`, told);
});

Deno.test("maxHeaderBytes allows header blocks of that many bytes, the empty line included", () => {
  const heads = [FIELD, FILE, `Content-Type: text/plain\r\n${FIELD}`];
  for (const head of heads) {
    const body = `${part(head, "1")}--b--`;
    assertWithin("maxHeaderBytes", head.length, body, ["part a", '"1"', "end"]);
    assertBeyond("maxHeaderBytes", head.length - 1, body, []);
  }
  assertWithin("maxHeaderBytes", 2, "--b\r\n\r\n1\r\n--b--", ["part ", '"1"', "end"], {
    isForm: false,
  });
  assertBeyond("maxHeaderBytes", 1, "--b\r\n\r\n1\r\n--b--", [], { isForm: false });
  assertBeyond("maxHeaderBytes", 0, "--b\r\n\r\n1\r\n--b--", [], { isForm: false });
});

Deno.test("maxHeaderBytes is of each part", () => {
  const told = ["part a", '"1"'];
  const long = part(`X: ${"y".repeat(FILE.length)}\r\n${FIELD}`, "1");
  const fine = part(FILE, "1");
  const tokens = [...told, ...told, ...told];
  assertWithin("maxHeaderBytes", FILE.length, `${fine.repeat(3)}--b--`, [...tokens, "end"]);
  assertBeyond("maxHeaderBytes", FILE.length, `${fine.repeat(3)}${long}--b--`, tokens);
});

Deno.test("maxHeaderBytes fails as soon as a header cannot end within it", () => {
  const scanner = scannerOf({ limits: { maxHeaderBytes: 10 } });
  scanner.push(bytesOf("--b\r\n123456789"));
  assertEquals(scanner.next(), "need");
  scanner.push(bytesOf("0"));
  assertThrows(() => scanner.next(), LimitError, '"maxHeaderBytes"');
});

Deno.test("maxHeaders allows that many fields in each part", () => {
  const told = ["part a", '"1"'];
  const two = part(`X: y\r\n${FIELD}`, "1");
  assertWithin("maxHeaders", 1, `${part(FIELD, "1").repeat(2)}--b--`, [...told, ...told, "end"]);
  assertWithin("maxHeaders", 2, `${two.repeat(2)}--b--`, [...told, ...told, "end"]);
  assertBeyond("maxHeaders", 1, `${part(FIELD, "1")}${two}--b--`, told);
  assertBeyond("maxHeaders", 0, `${part(FIELD, "1")}--b--`, []);
  assertWithin("maxHeaders", 0, "--b\r\n\r\n1\r\n--b--", ["part ", '"1"', "end"], {
    isForm: false,
  });
});

Deno.test("maxPreambleBytes allows that many bytes before the line of the first delimiter", () => {
  const preambles = [
    "x",
    "abc",
    "\r\n",
    "\r\n\r\n",
    "--",
    "-\r\n--",
    "--a",
    "\r\n--\r",
    "\r\n--a\r\n-",
  ];
  for (const preamble of preambles) {
    const { length } = preamble;
    assertWithin("maxPreambleBytes", length, `${preamble}\r\n--b--`, ["end"]);
    assertBeyond("maxPreambleBytes", length - 1, `${preamble}\r\n--b--`, []);
  }
  assertWithin("maxPreambleBytes", 0, "--b--", ["end"]);
  assertWithin("maxPreambleBytes", 0, "\r\n--b--", ["end"]);
  assertBeyond("maxPreambleBytes", 3, "no delimiter at all", []);
});

Deno.test("maxPreambleBytes fails before anybody sends the first delimiter", () => {
  const scanner = scannerOf({ limits: { maxPreambleBytes: 10 } });
  scanner.push(bytesOf("0123456789\r\n--"));
  assertEquals(scanner.next(), "need");
  scanner.push(bytesOf("a"));
  assertThrows(() => scanner.next(), LimitError, '"maxPreambleBytes"');
});

Deno.test("maxFileBytes allows files of that many bytes, and gives those before it fails", () => {
  const contents = ["a", "abc", "\r\n", "\r\n--", "--", "--a", "a\r\n--\r\n--c", "\r\r\n-\r"];
  for (const content of contents) {
    const body = `${part(FILE, content)}--b--`;
    const whole = JSON.stringify(content);
    assertWithin("maxFileBytes", content.length, body, ["part a", whole, "end"]);
    for (let max = 0; max < content.length; max++) {
      const given = JSON.stringify(content.slice(0, max)).slice(0, -1);
      assertBeyond("maxFileBytes", max, body, ["part a", `${given}…`]);
    }
  }
});

Deno.test("maxFileBytes allows an empty file when it is 0", () => {
  assertWithin("maxFileBytes", 0, `${part(FILE, "")}--b--`, ["part a", '""', "end"]);
  assertWithin("maxFileBytes", 0, `--b\r\n${FILE}--b--`, ["part a", '""', "end"]);
});

Deno.test("maxFileBytes is of each part, of those with a file name alone", () => {
  const body = part(FILE, "12") + part(FIELD, "12345") + part(FILE, "34");
  const tokens = ["part a", '"12"', "part a", '"12345"', "part a", '"34"'];
  assertWithin("maxFileBytes", 2, `${body}--b--`, [...tokens, "end"]);
  assertBeyond("maxFileBytes", 2, `${body}${part(FILE, "567")}--b--`, [
    ...tokens,
    "part a",
    '"56…',
  ]);
  const unnamed = FILE.replace('filename="f"', 'filename=""');
  assertBeyond("maxFileBytes", 2, `${part(unnamed, "123")}--b--`, ["part a", '"12…']);
});

Deno.test("maxFileBytes fails before a file that is too long is complete", () => {
  const scanner = scannerOf({ limits: { maxFileBytes: 3 } });
  scanner.push(bytesOf(`--b\r\n${FILE}123\r\n--`));
  assertEquals([scanner.next(), scanner.next(), scanner.next()], ["part", "data", "need"]);
  scanner.push(bytesOf("a"));
  assertThrows(() => scanner.next(), LimitError, '"maxFileBytes"');
});

Deno.test("maxTotalBytes allows that many bytes, the preamble and the epilogue included", () => {
  const body = `pre\r\n${part(FIELD, "1")}--b--`;
  const told = ["part a", '"1"', "end"];
  for (const epilogue of ["", "\r\n", "\r\nepilogue"]) {
    const { length } = body + epilogue;
    assertWithin("maxTotalBytes", length, body + epilogue, told);
    if (epilogue.length <= 2) continue;
    // The end was told before the epilogue.
    for (let max = body.length + 2; max < length; max++) {
      assertBeyond("maxTotalBytes", max, body + epilogue, told);
    }
  }
});

Deno.test("maxTotalBytes fails with the first byte too many, after all that comes before it", () => {
  const body = `${part(FIELD, "12")}--b--\r\n`;
  const content = body.indexOf("12");
  const cuts: readonly (readonly [max: number, tokens: readonly string[]])[] = [
    [0, []],
    [3, []],
    [content - 1, []],
    [content, ["part a", '"…']],
    [content + 1, ["part a", '"1…']],
    [content + 2, ["part a", '"12…']],
    [content + 7, ["part a", '"12…']],
    [body.length - 2, ["part a", '"12…']],
    [body.length - 1, ["part a", '"12…']],
  ];
  for (const [max, tokens] of cuts) assertBeyond("maxTotalBytes", max, body, tokens);
});

Deno.test("maxTotalBytes does not hide what is wrong with the bytes before it", () => {
  const { error } = scanAll("--bx--b--", { limits: { maxTotalBytes: 4 } });
  assertEquals([error?.name, error?.offset], ["MultipartError", 3]);
  const early = scanAll("--b\r\n", { limits: { maxTotalBytes: 5 } });
  assertEquals([early.error?.name, early.error?.offset], ["MultipartError", 5]);
});

Deno.test("maxTotalBytes counts what was pushed after it was exceeded as well", () => {
  const pieces = ["--b", "--\r\n", "", "\r\n", "", ""];
  assertEquals(
    scan(pieces, { limits: { maxTotalBytes: 7 }, isQueued: true }).error?.name,
    "LimitError",
  );
  assertEquals(scan(pieces, { limits: { maxTotalBytes: 9 }, isQueued: true }), { tokens: ["end"] });
});
