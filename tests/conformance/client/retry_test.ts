// Repeats on the wire: which requests the option `retry` sends again, how often, and when (RFC 9110 9.2.2 and 10.2.3).

import { assert, assertEquals } from "@std/assert";
import type { ClientResponse, RequestBody, RequestOptions } from "../../../client/mod.ts";
import { DEAD_PORT } from "../../client/support/dialing.ts";
import { answer, type PeerConn, type PeerRequest } from "./peer.ts";
import { httpErrorOf, textOf, withClient, withPeer } from "./support.ts";

const RETRY: RequestOptions = { retry: { attempts: 3, delay: 0.001 } };

/** Answers the first request for each path with a status, and later ones with "done". */
function busyOnce(fields: string, status = "503 Service Unavailable") {
  const seen = new Set<string>();
  return (conn: PeerConn): Promise<void> =>
    conn.serve(({ target }: PeerRequest) => {
      const isFirst = !seen.has(target);
      seen.add(target);
      return isFirst ? answer("busy", fields, status) : answer("done");
    });
}

Deno.test("A repeat waits the seconds of Retry-After, or until its date [RFC 9110 10.2.3]", async () => {
  // RFC 9110 10.2.3: "Retry-After = HTTP-date / delay-seconds". A date has whole seconds, this one at least 0.2 s ahead.
  const dateMs = Math.ceil((Date.now() + 200) / 1000) * 1000;
  const fields = `Retry-After: ${new Date(dateMs).toUTCString()}\r\n`;
  const waitFor = (retryAfter: string, check: (waitedMs: number) => void): Promise<void> =>
    withPeer(busyOnce(retryAfter), async (peer, client) => {
      const startMs = performance.now();
      assertEquals(textOf(await client.get(peer.url(), RETRY)), "done");
      check(performance.now() - startMs);
      assertEquals([peer.executed.length, peer.conns.length], [2, 1]);
    });
  await Promise.all([
    waitFor("Retry-After: 1\r\n", (waitedMs) => assert(waitedMs >= 990, `waited ${waitedMs} ms`)),
    // Timers may be early by a millisecond.
    waitFor(fields, () => assert(Date.now() >= dateMs - 10, `${Date.now()} is before ${dateMs}`)),
  ]);
});

Deno.test("A Retry-After that has passed, or makes no sense, is no wait [RFC 9110 10.2.3]", async () => {
  for (const value of ["Thu, 01 Jan 1970 00:00:00 GMT", "0", "soon", "-1", "1.5", ""]) {
    await withPeer(busyOnce(`Retry-After: ${value}\r\n`), async (peer, client) => {
      assertEquals(textOf(await client.get(peer.url(), RETRY)), "done", value);
      assertEquals(peer.executed.length, 2, value);
    });
  }
});

Deno.test("A Retry-After beyond maxDelay is no reason to wait: the answer is delivered", async () => {
  const date = new Date(Date.now() + 120_000).toUTCString();
  for (const value of ["31", date, "99999999999999999999"]) {
    await withPeer(busyOnce(`Retry-After: ${value}\r\n`), async (peer, client) => {
      const { code, headers } = await client.get(peer.url(), RETRY);
      assertEquals([code, headers["retry-after"], peer.executed.length], [503, value, 1]);
    });
  }
});

Deno.test("The statuses that are repeated are those that may pass, unless others are named", async () => {
  const codes = [200, 204, 400, 404, 408, 409, 425, 429, 500, 501, 502, 503, 504, 505];
  const again = async (options: RequestOptions): Promise<number[]> => {
    const repeated: number[] = [];
    for (const code of codes) {
      const status = `HTTP/1.1 ${code} Status\r\n`;
      const first = code === 204 ? `${status}\r\n` : `${status}Content-Length: 0\r\n\r\n`;
      await withPeer((conn) => conn.serve(() => first), async (peer, client) => {
        assertEquals((await client.get(peer.url(), options)).code, code);
        if (peer.executed.length > 1) repeated.push(code);
      });
    }
    return repeated;
  };
  const fast = { attempts: 2, delay: 0 };
  assertEquals(await again({ retry: fast }), [408, 429, 500, 502, 503, 504]);
  assertEquals(await again({ retry: { ...fast, statuses: [425, 503] } }), [425, 503]);
  assertEquals(await again({ retry: { ...fast, statuses: [] } }), []);
  assertEquals(await again({}), []);
});

