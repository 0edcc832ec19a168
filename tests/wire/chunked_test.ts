import { assertEquals, assertInstanceOf, assertLess } from "@std/assert";
import { ChunkDecoder, type ChunkLimits } from "../../wire/chunked.ts";
import { HttpError } from "../../wire/errors.ts";
import { bytesOf, splitsOf, textOf } from "./fakes.ts";

const LIMITS: ChunkLimits = { maxChunkLineBytes: 4096, maxTrailerBytes: 16384, maxFields: 128 };

interface Decoded {
  /** The data, `...` behind it if the body is not complete, or the code of the error. */
  readonly outcome: string;
  readonly trailers?: string;
  /** What was not consumed. */
  readonly rest?: string;
}

/** Feeds a decoder as BodyReader does: what was not consumed is presented again. */
function decode(pieces: readonly string[], limits = LIMITS, maxData = Infinity): Decoded {
  const decoder = new ChunkDecoder(limits);
  // Stale bytes behind the end, that would go on as a valid body.
  const bytes = bytesOf(`${pieces.join("")}0\r\n\r\n`);
  let data = "";
  let at = 0;
  let end = 0;
  try {
    for (const piece of pieces) {
      end += piece.length;
      while (!decoder.done) {
        const before = at;
        at = decoder.decode(bytes, at, end, maxData);
        data += textOf(bytes.subarray(decoder.dataStart, decoder.dataEnd));
        if (at === before) break;
      }
    }
  } catch (error) {
    assertInstanceOf(error, HttpError, JSON.stringify(pieces.join("")));
    return { outcome: `${error.code} ${error.status}` };
  }
  if (!decoder.done) return { outcome: `${data}...` };
  const rest = textOf(bytes.subarray(at, end));
  return { outcome: data, trailers: decoder.trailers?.text ?? "", rest };
}

/** Checks each case whole, in two, byte by byte, with trailing bytes and with small pieces of data. */
function check(
  cases: readonly (readonly [body: string, outcome: string, trailers?: string])[],
  limits = LIMITS,
): void {
  for (const [body, outcome, trailers = ""] of cases) {
    const done = !outcome.endsWith("...") && !/^\w+ 400$/.test(outcome);
    for (const pieces of splitsOf(body)) {
      const expected: Decoded = done ? { outcome, trailers, rest: "" } : { outcome };
      const what = JSON.stringify(pieces);
      assertEquals(decode(pieces, limits), expected, what);
      assertEquals(decode(pieces, limits, 2), expected, `${what}, 2 bytes at a time`);
      if (done) {
        const next = "GET / HTTP/1.1\r\n\r\n";
        const more = [...pieces.slice(0, -1), pieces.at(-1)! + next];
        assertEquals(decode(more, limits), { outcome, trailers, rest: next }, what);
      } else if (!outcome.endsWith("...")) {
        assertEquals(decode([...pieces, "\r\n0\r\n\r\n"], limits), expected, what);
      }
    }
  }
}

