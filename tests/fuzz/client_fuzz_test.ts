// Whole connections of mutated and random responses against a whole client: only errors of ours come out of it,
// the outcome is the same however the bytes arrive, and nothing is left open.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Client, type ClientResponse, HttpError, type RequestOptions } from "../../client/mod.ts";
import { latin1Decode } from "../conformance/raw_client.ts";
import { Peer } from "../conformance/client/peer.ts";
import { until, within } from "../conformance/waiting.ts";
import { fuzz, NASTY, type Random } from "./random.ts";

const RESPONSES = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nX-A: b\r\n c\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 5\r\n\r\n',
  "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
  "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 2\r\n\r\nhi",
  'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="a", nonce="b", qop="auth"\r\nContent-Length: 0\r\n\r\n',
  "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
  "HTTP/1.1 503 Unavailable\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\nhi",
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\nrest",
];

const OPTIONS: RequestOptions = {
  timeout: 0,
  connectTimeout: 0,
  headTimeout: 0,
  idleTimeout: 0,
  maxHeadBytes: 400,
  maxFields: 10,
  maxBodyBytes: 120,
};

/** What is asked for; every one takes the bytes of an answer through other code. */
const REQUESTS: [method: string, body: string | undefined, options: RequestOptions][] = [
  ["GET", undefined, {}],
  ["HEAD", undefined, {}],
  ["POST", "body", {}],
  ["POST", "body", { expectContinue: true, decode: true }],
  ["GET", undefined, { redirect: "follow", cookies: true, maxRedirects: 2 }],
  ["GET", undefined, { auth: { type: "digest", username: "a", password: "b" } }],
  ["GET", undefined, { retry: { attempts: 2, delay: 0 }, decode: true }],
  ["GET", undefined, { headers: { Connection: "Upgrade", Upgrade: "a" } }],
];

function inputOf(random: Random): string {
  if (random.below(20) === 0) return random.bytes(random.below(900));
  const responses = Array.from({ length: 1 + random.below(3) }, () => random.pick(RESPONSES));
  return random.below(5) === 0 ? responses.join("") : random.mutate(responses.join(""), NASTY);
}

/** A response in a form that can be compared. */
function shapeOf(response: ClientResponse): unknown {
  const { code, status, rawHeaders, body, trailers, redirects, minorVersion } = response;
  const hops = redirects.length;
  return {
    code,
    status,
    rawHeaders,
    minorVersion,
    hops,
    body: latin1Decode(body!),
    trailers: { ...trailers },
  };
}

/** What came of a request. */
interface Outcome {
  readonly outcome: unknown;
  /**
   * A redirect, challenge or repeat led to another request on the connection before bytes arrived that stand
   * behind its cause. Nobody can tell these from its answer; had they arrived sooner, they would have closed
   * the connection.
   */
  readonly isOvertaken: boolean;
}

/** Asks, and answers with these pieces and then the end of the stream. */
async function ask(
  [method, body, options]: typeof REQUESTS[number],
  pieces: readonly string[],
): Promise<Outcome> {
  let isOvertaken = false;
  // Every connection gets the same: what is asked again is answered alike.
  await using peer = new Peer(async (conn) => {
    await conn.readHead();
    for (const piece of pieces) await conn.send(piece);
    await conn.endWriting();
    if (/ HTTP\/1\.1\r\n/.test(await conn.readToEnd())) isOvertaken = true;
  });
  using client = new Client({ proxy: false, ...OPTIONS });
  let outcome: unknown;
  try {
    const request = client.request(method, peer.url(), body, options);
    const response = await within(`an outcome of ${JSON.stringify(pieces)}`, request, 30_000);
    outcome = shapeOf(response);
    if (response.code === 101) client.sock().close();
  } catch (error) {
    assertInstanceOf(
      error,
      HttpError,
      `${method} ${JSON.stringify(pieces)}: ${(error as Error).stack}`,
    );
    assert(/^Cannot [^\n]+[^.\n]$/s.test(error.message), error.message);
    assertEquals([typeof error.safeToRetry, typeof error.bytesSent], ["boolean", "number"]);
    outcome = { code: error.code, message: error.message };
  }
  await until("nothing is under way", () => client.stats().active === 0);
  client.close();
  assertEquals(client.stats().connections, 0);
  await until("the peer sees the end", () => peer.conns.every(({ ended }) => ended));
  const mayAskAgain = ["redirect", "auth", "retry"].some((name) => name in options);
  assertEquals(isOvertaken && !mayAskAgain, false, `asked twice: ${JSON.stringify(pieces)}`);
  return { outcome, isOvertaken };
}

Deno.test("an answer of any bytes has one outcome, however they arrive", async () => {
  await fuzz(async (random) => {
    const attempts = Array.from({ length: 8 }, () => ({
      request: random.pick(REQUESTS),
      input: inputOf(random),
      random,
    }));
    await Promise.all(attempts.map(async ({ request, input }) => {
      const splits = [[input], [...input], random.split(input)];
      const [whole, ...others] = await Promise.all(splits.map((pieces) => ask(request, pieces)));
      for (const other of others) {
        if (whole!.isOvertaken || other.isOvertaken) continue;
        assertEquals(other.outcome, whole!.outcome, `${request[0]} ${JSON.stringify(input)}`);
      }
    }));
  });
});