Deno.test("There are as many attempts as it says, and the last answer is delivered", async () => {
  const busy = answer("busy", "", "503 Service Unavailable");
  await withPeer((conn) => conn.serve(() => busy), async (peer, client) => {
    for (const attempts of [1, 2, 5]) {
      const before = peer.executed.length;
      const last = await client.get(peer.url(), { retry: { attempts, delay: 0 } });
      assertEquals([last.code, textOf(last)], [503, "busy"]);
      assertEquals(peer.executed.length - before, attempts);
    }
    assertEquals(peer.conns.length, 1);
  });
});

const MORE_THAN_ONCE: [
  method: string,
  body: (() => RequestBody) | undefined,
  isRepeated: boolean,
][] = [
  ["GET", undefined, true],
  ["HEAD", undefined, true],
  ["OPTIONS", undefined, true],
  ["DELETE", undefined, true],
  ["PUT", () => "body", true],
  ["PUT", () => new Blob(["body"]), true],
  // It is gone.
  ["PUT", () => ReadableStream.from([new TextEncoder().encode("body")]), false],
  ["POST", undefined, false],
  ["POST", () => "body", false],
  ["PATCH", () => "body", false],
  ["QUERY", () => "body", false],
  ["get", undefined, false],
];

Deno.test("What may have been acted upon is repeated only if it is idempotent, and the same then [RFC 9110 9.2.2]", async () => {
  // RFC 9110 9.2.2: "A client SHOULD NOT automatically retry a request with a non-idempotent method".
  const ends: [name: string, script: (conn: PeerConn) => Promise<void>, code: string][] = [
    ["a status", (conn) => conn.serve(() => answer("", "", "503 Service Unavailable")), "503"],
    ["a lost connection", async (conn) => {
      await conn.readRequest();
      conn.close();
    }, "closed"],
    ["half a head", async (conn) => {
      await conn.readRequest();
      await conn.send("HTTP/1.1 200 OK\r\nConten");
      conn.close();
    }, "closed"],
  ];
  for (const [name, script, code] of ends) {
    for (const [method, body, isRepeated] of MORE_THAN_ONCE) {
      await withPeer(script, async (peer, client) => {
        const what = `${method} with ${body ?? "no body"} after ${name}`;
        const options = { ...RETRY, headers: { "X-Id": "7" } };
        const request = client.request(method, peer.url("/a"), body?.(), options);
        const outcome: string = await request.then(
          (response: ClientResponse) => String(response.code),
          (error) => error.code,
        );
        assertEquals(outcome, code, what);
        assertEquals(peer.executed.length, isRepeated ? 3 : 1, what);
        for (const request of peer.executed) assertEquals(request, peer.executed[0], what);
      });
    }
  }
});

Deno.test("What never reached a server is repeated, a POST too, and fails in the end", async () => {
  await withClient({}, async (client) => {
    let dials = 0;
    const allowAddress = (): boolean => ++dials > 0;
    const url = `http://127.0.0.1:${DEAD_PORT}/`;
    const error = await httpErrorOf(client.post(url, "x", { ...RETRY, allowAddress }), "connect");
    assertEquals([error.safeToRetry, error.bytesSent, error.phase], [true, 0, "connect"]);
    assertEquals(dials, 3);
  });
});

Deno.test("A wrong answer and a refusal of the client's own are not repeated", async () => {
  const sends: [string, RequestOptions, string][] = [
    ["nonsense\r\n\r\n", {}, "bad_status_line"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", { maxBodyBytes: 8 }, "limit"],
    ["HTTP/1.1 302 Found\r\nLocation: ftp://a/\r\n\r\n", { redirect: "follow" }, "redirect"],
  ];
  for (const [send, options, code] of sends) {
    await withPeer(async (conn) => {
      await conn.readRequest();
      await conn.send(send);
      conn.close();
    }, async (peer, client) => {
      const error: { code?: string } = await client.get(peer.url(), { ...RETRY, ...options })
        .catch((error) => error);
      assertEquals([error.code, peer.executed.length], [code, 1]);
    });
  }
});