Deno.test("ChunkDecoder reads chunks, however they arrive", () => {
  check([
    ["0\r\n\r\n", ""],
    ["000000000000000000000000\r\n\r\n", ""],
    ["5\r\nhello\r\n0\r\n\r\n", "hello"],
    ["5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"],
    ["0005\r\nhello\r\n0\r\n\r\n", "hello"],
    ["a\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
    ["A\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
    ["5\r\n\r\n0\r\n\r\n0\r\n\r\n", "\r\n0\r\n"],
    ["1\r\n\0\r\n1\r\n\xff\r\n0\r\n\r\n", "\0\xff"],
  ]);
});

Deno.test("ChunkDecoder needs more until the last line is there", () => {
  check([
    ["5", "..."],
    ["5\r", "..."],
    ["5\r\n", "..."],
    ["5\r\nhel", "hel..."],
    ["5\r\nhello", "hello..."],
    ["5\r\nhello\r", "hello..."],
    ["5\r\nhello\r\n", "hello..."],
    ["5\r\nhello\r\n0\r\n", "hello..."],
    ["5\r\nhello\r\n0\r\n\r", "hello..."],
    ["0\r\nA: b\r\n", "..."],
  ]);
});

Deno.test("ChunkDecoder reads over extensions", () => {
  check([
    ["5;a\r\nhello\r\n0;b\r\n\r\n", "hello"],
    ["5;a=b;c=d\r\nhello\r\n0\r\n\r\n", "hello"],
    ["5 ; a = b ;\tc\r\nhello\r\n0\r\n\r\n", "hello"],
    ['5;a="b c\t;\\"\\\\\x80"\r\nhello\r\n0\r\n\r\n', "hello"],
    ['5;a=""\r\nhello\r\n0\r\n\r\n', "hello"],
    ["5;!#$%&'*+-.^_`|~=x\r\nhello\r\n0\r\n\r\n", "hello"],
  ]);
});

Deno.test("ChunkDecoder reads trailers", () => {
  check([
    ["0\r\nA: b\r\n\r\n", "", "A: b\r\n\r\n"],
    ["1\r\nx\r\n0\r\nA:b\r\nC:\td\r\n\r\n", "x", "A:b\r\nC:\td\r\n\r\n"],
  ]);
});

Deno.test("ChunkDecoder refuses malformed sizes and extensions", () => {
  const bad = "bad_chunk 400";
  const lines = [
    "",
    " ",
    " 5",
    "5 ",
    "5\t",
    "+5",
    "-5",
    "0x5",
    "5h",
    "h",
    "5,5",
    "5 5",
    "5.0",
    "\xa05",
  ];
  lines.push("5;", "5;;a", "5;=b", "5;a=", "5;a=b c", "5;a b", '5;a="', '5;a="b', '5;a="b"c');
  lines.push('5;a="\\', "5;a;", "5 a", "5;a=\x7f", '5;a="\0"', "5;\x80=a", "5\0", "5;a=b\x01");
  check(lines.map((line) => [`${line}\r\nhello\r\n0\r\n\r\n`, bad] as const));
});

Deno.test("ChunkDecoder refuses lines that end with anything but CR LF", () => {
  const bad = "bad_chunk 400";
  check([
    ["5\nhello\r\n0\r\n\r\n", bad],
    ["5\r\nhello\n0\r\n\r\n", bad],
    ["5\r\nhello\r\n0\n\r\n", bad],
    ["5\r\nhello\r\n0\r\n\n", bad],
    ["5\rhello\r\n0\r\n\r\n", bad],
    ["5\r\r\nhello\r\n0\r\n\r\n", bad],
    ["5;a\nb\r\nhello\r\n0\r\n\r\n", bad],
    ["5;a\rb\r\nhello\r\n0\r\n\r\n", bad],
    ['5;a="\r"\r\nhello\r\n0\r\n\r\n', bad],
    ["\n5\r\nhello\r\n0\r\n\r\n", bad],
    ["\r\n5\r\nhello\r\n0\r\n\r\n", bad],
    ["5\r\nhello\r\r\n0\r\n\r\n", bad],
    ["5\r\nhello\rX0\r\n\r\n", bad],
    ["0\r\nA: b\n\r\n", bad],
  ]);
});

Deno.test("ChunkDecoder refuses data that does not fit its size", () => {
  check([
    ["4\r\nhello\r\n0\r\n\r\n", "bad_chunk 400"],
    ["6\r\nhello\r\n0\r\n\r\n", "bad_chunk 400"],
    ["5\r\nhello0\r\n\r\n", "bad_chunk 400"],
    ["5\r\nhelloX", "bad_chunk 400"],
  ]);
});

Deno.test("ChunkDecoder refuses malformed trailers", () => {
  const lines = ["A : b", " A: b", "A", ": b", "A: b\rc", "A: \0", "A: b\r\n c", "\rA: b"];
  check(lines.map((line) => [`0\r\n${line}\r\n\r\n`, "bad_field 400"] as const));
});

Deno.test("ChunkDecoder accepts sizes up to 13 hexadecimal digits", () => {
  check([
    ["fffffffffffff\r\nx", "x..."],
    ["0000fffffffffffff\r\nx", "x..."],
    ["10000000000000\r\nx", "bad_chunk 400"],
    ["ffffffffffffffff\r\nx", "bad_chunk 400"],
    [`${"f".repeat(400)}\r\nx`, "bad_chunk 400"],
  ]);
  const decoder = new ChunkDecoder(LIMITS);
  const bytes = bytesOf("fffffffffffff\r\nx");
  decoder.decode(bytes, 0, bytes.length, Infinity);
  assertEquals(decoder.left, 2 ** 52 - 2);
});

Deno.test("ChunkDecoder accepts a line of maxChunkLineBytes and not of one more", () => {
  const limits = { ...LIMITS, maxChunkLineBytes: 10 };
  check([
    ["1;aaaaaaaa\r\nx\r\n0\r\n\r\n", "x"],
    ["1;aaaaaaaaa\r\nx\r\n0\r\n\r\n", "limit 400"],
    ["0000000000\r\n\r\n", ""],
    ["00000000000\r\n\r\n", "limit 400"],
    ["00000000000000000000", "limit 400"],
  ], limits);
});

Deno.test("ChunkDecoder accepts extensions of four lines in all and not one byte more", () => {
  const limits = { ...LIMITS, maxChunkLineBytes: 10 };
  const chunk = (bytes: number): string => `1;${"a".repeat(bytes - 1)}\r\nx\r\n`;
  check([
    [chunk(8).repeat(5) + "0\r\n\r\n", "xxxxx"],
    [chunk(8).repeat(5) + "0;a\r\n\r\n", "limit 400"],
    [chunk(8).repeat(4) + chunk(9) + "0\r\n\r\n", "limit 400"],
  ], limits);
});

Deno.test("ChunkDecoder accepts trailers of maxTrailerBytes and not of one more", () => {
  const limits = { ...LIMITS, maxTrailerBytes: 12 };
  check([
    ["0\r\nA: b\r\nC: d\r\n\r\n", "", "A: b\r\nC: d\r\n\r\n"],
    ["0\r\nA: b\r\nC: dd\r\n\r\n", "limit 400"],
    ["0\r\nA: bbbbbbbbbbbbbbbbbbbbbb", "limit 400"],
  ], limits);
  check([["0\r\n\r\n", ""], ["0\r\nA:\r\n\r\n", "limit 400"]], { ...LIMITS, maxTrailerBytes: 0 });
});

Deno.test("ChunkDecoder accepts maxFields trailers and not one more", () => {
  const limits = { ...LIMITS, maxFields: 2 };
  check([
    ["0\r\nA: b\r\nC: d\r\n\r\n", "", "A: b\r\nC: d\r\n\r\n"],
    ["0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", "limit 400"],
  ], limits);
});

Deno.test("ChunkDecoder gives the same error however a line that is too long arrives", () => {
  const limits = { ...LIMITS, maxChunkLineBytes: 10, maxTrailerBytes: 12 };
  check([
    ["1;aaaaaaaaaaaaaaaa\nx\r\n0\r\n\r\n", "limit 400"],
    ["1;aaaaaaaaaaaaaaaa\rx\r\n0\r\n\r\n", "limit 400"],
    ["0\r\nA: bbbbbbbbbbbbbbbbbb\nx\r\n\r\n", "limit 400"],
  ], limits);
});

Deno.test("ChunkDecoder gives its data once, and nothing when it is done", () => {
  const decoder = new ChunkDecoder(LIMITS);
  const bytes = bytesOf("5\r\nhello\r\n0\r\n\r\nrest");
  let at = decoder.decode(bytes, 0, bytes.length, Infinity);
  assertEquals([at, decoder.dataStart, decoder.dataEnd, decoder.left], [8, 3, 8, 0]);
  at = decoder.decode(bytes, at, bytes.length, Infinity);
  assertEquals([at, decoder.dataEnd - decoder.dataStart, decoder.done], [15, 0, true]);
  at = decoder.decode(bytes, at, bytes.length, Infinity);
  assertEquals([at, decoder.dataEnd - decoder.dataStart, decoder.done], [15, 0, true]);
});

Deno.test("ChunkDecoder looks at no byte of a dripping line twice", () => {
  // A view that counts its reads: a decoder that began anew would need millions.
  const line = `1;${"a".repeat(4000)}\r\nx`;
  let reads = 0;
  const bytes = new Proxy(bytesOf(line), {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) reads++;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const decoder = new ChunkDecoder(LIMITS);
  let at = 0;
  for (let end = 1; end < line.length - 2; end++) {
    at = decoder.decode(bytes, at, end, Infinity);
  }
  assertEquals(at, 0);
  assertLess(reads, 4 * line.length);
});
