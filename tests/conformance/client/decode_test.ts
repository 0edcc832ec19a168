// Content codings undone (RFC 9110 8.4), within limits: what is not whole, or more than it should be, is an error and
// never a body.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { LimitError, type RequestOptions } from "../../../client/mod.ts";
import { codingOf, concat, encode, ENCODERS, patterned } from "../../client/support/coded_data.ts";
import { latin1Decode, latin1Encode } from "../raw_client.ts";
import { answer, fieldOf } from "./peer.ts";
import { type Case, httpErrorOf, testCases, textOf, withPeer } from "./support.ts";

const CODINGS = 'RFC 9110 8.4: "lists the content codings in the order in which they were applied"';
const NAMES = 'RFC 9110 8.4.1: "All content codings are case-insensitive"';
const GZIP = 'RFC 9110 8.4.1.3: "an LZ77 coding with a 32-bit Cyclic Redundancy Check (CRC)"';
const DEFLATE =
  'RFC 9110 8.4.1.2: "Some non-conformant implementations send the deflate compressed data without the zlib wrapper"';
const LIMIT =
  'RFC 9110 17.5: "Recipients ought to carefully limit the extent to which they process other protocol elements"';
const EMPTY = 'RFC 9110 6.4.1: "Responses to the HEAD request method ... never include content"';

const TEXT = "hello, hello, hello";
const DECODE: RequestOptions = { decode: true };

/** A response with this coded content, by its length. */
function coded(coding: string, content: Uint8Array, more = ""): string {
  return answer(latin1Decode(content), `Content-Encoding: ${coding}\r\n${more}`);
}

/** The same in two chunks. */
function chunked(coding: string, content: Uint8Array): string {
  const chunk = (from: number, to: number): string => {
    const data = latin1Decode(content.subarray(from, to));
    return `${data.length.toString(16)}\r\n${data}\r\n`;
  };
  const half = content.length >> 1;
  return `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nTransfer-Encoding: chunked\r\n\r\n` +
    `${chunk(0, half)}${chunk(half, content.length)}0\r\n\r\n`;
}

/** The row of a response that is decoded to a text. */
function decoded(
  name: string,
  rfc: string,
  send: string,
  body?: string,
  more?: Partial<Case>,
): Case {
  const expect = { code: 200, body: body ?? TEXT };
  return { name, rfc, send, options: DECODE, expect, then: "reused", ...more };
}

/** The row of a response whose content is no good. */
function bad(name: string, rfc: string, send: string, then: Case["then"] = "closed"): Case {
  return { name: `${name} is refused`, rfc, send, options: DECODE, expect: "bad_content", then };
}

/** The same where that is known at its end only: all of it was read, and the connection is as good as ever. */
function cut(name: string, rfc: string, send: string): Case {
  return bad(name, rfc, send, "reused");
}

const text = latin1Encode(TEXT);
const gzip = encode("gzip", text);

testCases("content codings", [
  ...ENCODERS.flatMap((it) => {
    const name = it === "raw" ? "deflate without its wrapper" : it;
    const content = encode(it, text);
    return [
      decoded(`${name} is undone`, it === "raw" ? DEFLATE : CODINGS, coded(codingOf(it), content)),
      decoded(`${name} in chunks is undone`, CODINGS, chunked(codingOf(it), content)),
      cut(
        `${name} whose end is missing`,
        GZIP,
        coded(codingOf(it), content.subarray(0, content.length - 1)),
      ),
      bad(`${name} with something behind it`, GZIP, coded(codingOf(it), concat(content, text))),
    ];
  }),
  decoded(
    "gzip until close is undone",
    CODINGS,
    `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n${latin1Decode(gzip)}`,
    TEXT,
    {
      fin: true,
      then: "closed",
    },
  ),
  decoded("The name in any case, and x-gzip, are known", NAMES, coded("X-GZip", gzip)),
  decoded("identity is no coding", NAMES, coded("identity", text)),
  decoded("The fields stay as they were sent", CODINGS, coded("gzip", gzip), TEXT, {
    expect: {
      code: 200,
      body: TEXT,
      headers: { "content-encoding": "gzip", "content-length": String(gzip.length) },
    },
  }),
  decoded(
    "Codings are undone from the last to the first",
    CODINGS,
    coded("gzip, br", encode("br", gzip)),
  ),
  decoded(
    "Codings of several fields are one list",
    CODINGS,
    coded(
      "deflate",
      encode("zstd", encode("gzip", encode("deflate", text))),
      "Content-Encoding: gzip , zstd\r\n",
    ),
  ),
  bad("Stacked codings in the wrong order", CODINGS, coded("br, gzip", encode("br", gzip))),
  cut(
    "A stack whose inner coding is cut",
    CODINGS,
    coded("gzip, br", encode("br", gzip.subarray(0, gzip.length - 4))),
  ),
  bad("A sixth coding", LIMIT, coded(Array(6).fill("gzip").join(", "), gzip)),
  bad("An unknown coding", CODINGS, coded("compress", gzip)),
  bad("A known coding below an unknown one", CODINGS, coded("gzip, own", gzip)),
  bad(
    "gzip with a wrong checksum",
    GZIP,
    coded("gzip", gzip.map((byte, i) => i === gzip.length - 6 ? byte ^ 1 : byte)),
  ),
  bad("Plain text that is said to be gzip", GZIP, coded("gzip", text)),
  {
    name: "A coded body that is cut by the connection is cut, not damaged",
    rfc:
      'RFC 9112 8: "A message that uses a valid Content-Length is incomplete if the size of the message body received (in octets) is less than the value given"',
    send: coded("gzip", gzip).slice(0, -5),
    options: DECODE,
    expect: "closed",
    then: "closed",
    fin: true,
  },
  decoded(
    "No bytes at all are an empty body, whatever their coding",
    EMPTY,
    coded("gzip", new Uint8Array(0)),
    "",
  ),
  decoded(
    "An answer to HEAD has nothing to be undone",
    EMPTY,
    coded("gzip", gzip).slice(0, -gzip.length),
    "",
    {
      method: "HEAD",
    },
  ),
  {
    name: "A 304 has nothing to be undone",
    rfc: 'RFC 9110 15.4.5: "A 304 response is terminated by the end of the header section"',
    send: "HTTP/1.1 304 Not Modified\r\nContent-Encoding: unheard-of\r\nContent-Length: 5\r\n\r\n",
    options: DECODE,
    expect: { code: 304, body: "" },
    then: "reused",
  },
  {
    name: "Without the option a coded body is delivered as it came, its coding unknown or not",
    rfc: CODINGS,
    send: coded("own, gzip", gzip),
    expect: { code: 200, body: latin1Decode(gzip) },
    then: "reused",
  },
]);

