// Limits: exactly as much as one allows passes, one more is the error that names it.

import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { type MultipartLimits, MultipartParser, parseMultipart } from "../../../multipart/mod.ts";
import { LimitError } from "../../../wire/errors.ts";
import { bytesOf } from "../../wire/fakes.ts";
import { type Case, FORM, lines, MIXED, named, type Part, play, testCases } from "./support.ts";

const RULE = 'Decided: "exactly as much as the limit is fine, one more is the error"';
const A = named("a");
const a = 'content-disposition: form-data; name="a"';

type Limit = keyof MultipartLimits;

/** A body that reaches a limit, and one that exceeds it. */
function pair(
  limit: Limit,
  max: number,
  status: number,
  what: string,
  send: [within: string, beyond: string],
  within: Part[],
  complete: Part[] = [],
  contentType = FORM,
): Case[] {
  const limits = { [limit]: max };
  return [
    {
      name: `${what} of ${limit} passes`,
      rfc: RULE,
      contentType,
      limits,
      send: send[0],
      parts: within,
    },
    {
      name: `${what} of more than ${limit} is refused with ${status}`,
      rfc: RULE,
      contentType,
      limits,
      send: send[1],
      parts: complete,
      error: { limit, status },
    },
  ];
}

const form = (body: string): string => lines("--x", A, "", body, "--x--", "");
const file = (body: string, name = "f"): string =>
  lines("--x", named("a", name), "", body, "--x--", "");
const part: Part = { name: "a", body: "1" };
const parts = (count: number): string => `${lines("--x", A, "", "1", "").repeat(count)}--x--\r\n`;
const fieldsOf = (
  count: number,
): string[] => [A, ...Array.from({ length: count - 1 }, (_, i) => `X${i}: y`)];
const told = (
  count: number,
): string[] => [a, ...fieldsOf(count).slice(1).map((field) => field.toLowerCase())];
/** A block of fields of so many bytes, with its empty line. */
const block = (bytes: number): string => `${A}\r\nX: ${"y".repeat(bytes - A.length - 9)}\r\n\r\n`;
const blockOf = (bytes: number): string => `--x\r\n${block(bytes)}1\r\n--x--\r\n`;
const mixed = (bytes: number): string => `--x\r\nX: ${"y".repeat(bytes - 7)}\r\n\r\n1\r\n--x--\r\n`;

testCases("limits", [
  ...pair("maxParts", 3, 413, "A form", [parts(3), parts(4)], [part, part, part], [
    part,
    part,
    part,
  ]),
  ...pair("maxParts", 0, 413, "A form without parts", ["--x--", parts(1)], []),
  ...pair("maxHeaders", 4, 413, "A part", [
    lines("--x", ...fieldsOf(4), "", "1", "--x--"),
    lines("--x", ...fieldsOf(5), "", "1", "--x--"),
  ], [{ name: "a", fields: told(4), body: "1" }]),
  ...pair(
    "maxHeaders",
    0,
    413,
    "A part without fields",
    [
      "--x\r\n\r\n1\r\n--x--",
      "--x\r\nX: y\r\n\r\n1\r\n--x--",
    ],
    [{ name: "", fields: [], body: "1" }],
    [],
    MIXED,
  ),
  ...pair("maxHeaderBytes", 80, 413, "A header", [blockOf(80), blockOf(81)], [
    { name: "a", fields: [a, `x: ${"y".repeat(80 - A.length - 9)}`], body: "1" },
  ]),
  ...pair(
    "maxHeaderBytes",
    20,
    413,
    "A header of multipart/mixed",
    [mixed(20), mixed(21)],
    [
      { name: "", fields: [`x: ${"y".repeat(13)}`], body: "1" },
    ],
    [],
    MIXED,
  ),
  ...pair("maxHeaderBytes", 80, 413, "A header without its end", [
    blockOf(80),
    `--x\r\n${block(90).slice(0, 81)}`,
  ], [{ name: "a", fields: [a, `x: ${"y".repeat(80 - A.length - 9)}`], body: "1" }]),
  // The bytes before the line break that belongs to the delimiter.
  ...pair("maxPreambleBytes", 10, 400, "A preamble", [
    `0123456789\r\n${form("1")}`,
    `01234567890\r\n${form("1")}`,
  ], [part]),
  ...pair("maxPreambleBytes", 10, 400, "A preamble of line breaks", [
    `${"\r\n".repeat(6)}${form("1")}`,
    `${"\r\n".repeat(7)}${form("1")}`,
  ], [part]),
  ...pair("maxPreambleBytes", 10, 400, "A preamble of near misses", [
    `\r\n--\r\n--\r\n--x--`.replace("\r\n--\r\n", "\r\n--\r\n"),
    `\r\n--\r\n--\r\n--\r\n--x--`,
  ], []),
  ...pair("maxPreambleBytes", 0, 400, "No preamble, but the line break before a delimiter,", [
    `\r\n${form("1")}`,
    `a\r\n${form("1")}`,
  ], [part]),
  ...pair("maxPreambleBytes", 10, 400, "A preamble without an end", [
    `0123456789\r\n${form("1")}`,
    "01234567890",
  ], [part]),
  ...pair("maxFileBytes", 5, 413, "A file", [file("12345"), file("123456")], [
    { name: "a", filename: "f", body: "12345" },
  ]),
  ...pair("maxFileBytes", 5, 413, "A file with an empty name", [
    file("12345", ""),
    file("123456", ""),
  ], [
    { name: "a", filename: "", body: "12345" },
  ]),
  ...pair("maxFileBytes", 5, 413, "A file of line breaks", [
    file("\r\n\r\n\r"),
    file("\r\n\r\n\r\n"),
  ], [
    { name: "a", filename: "f", body: "\r\n\r\n\r" },
  ]),
  ...pair("maxFileBytes", 6, 413, "A file that looks like a delimiter", [
    file("\r\n--y-"),
    file("\r\n--y--"),
  ], [
    { name: "a", filename: "f", body: "\r\n--y-" },
  ]),
  ...pair("maxFileBytes", 0, 413, "An empty file", [file(""), file("1")], [{
    name: "a",
    filename: "f",
    body: "",
  }]),
  ...pair("maxTotalBytes", form("1").length, 413, "A body", [form("1"), form("12")], [part], []),
  ...pair("maxTotalBytes", form("1").length, 413, "An epilogue", [form("1"), `${form("1")}e`], [
    part,
  ], [part]),
  ...pair(
    "maxTotalBytes",
    form("1").length + 7,
    413,
    "A preamble within a body",
    [
      `12345\r\n${form("1")}`,
      `123456\r\n${form("1")}`,
    ],
    [part],
    [],
  ),
  {
    name: "maxFileBytes does not limit fields",
    rfc: "Decided: it is of parts with a filename",
    limits: { maxFileBytes: 1 },
    send: form("12345"),
    parts: [{ name: "a", body: "12345" }],
  },
  {
    name: "maxFileBytes is of each file",
    rfc: "Decided: of each part with a filename",
    limits: { maxFileBytes: 3 },
    send: lines("--x", named("a", "f"), "", "123", "--x", named("b", "g"), "", "456", "--x--"),
    parts: [{ name: "a", filename: "f", body: "123" }, { name: "b", filename: "g", body: "456" }],
  },
  {
    name: "maxHeaderBytes and maxHeaders are of each part",
    rfc: "Decided: of each part",
    limits: { maxHeaderBytes: A.length + 4, maxHeaders: 1 },
    send: parts(3),
    parts: [part, part, part],
  },
]);

