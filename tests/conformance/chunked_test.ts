// The chunked coding of a request's body (RFC 9112 7.1).

import { assertEquals } from "@std/assert";
import { HttpError } from "../../server/mod.ts";
import { type Case, Event, testCases, TestServer } from "./support.ts";

const HEAD = "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const CHUNK = 'RFC 9112 7.1: "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF"';
const SIZE =
  'RFC 9112 7.1: "chunk-size = 1*HEXDIG"; "recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer conversion overflows"';
const EXTENSION =
  'RFC 9112 7.1.1: "chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )"; "A recipient MUST ignore unrecognized chunk extensions"';
const TRAILER = 'RFC 9112 7.1.2: "trailer-section = *( field-line CRLF )"';

function decoded(name: string, rfc: string, chunks: string, body: string): Case {
  return {
    name,
    rfc,
    send: HEAD + chunks,
    expect: [200],
    then: "open",
    seen: ["POST /p"],
    bodies: [`POST /p ${body}`],
  };
}

/** A bad body is found when the handler reads it. */
function refused(name: string, rfc: string, chunks: string): Case {
  return {
    name: `${name} is refused with 400`,
    rfc,
    send: HEAD + chunks,
    expect: [400],
    then: "closed",
    seen: ["POST /p"],
  };
}

const sizes: Case[] = [
  "",
  "x",
  "g",
  "-5",
  "+5",
  "0x5",
  "5x",
  " 5",
  "5 ",
  "5\t",
  "5,",
  "5.",
  "\xb2",
  "5\0",
  "-0",
  "FFFFFFFFFFFFFFFF",
  "10000000000000005",
  "100000000000000000000000000000005",
].map((size) =>
  refused(`A chunk size of ${JSON.stringify(size)}`, SIZE, `${size}\r\nhello\r\n0\r\n\r\n`)
);