Deno.test("decode asks for what it undoes, and a field of the caller's rules [RFC 9110 12.5.3]", async () => {
  await withPeer((conn) => conn.serve(() => coded("gzip", gzip)), async (peer, client) => {
    const headers = { "accept-encoding": "gzip;q=1" };
    const requests: RequestOptions[] = [{}, DECODE, { ...DECODE, headers }, { headers }];
    const bodies: string[] = [];
    for (const options of requests) bodies.push(textOf(await client.get(peer.url(), options)));
    assertEquals(peer.executed.map((it) => fieldOf(it, "accept-encoding")), [
      ...[undefined, "gzip, br, zstd, deflate", "gzip;q=1", "gzip;q=1"],
    ]);
    assertEquals(bodies, [latin1Decode(gzip), TEXT, TEXT, latin1Decode(gzip)]);
  });
});

/** The limit that a request runs into; undefined: it gets its body. */
async function limitOf(send: string, options: RequestOptions): Promise<string | undefined> {
  let limit: string | undefined;
  await withPeer((conn) => conn.serve(() => send), async (peer, client) => {
    let received = 0;
    const bodyToFile = ({ length }: Uint8Array): void => void (received += length);
    const request = client.get(peer.url(), { ...DECODE, bodyToFile, ...options });
    if (await request.then(() => true, () => false)) return;
    const error = await httpErrorOf(request, "limit");
    assertInstanceOf(error, LimitError);
    limit = error.limit;
    assertEquals(received <= (options.maxBodyBytes ?? Infinity), true, "too much was delivered");
    assertEquals(client.stats().connections, 0);
  });
  return limit;
}

Deno.test("maxBodyBytes counts what was decoded, to the byte [RFC 9110 17.5]", async () => {
  const content = patterned(300_000);
  for (const encoder of ENCODERS) {
    const send = coded(codingOf(encoder), encode(encoder, content));
    assertEquals(await limitOf(send, { maxBodyBytes: 300_000 }), undefined, encoder);
    assertEquals(await limitOf(send, { maxBodyBytes: 299_999 }), "maxBodyBytes", encoder);
  }
});

Deno.test("A bomb ends at maxDecodeRatio, wherever in a stack it is [RFC 9110 17.5]", async () => {
  const zeros = new Uint8Array(4 * 1024 * 1024);
  for (const encoder of ENCODERS) {
    const bomb = coded(codingOf(encoder), encode(encoder, zeros));
    assertEquals(await limitOf(bomb, {}), "maxDecodeRatio", encoder);
    assertEquals(await limitOf(bomb, { maxDecodeRatio: 1e9 }), undefined, encoder);
    const small = coded(codingOf(encoder), encode(encoder, zeros.subarray(0, 1024 * 1024)));
    assertEquals(await limitOf(small, {}), undefined, `${encoder}: up to 1 MiB there is no ratio`);
  }
  const stacked = coded("gzip, gzip", encode("gzip", encode("gzip", zeros)));
  assertEquals(await limitOf(stacked, {}), "maxDecodeRatio");
});
