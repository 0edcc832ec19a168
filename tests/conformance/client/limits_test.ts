// Limits on what a response may be, at their value and one beyond it. RFC 9110 4.1 and 17.5 leave them to the
// recipient; that there are some is what keeps a server from exhausting its client.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { type HttpErrorCode, LimitError, type RequestOptions } from "../../../client/mod.ts";
import { type Case, httpErrorOf, testCases, textOf, withPeer } from "./support.ts";

const HEAD =
  'RFC 9110 5.4: "A client MAY discard or truncate received field lines that are larger than the client wishes to process"';
const BODY =
  'RFC 9110 17.5: "a recipient ... ought to carefully limit the extent to which it processes other protocol elements"';

/** A row that is accepted at the limit, and one that is refused beyond it. */
function atLimit(
  name: string,
  rfc: string,
  limit: "maxHeadBytes" | "maxFields" | "maxBodyBytes",
  send: string,
  size: number,
  body: string,
  more: Partial<Case> = {},
): Case[] {
  const options = (max: number): RequestOptions => ({ [limit]: max });
  return [
    {
      name: `${name} at ${limit} is accepted`,
      rfc,
      send,
      options: options(size),
      expect: { code: 200, body },
      then: more.fin ? "closed" : "reused",
      ...more,
    },
    {
      name: `${name} beyond ${limit} is refused`,
      rfc,
      send,
      options: options(size - 1),
      expect: "limit",
      then: "closed",
      ...more,
      check: ({ error }) => {
        assertInstanceOf(error, LimitError);
        assertEquals([error.limit, error.max], [limit, size - 1]);
        // A length that is announced is too long before the body begins.
        const isBody = limit === "maxBodyBytes" && !send.includes("Content-Length");
        assertEquals(error.phase, isBody ? "body" : "headers");
      },
    },
  ];
}

const START = "HTTP/1.1 200 OK\r\n";
const head = `${START}Content-Length: 2\r\nX-A: ${"x".repeat(500)}\r\n\r\n`;
const fields = Array.from({ length: 9 }, (_, i) => `X-${i}: ${i}\r\n`).join("");
const defaultHead = (length: number): string => {
  const rest = `${START}Content-Length: 2\r\nX-A: \r\n\r\n`;
  return rest.replace("X-A: ", `X-A: ${"x".repeat(length - rest.length)}`);
};
const plain = (code: HttpErrorCode | { code: number; body: string }): Partial<Case> => ({
  expect: code,
  then: typeof code === "string" ? "closed" : "reused",
});

testCases("limits", [
  ...atLimit("A head", HEAD, "maxHeadBytes", `${head}hi`, head.length, "hi"),
  ...atLimit(
    "An informational head",
    HEAD,
    "maxHeadBytes",
    `${head.replace("200 OK", "103 OK")}${START}Content-Length: 2\r\n\r\nhi`,
    head.length,
    "hi",
  ),
  ...atLimit(
    "A number of fields",
    HEAD,
    "maxFields",
    `${START}Content-Length: 2\r\n${fields}\r\nhi`,
    10,
    "hi",
  ),
  ...atLimit(
    "A body of known length",
    BODY,
    "maxBodyBytes",
    `${START}Content-Length: 20\r\n\r\n${"x".repeat(20)}`,
    20,
    "x".repeat(20),
  ),
  ...atLimit(
    "A chunked body",
    BODY,
    "maxBodyBytes",
    `${START}Transfer-Encoding: chunked\r\n\r\na\r\n${"x".repeat(10)}\r\na\r\n${
      "x".repeat(10)
    }\r\n0\r\n\r\n`,
    20,
    "x".repeat(20),
  ),
  ...atLimit(
    "A body until close",
    BODY,
    "maxBodyBytes",
    `${START}\r\n${"x".repeat(20)}`,
    20,
    "x".repeat(20),
    { fin: true, then: "closed" },
  ),
  {
    name: "A head of 65,536 bytes is accepted by default",
    rfc: HEAD,
    send: `${defaultHead(65_536)}hi`,
    ...plain({ code: 200, body: "hi" }),
  } as Case,
  {
    name: "A head of 65,537 bytes is refused by default",
    rfc: HEAD,
    send: `${defaultHead(65_537)}hi`,
    ...plain("limit"),
  } as Case,
  {
    name: "256 fields are accepted by default",
    rfc: HEAD,
    send: `${START}Content-Length: 2\r\n${"X: y\r\n".repeat(255)}\r\nhi`,
    ...plain({ code: 200, body: "hi" }),
  } as Case,
  {
    name: "257 fields are refused by default",
    rfc: HEAD,
    send: `${START}Content-Length: 2\r\n${"X: y\r\n".repeat(256)}\r\nhi`,
    ...plain("limit"),
  } as Case,
]);

Deno.test("A body that is announced too long is refused before it comes [RFC 9110 17.5]", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send(`${START}Content-Length: ${128 * 1024 * 1024 + 1}\r\n\r\n`);
    await conn.readToEnd();
  }, async (peer, client) => {
    const error = await httpErrorOf(client.get(peer.url()), "limit");
    assertEquals([(error as LimitError).limit, (error as LimitError).max], [
      "maxBodyBytes",
      134217728,
    ]);
    assertEquals(client.stats().connections, 0);
  });
});

Deno.test("A body that goes to a function has no limit but one that is asked for", async () => {
  const length = 128 * 1024 * 1024 + 1;
  const head = `${START}Content-Length: ${length}\r\n\r\n`;
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send(`${head}x`);
    await conn.readToEnd();
  }, async (peer, client) => {
    const seen: number[] = [];
    const request = client.get(peer.url(), {
      bodyToFile: (piece) => {
        seen.push(piece.length);
        throw new Error("enough");
      },
    });
    const reason = await request.then(() => undefined, (error) => error.message);
    assertEquals([reason, seen], ["enough", [1]]);
    const limited = client.get(peer.url(), { bodyToFile: () => {}, maxBodyBytes: length - 1 });
    assertEquals((await httpErrorOf(limited, "limit")).phase, "headers");
  });
});

Deno.test("maxChunkLineBytes and maxTrailerBytes are options, by a byte [RFC 9112 7.1.1]", async () => {
  const extension = `2;${"x".repeat(98)}\r\n`; // a line of 100 bytes, without its end
  const trailer = `X: ${"y".repeat(95)}\r\n`;
  const body =
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${extension}ok\r\n0\r\n${trailer}\r\n`;
  await withPeer((conn) => conn.serve(() => body), async (peer, client) => {
    const generous = { maxChunkLineBytes: 110, maxTrailerBytes: 110 };
    assertEquals(textOf(await client.get(peer.url(), generous)), "ok");
    for (const name of ["maxChunkLineBytes", "maxTrailerBytes"]) {
      const asked = client.get(peer.url(), { ...generous, [name]: 64 });
      const error = await httpErrorOf(asked, "limit");
      assertEquals([(error as LimitError).limit, error.phase], [name, "body"]);
    }
  });
});