testCases("chunked coding", [
  decoded(
    "Chunks are put together",
    CHUNK,
    "5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n",
    "hello world",
  ),
  decoded("An empty body is a last chunk alone", CHUNK, "0\r\n\r\n", ""),
  decoded(
    "Sizes are hexadecimal in either case",
    SIZE,
    `a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    "01234567890123456789",
  ),
  decoded(
    "Sizes may have leading zeros",
    SIZE,
    `${"0".repeat(30)}5\r\nhello\r\n000\r\n\r\n`,
    "hello",
  ),
  decoded("Line ends in the data are data", CHUNK, "6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", "\r\n0\r\n\r"),
  decoded(
    "Extensions are ignored",
    EXTENSION,
    '5;a\r\nhello\r\n1;b=c;d="e;\\"f"\r\n!\r\n0;z\r\n\r\n',
    "hello!",
  ),
  decoded(
    "White space around extensions is taken",
    EXTENSION,
    "5 ; a = b\t;c\r\nhello\r\n0\r\n\r\n",
    "hello",
  ),
  decoded(
    "Trailers are read and frame nothing",
    'RFC 9110 6.5.1: "A recipient MUST NOT merge a trailer field into a header section unless … that definition explicitly permits" it',
    "5\r\nhello\r\n0\r\nX: y\r\nContent-Length: 100\r\nTransfer-Encoding: gzip\r\nHost: b\r\nConnection: close\r\n\r\n",
    "hello",
  ),
  ...sizes,
  refused("Data longer than its size", CHUNK, "4\r\nhello\r\n0\r\n\r\n"),
  refused("Data shorter than its size", CHUNK, "6\r\nhello\r\n0\r\n\r\n"),
  refused("Data without a line end", CHUNK, "5\r\nhello0\r\n\r\n"),
  refused("A bare LF behind a size", CHUNK, "5\nhello\r\n0\r\n\r\n"),
  refused("A bare LF behind data", CHUNK, "5\r\nhello\n0\r\n\r\n"),
  refused("A bare LF behind the last chunk", CHUNK, "5\r\nhello\r\n0\n\r\n"),
  refused("A bare LF at the end", CHUNK, "5\r\nhello\r\n0\r\n\n"),
  refused("A bare CR behind a size", CHUNK, "5\rhello\r\n0\r\n\r\n"),
  refused("A bare CR behind data", CHUNK, "5\r\nhello\r0\r\n\r\n"),
  refused("An empty line before a size", CHUNK, "\r\n5\r\nhello\r\n0\r\n\r\n"),
  refused("CR CR LF behind a size", CHUNK, "5\r\r\nhello\r\n0\r\n\r\n"),
  refused("An extension without a name", EXTENSION, "5;\r\nhello\r\n0\r\n\r\n"),
  refused("An extension without a value", EXTENSION, "5;a=\r\nhello\r\n0\r\n\r\n"),
  refused("An extension that is no token", EXTENSION, "5;a(b\r\nhello\r\n0\r\n\r\n"),
  refused("An extension with a control character", EXTENSION, "5;a\x01\r\nhello\r\n0\r\n\r\n"),
  refused("An extension with a bare LF", EXTENSION, "5;a\nb\r\nhello\r\n0\r\n\r\n"),
  refused("An extension with a bare CR", EXTENSION, "5;a\rb\r\nhello\r\n0\r\n\r\n"),
  refused("An extension with an open quote", EXTENSION, '5;a="b\r\nhello\r\n0\r\n\r\n'),
  refused("A bare LF in a quoted extension", EXTENSION, '5;a="\n"\r\nhello\r\n0\r\n\r\n'),
  refused("A trailer without a colon", TRAILER, "0\r\nX\r\n\r\n"),
  refused("A trailer with a space before the colon", TRAILER, "0\r\nX : y\r\n\r\n"),
  refused("A folded trailer", TRAILER, "0\r\nX: y\r\n z\r\n\r\n"),
  refused("A trailer with a bare LF", TRAILER, "0\r\nX: y\n\r\n"),
  refused("A trailer with a bare CR", TRAILER, "0\r\nX: y\rz\r\n\r\n"),
  refused("A trailer with NUL", TRAILER, "0\r\nX: \0\r\n\r\n"),
  refused(
    "A request in place of a trailer",
    TRAILER,
    "0\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
  ),
  {
    name: "A bad body that the handler does not read closes the connection behind the answer",
    rfc: CHUNK,
    send: `${HEAD}5\nhello\r\n0\r\n\r\n`,
    expect: [204],
    then: "closed",
    // The head left before the body was looked at, so it could not say so.
    check: () => {},
    handler: (con) => {
      con.setStatus(204);
      con.addHeader("Connection", "close");
    },
  },
]);

Deno.test("A bad body behind an answer under way ends the connection without its last chunk", async () => {
  const flushed = new Event("the head left");
  await using test = new TestServer(async (con) => {
    con.send("begun");
    await con.flush();
    flushed.happen();
    await con.readBody();
  });
  using client = await test.connect();
  await client.send(HEAD);
  await flushed.wait();
  await client.send("zzz\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  const all = await client.readToEnd();
  assertEquals(all.split("\r\n\r\n")[1], "5\r\nbegun\r\n");
  assertEquals(test.seen, ["POST /p"]);
  assertEquals(test.errors.length, 1);
  assertEquals((test.errors[0] as HttpError).code, "bad_chunk");
});

Deno.test("An unread bad body never lets what follows be a request", async () => {
  await using test = new TestServer((con) => con.send("unread"));
  using client = await test.connect();
  await client.send(`${HEAD}5\r\nhello\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`);
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "unread"]);
  assertEquals(await client.readToEnd(), "");
  assertEquals(test.seen, ["POST /p"]);
});

for (
  const [name, head, body] of [
    ["Content-Length", "Content-Length: 10\r\n", "hello"],
    ["chunked", "Transfer-Encoding: chunked\r\n", "5\r\nhel"],
    ["chunked without the last chunk", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n"],
    ["chunked without its end", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n"],
  ] as const
) {
  Deno.test(`A body that ends early (${name}) is told to the handler, and never taken for whole`, async () => {
    const failed = new Event<unknown>("readBody() rejects");
    await using test = new TestServer(async (con) => {
      const body = await con.readBody().catch((error) => {
        failed.happen(error);
        throw error;
      });
      con.send(`whole: ${body.length}`);
    });
    using client = await test.connect();
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n${body}`);
    await client.endWriting();
    const response = await client.read();
    // RFC 9112 8: a server that receives an incomplete request "MAY send an error response".
    assertEquals(response.status, 400);
    assertEquals(await client.readToEnd(), "");
    const error = await failed.wait();
    assertEquals(error instanceof HttpError && error.code, "closed");
  });
}
