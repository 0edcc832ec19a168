// Responses that end before they are whole (RFC 9112 8), with a FIN and with a reset.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ClosedError } from "../../../client/mod.ts";
import { ResetPeer } from "./reset_peer.ts";
import { type Case, Event, httpErrorOf, testCases, withClient } from "./support.ts";

const INCOMPLETE =
  'RFC 9112 8: "A client that receives an incomplete response message ... MUST record the message as incomplete"';
const LENGTH =
  'RFC 9112 8: "A message body that uses a valid Content-Length is incomplete if the size of the message body received (in octets) is less than the value given by Content-Length"';
const CHUNKED =
  'RFC 9112 8: "A message body that uses the chunked transfer coding is incomplete if the zero-sized chunk that terminates the encoding has not been received"';

/** A response that is cut off; `received` and `expected` are what the error tells. */
function cut(name: string, rfc: string, send: string, received: number, expected?: number): Case {
  return {
    name: `${name} is an error`,
    rfc,
    send,
    fin: true,
    expect: "closed",
    then: "closed",
    check: ({ error }) => {
      assertInstanceOf(error, ClosedError);
      assertEquals([error.received, error.expected], [received, expected]);
      assertEquals([error.reused, error.bytesReceived], [false, send.length]);
      // Part of the request had been sent, but GET may be repeated (RFC 9110 9.2.2).
      assertEquals(error.safeToRetry, true);
      assert(error.bytesSent! > 0);
    },
  };
}

const OK = "HTTP/1.1 200 OK\r\n";
const CODED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

testCases("responses cut short", [
  cut("A connection that closes without an answer", INCOMPLETE, "", 0),
  ...["H", "HTTP/1.1 20", OK, `${OK}Content-Length: 5\r\n`, `${OK}Content-Length: 0\r\n\r`].map((
    head,
  ) =>
    cut(`A head that ends with ${JSON.stringify(head.slice(-4))}`, INCOMPLETE, head, head.length)
  ),
  cut("A body of 0 of 10 bytes", LENGTH, `${OK}Content-Length: 10\r\n\r\n`, 0, 10),
  cut("A body of 9 of 10 bytes", LENGTH, `${OK}Content-Length: 10\r\n\r\n123456789`, 9, 10),
  cut("A chunked body without a chunk", CHUNKED, CODED, 0),
  cut("A chunked body that ends in a size", CHUNKED, `${CODED}5`, 0),
  cut("A chunked body that ends behind a size", CHUNKED, `${CODED}5\r\n`, 0),
  cut("A chunked body that ends in data", CHUNKED, `${CODED}5\r\nhel`, 3),
  cut("A chunked body that ends behind data", CHUNKED, `${CODED}5\r\nhello`, 5),
  cut("A chunked body without its last chunk", CHUNKED, `${CODED}5\r\nhello\r\n`, 5),
  cut("A chunked body that ends in its last chunk", CHUNKED, `${CODED}5\r\nhello\r\n0\r\n`, 5),
  cut("A chunked body that ends in a trailer", CHUNKED, `${CODED}0\r\nX-A: b\r\n`, 0),
  cut("An answer that ends after 103", INCOMPLETE, "HTTP/1.1 103 Early Hints\r\n\r\n", 28),
]);

const RESETS: [name: string, head: string, received: number][] = [
  ["a body of known length", `${OK}Content-Length: 10\r\n\r\nhello`, 5],
  ["a chunked body", `${CODED}5\r\nhello\r\n`, 5],
  ["a body until close", `${OK}\r\nhello`, 5],
];
for (const [name, bytes, received] of RESETS) {
  Deno.test(`A reset in ${name} is never its end [RFC 9112 8]`, async () => {
    const seen = new Event("the client has the body so far");
    await using peer = await ResetPeer.open(async (conn) => {
      await conn.send(bytes);
      await seen.wait();
      conn.reset();
    });
    await withClient({}, async (client) => {
      const request = client.get(peer.url(), { bodyToFile: () => seen.happen() });
      const error = await httpErrorOf(request, "closed");
      assertEquals([(error as ClosedError).received, error.phase], [received, "body"]);
      assert((error.cause as Error).cause instanceof Deno.errors.ConnectionReset);
      assertEquals([client.stats().connections, peer.count], [0, 1]);
    });
  });
}

Deno.test("A reset instead of an answer is an error that says so [RFC 9112 9.5]", async () => {
  await using peer = await ResetPeer.open((conn) => conn.reset());
  await withClient({}, async (client) => {
    const error = await httpErrorOf(client.get(peer.url()), "closed");
    assertEquals([error.phase, error.reused, error.bytesReceived], ["wait", false, 0]);
    assert(error.cause instanceof Deno.errors.ConnectionReset, String(error.cause));
    // A fresh connection that fails is no stale one: nothing is sent again.
    assertEquals(peer.heads.length, 1);
  });
});