/** As a limit with its default: what just passes, and what does not. */
const DEFAULTS: [limit: Limit, status: number, within: string, beyond: string][] = [
  ["maxParts", 413, parts(1000), parts(1001)],
  [
    "maxHeaders",
    413,
    lines("--x", ...fieldsOf(32), "", "1", "--x--"),
    lines("--x", ...fieldsOf(33), "", "1", "--x--"),
  ],
  ["maxHeaderBytes", 413, blockOf(16384), blockOf(16385)],
  [
    "maxPreambleBytes",
    400,
    `${"p".repeat(16384)}\r\n${form("1")}`,
    `${"p".repeat(16385)}\r\n${form("1")}`,
  ],
];
for (const [limit, status, within, beyond] of DEFAULTS) {
  Deno.test(`${limit} has the default that is documented`, () => {
    for (const cut of [Infinity, 1, 1000]) {
      assertEquals(play(pieces(within, cut), FORM).error, undefined);
      const { error } = play(pieces(beyond, cut), FORM);
      assertEquals([error?.name, error?.status], ["LimitError", status]);
      assertEquals(error?.message.includes(`"${limit}"`), true, error?.message);
    }
  });
}

function pieces(text: string, length: number): string[] {
  if (length >= text.length) return [text];
  return Array.from(
    { length: Math.ceil(text.length / length) },
    (_, i) => text.slice(i * length, (i + 1) * length),
  );
}

Deno.test("Files and bodies have no limit by default", () => {
  const parser = new MultipartParser("x");
  parser.push(bytesOf(lines("--x", named("a", "f"), "", "")));
  let bytes = 0;
  for (let i = 0; i < 64; i++) {
    parser.push(new Uint8Array(1024 * 1024));
    for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
      if (event.type === "body") bytes += event.data.length;
    }
  }
  assertEquals(bytes, 64 * 1024 * 1024);
});

for (
  const limit of [
    "maxParts",
    "maxHeaderBytes",
    "maxHeaders",
    "maxPreambleBytes",
    "maxFileBytes",
    "maxTotalBytes",
  ]
) {
  Deno.test(`${limit} must be a whole number, 0 or more, or Infinity`, () => {
    for (const value of [-1, 1.5, NaN, -Infinity, "1" as unknown as number]) {
      const error = assertThrows(() => new MultipartParser("x", { [limit]: value }), RangeError);
      assertEquals(error.message.includes(limit), true, error.message);
    }
    new MultipartParser("x", { [limit]: Infinity });
    new MultipartParser("x", { [limit]: undefined });
  });
}

/** The first part of a form of one. */
async function onlyPart(body: string, options: { maxFieldBytes?: number }) {
  for await (const part of parseMultipart([bytesOf(body)], FORM, options)) {
    return { bytes: (await part.bytes()).length };
  }
  throw new Error("there is no part");
}

for (const [kind, make] of [["field", form], ["file", file]] as const) {
  Deno.test(`bytes() of a ${kind} takes as much as maxFieldBytes, and no more`, async () => {
    assertEquals(await onlyPart(make("12345"), { maxFieldBytes: 5 }), { bytes: 5 });
    const error = await assertRejects(() => onlyPart(make("123456"), { maxFieldBytes: 5 }));
    assertInstanceOf(error, LimitError);
    assertEquals([error.limit, error.max, error.status], ["maxFieldBytes", 5, 413]);
  });
  Deno.test(`bytes() of a ${kind} takes 1 MiB by default, and no more`, async () => {
    const most = 1024 * 1024;
    assertEquals(await onlyPart(make("x".repeat(most)), {}), { bytes: most });
    const error = await assertRejects(() => onlyPart(make("x".repeat(most + 1)), {}));
    assertInstanceOf(error, LimitError);
    assertEquals([error.limit, error.max, error.status], ["maxFieldBytes", most, 413]);
  });
}
