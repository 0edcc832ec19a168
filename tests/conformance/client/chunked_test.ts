// The chunked coding of a response's body (RFC 9112 7.1).

import { accepted, type Case, refused, testCases } from "./support.ts";

const HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const CHUNK = 'RFC 9112 7.1: "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF"';
const SIZE =
  'RFC 9112 7.1: "chunk-size = 1*HEXDIG"; "recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer conversion overflows"';
const EXTENSION =
  'RFC 9112 7.1.1: "A recipient MUST ignore unrecognized chunk extensions"; "ought to limit the total length of chunk extensions received"';
const TRAILER = 'RFC 9112 7.1.2: "trailer-section = *( field-line CRLF )"';

function decoded(name: string, rfc: string, chunks: string, body: string): Case {
  return accepted(name, rfc, HEAD + chunks, body);
}

function bad(
  name: string,
  rfc: string,
  chunks: string,
  code: "bad_chunk" | "bad_field" | "limit" = "bad_chunk",
): Case {
  return refused(name, rfc, HEAD + chunks, code);
}

const sizes: Case[] = [
  decoded("Chunks are joined", CHUNK, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
  decoded("A body may be empty", CHUNK, "0\r\n\r\n", ""),
  decoded(
    "Sizes are hexadecimal in either case",
    SIZE,
    `a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    "01234567890123456789",
  ),
  decoded(
    "Leading zeros count for nothing",
    SIZE,
    "00000000000000000005\r\nhello\r\n000\r\n\r\n",
    "hello",
  ),
  decoded(
    "Chunks may hold what looks like chunks",
    CHUNK,
    "5\r\n0\r\n\r\n\r\n0\r\n\r\n",
    "0\r\n\r\n",
  ),
  bad("A size of 17 digits", SIZE, "10000000000000005\r\nhello\r\n0\r\n\r\n"),
  bad("A size of 16 digits", SIZE, "ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
  bad("A size beyond exact numbers", SIZE, "20000000000000\r\nhello\r\n0\r\n\r\n"),
  ...["", " 5", "+5", "-5", "0x5", "5h", "5 5", "5,5", "g", "5\t5", "\x005"].map((size) =>
    bad(`A chunk size "${size}"`, SIZE, `${size}\r\nhello\r\n0\r\n\r\n`)
  ),
  bad("A chunk that is longer than its size", CHUNK, "4\r\nhello\r\n0\r\n\r\n"),
  bad("A chunk that is shorter than its size", CHUNK, "6\r\nhello\r\n0\r\n\r\n"),
  bad("A chunk without its line break", CHUNK, "5\r\nhello0\r\n\r\n"),
  bad("A size line that ends with a line feed", CHUNK, "5\nhello\r\n0\r\n\r\n"),
  bad("Data that ends with a line feed", CHUNK, "5\r\nhello\n0\r\n\r\n"),
  bad("Data that ends with a carriage return", CHUNK, "5\r\nhello\r0\r\n\r\n"),
  bad("A last chunk with line feeds", CHUNK, "5\r\nhello\r\n0\n\n"),
  bad("A bare carriage return in a size line", CHUNK, "5\r5\r\nhello\r\n0\r\n\r\n"),
];
testCases("chunk sizes", sizes);

const extensions: Case[] = [
  decoded(
    "Extensions are ignored",
    EXTENSION,
    '5;a;b=c;d="e f"\r\nhello\r\n0;last\r\n\r\n',
    "hello",
  ),
  decoded(
    "Blanks around extensions are ignored",
    EXTENSION,
    "5 ; a = b\r\nhello\r\n0\r\n\r\n",
    "hello",
  ),
  decoded(
    "A quoted extension may have an escape",
    EXTENSION,
    '5;a="\\"\\\\;"\r\nhello\r\n0\r\n\r\n',
    "hello",
  ),
  bad("An extension without a name", EXTENSION, "5;\r\nhello\r\n0\r\n\r\n"),
  bad("An extension with a line feed in quotes", EXTENSION, '5;a="\n"\r\nhello\r\n0\r\n\r\n'),
  bad("An extension with open quotes", EXTENSION, '5;a="b\r\nhello\r\n0\r\n\r\n'),
  bad(
    "An extension of 5,000 bytes",
    EXTENSION,
    `5;${"a".repeat(5000)}\r\nhello\r\n0\r\n\r\n`,
    "limit",
  ),
  bad(
    "Extensions of 30,000 bytes in all",
    EXTENSION,
    `1;${"a".repeat(2000)}\r\nx\r\n`.repeat(15) + "0\r\n\r\n",
    "limit",
  ),
];
testCases("chunk extensions", extensions);

const trailers: Case[] = [
  {
    ...decoded(
      "Trailers are delivered apart from the fields",
      TRAILER,
      "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-B:  2 \r\n\r\n",
      "hello",
    ),
    expect: { code: 200, body: "hello", trailers: { "x-sum": "1", "x-b": "2" } },
  },
  {
    ...decoded(
      "A trailer never changes the framing",
      TRAILER,
      "5\r\nhello\r\n0\r\nContent-Length: 1\r\n\r\n",
      "hello",
    ),
    check: ({ response }) => {
      if (response!.headers["content-length"] !== undefined) {
        throw new Error("merged into the head");
      }
    },
  },
  bad("A trailer with a blank before the colon", TRAILER, "0\r\nX-A : b\r\n\r\n", "bad_field"),
  bad("A folded trailer", TRAILER, "0\r\nX-A: b\r\n c\r\n\r\n", "bad_field"),
  bad("A trailer with a NUL", TRAILER, "0\r\nX-A: \0\r\n\r\n", "bad_field"),
  bad("A trailer with a line feed only", TRAILER, "0\r\nX-A: b\n\r\n"),
  bad("A trailer without a colon", TRAILER, "0\r\nhello\r\n\r\n", "bad_field"),
  bad(
    "A trailer section of 17,000 bytes",
    TRAILER,
    `0\r\nX-A: ${"b".repeat(17_000)}\r\n\r\n`,
    "limit",
  ),
  bad(
    "300 trailers",
    TRAILER,
    `0\r\n${Array.from({ length: 300 }, (_, i) => `X-${i}: b\r\n`).join("")}\r\n`,
    "limit",
  ),
];
testCases("trailers", trailers);
