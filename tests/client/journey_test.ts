// What a request goes through between the caller and its response. How that looks on the wire is told in
// tests/conformance/client.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { Client, RequestOptions } from "../../client/mod.ts";
import type { RequestBody } from "../../client/request_body.ts";
import { ClosedError, HttpError } from "../../wire/errors.ts";
import { answer, fieldOf, Peer, type PeerConn } from "../conformance/client/peer.ts";
import { failureOf, textOf, until, withPeer } from "../conformance/client/support.ts";
import { bytesOf } from "../wire/fakes.ts";

/** Answers one request on its first connection, reads a second one and closes; later ones serve on. */
async function dieOnce(conn: PeerConn): Promise<void> {
  if (conn.index > 0) return await conn.serve(() => answer("second"));
  await conn.readRequest();
  await conn.send(answer("first"));
  await conn.readRequest();
  conn.close();
}

async function* stream(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytesOf("abc"));
}

const DIGEST: RequestOptions = { auth: { type: "digest", username: "u", password: "p" } };
const CHALLENGE = answer(
  "who?",
  'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n',
  "401 Unauthorized",
);

/** Asks, and says what came of it: the body, or the code of the error. */
async function outcome(
  client: Client,
  method: string,
  url: string,
  body?: () => RequestBody,
  options?: RequestOptions,
): Promise<string> {
  try {
    return textOf(await client.request(method, url, body?.(), options));
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return error.code;
  }
}

Deno.test("on a kept connection that dies, only what may run twice is sent again", async () => {
  const cases: [method: string, body: (() => RequestBody) | undefined, expected: string][] = [
    ["GET", undefined, "second"],
    ["HEAD", undefined, ""],
    ["OPTIONS", undefined, "second"],
    ["DELETE", undefined, "second"],
    ["PUT", () => "abc", "second"],
    ["PUT", () => new Blob(["abc"]), "second"],
    ["PUT", stream, "closed"],
    ["POST", undefined, "closed"],
    ["POST", () => "abc", "closed"],
    ["PATCH", () => "abc", "closed"],
    ["PURGE", undefined, "closed"],
  ];
  for (const [method, body, expected] of cases) {
    await withPeer(dieOnce, async (peer, client) => {
      await client.get(peer.url("/warm"));
      const what = `${method} with ${body?.name ?? "no body"}`;
      assertEquals(await outcome(client, method, peer.url(), body), expected, what);
      assertEquals(peer.count(method, "/"), expected === "closed" ? 1 : 2, what);
    });
  }
});

Deno.test("on a new connection that dies, nothing is sent again", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    conn.close();
  }, async (peer, client) => {
    const error = await failureOf(client.get(peer.url()));
    assertInstanceOf(error, ClosedError);
    assertEquals([error.reused, error.safeToRetry, peer.executed.length], [false, true, 1]);
  });
});

Deno.test("417 is answered without the expectation, once, where the body can be sent again", async () => {
  const refusal = answer("no", "", "417 Expectation Failed");
  const serve = async (conn: PeerConn): Promise<void> => {
    const head = await conn.readHead();
    if (head.includes("Expect:")) {
      await conn.send(refusal);
    } else {
      assertEquals(await conn.readBytes(3), "abc");
      await conn.send(head.includes("/again") ? refusal : answer("fine"));
    }
    conn.close();
  };
  const options = { expectContinue: true };
  await withPeer(serve, async (peer, client) => {
    assertEquals(await outcome(client, "POST", peer.url(), () => "abc", options), "fine");
    assertEquals(peer.conns.length, 2);
    assertEquals(await outcome(client, "POST", peer.url("/again"), () => "abc", options), "no");
    assertEquals(peer.conns.length, 4);
    assertEquals(await outcome(client, "POST", peer.url(), stream, options), "no");
    assertEquals(peer.conns.length, 5);
  });
});

Deno.test("a challenge is answered once for each request, and not with a body that is gone", async () => {
  await withPeer((conn) => conn.serve(() => CHALLENGE), async (peer, client) => {
    const cases: [string, (() => RequestBody) | undefined, RequestOptions, number][] = [
      ["GET", undefined, {}, 1],
      ["GET", undefined, { auth: { username: "u", password: "p" } }, 1],
      ["GET", undefined, { auth: { type: "bearer", token: "t" } }, 1],
      ["GET", undefined, DIGEST, 2],
      ["POST", () => "abc", DIGEST, 2],
      ["POST", stream, DIGEST, 1],
    ];
    for (const [method, body, options, requests] of cases) {
      const before = peer.executed.length;
      assertEquals(await outcome(client, method, peer.url(), body, options), "who?");
      assertEquals(peer.executed.length - before, requests, `${method} ${JSON.stringify(options)}`);
    }
  });
});

Deno.test("the option auth goes before the user of the URL", async () => {
  await withPeer((conn) => conn.serve(() => answer()), async (peer, client) => {
    const url = peer.url().replace("//", "//x:y@");
    await client.get(url, { auth: { username: "u", password: "p" } });
    await client.get(url);
    assertEquals(peer.executed.map((it) => fieldOf(it, "authorization")), [
      ...["Basic dTpw", "Basic eDp5"],
    ]);
  });
});

Deno.test("retry repeats by status what is idempotent and replayable, as often as it says", async () => {
  const cases: [string, (() => RequestBody) | undefined, RequestOptions, number][] = [
    ["GET", undefined, {}, 1],
    ["GET", undefined, { retry: 1 }, 1],
    ["GET", undefined, { retry: { attempts: 3, delay: 0 } }, 3],
    ["GET", undefined, { retry: { attempts: 3, delay: 0, statuses: [500] } }, 1],
    ["PUT", () => "abc", { retry: { attempts: 2, delay: 0 } }, 2],
    ["PUT", stream, { retry: { attempts: 2, delay: 0 } }, 1],
    ["POST", () => "abc", { retry: { attempts: 2, delay: 0 } }, 1],
  ];
  await withPeer((conn) => conn.serve(() => answer("busy", "", "503 X")), async (peer, client) => {
    for (const [method, body, options, requests] of cases) {
      const before = peer.executed.length;
      assertEquals(await outcome(client, method, peer.url(), body, options), "busy");
      assertEquals(peer.executed.length - before, requests, `${method} ${JSON.stringify(options)}`);
    }
  });
});

Deno.test("retry repeats after an error what may run twice, and nothing after a wrong answer", async () => {
  const retry = { attempts: 3, delay: 0 };
  await withPeer(async (conn) => {
    const head = await conn.readHead();
    if (head.includes("/wrong")) await conn.send("nonsense\r\n\r\n");
    conn.close();
  }, async (peer, client) => {
    assertEquals(await outcome(client, "GET", peer.url(), undefined, { retry }), "closed");
    assertEquals(peer.conns.length, 3);
    assertEquals(await outcome(client, "POST", peer.url(), undefined, { retry }), "closed");
    assertEquals(peer.conns.length, 4);
    assertEquals(
      await outcome(client, "GET", peer.url("/wrong"), undefined, { retry }),
      "bad_status_line",
    );
    assertEquals(peer.conns.length, 5);
  });
});

Deno.test("the wait before a repeat ends with the request", async () => {
  await withPeer(
    (conn) => conn.serve(() => answer("", "Retry-After: 20\r\n", "503 X")),
    async (peer, client) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const failure = failureOf(client.get(peer.url(), { retry: true, signal: controller.signal }));
      const isWaiting = () => peer.executed.length === 1 && client.stats().idle === 1;
      await until("it waits", isWaiting);
      controller.abort(reason);
      assertEquals(await failure, reason);
      assertEquals(peer.executed.length, 1);
    },
  );
});

Deno.test("a Host of the caller's goes along with redirects to the same server, and to no other", async () => {
  await using other = new Peer((conn) => conn.serve(() => answer("there")));
  await withPeer((conn) =>
    conn.serve(({ target }) => {
      if (target === "/b") return answer("here");
      const location = target === "/a" ? "/b" : other.url("/c");
      return answer("", `Location: ${location}\r\n`, "302 X");
    }), async (peer, client) => {
    const options: RequestOptions = { redirect: "follow", headers: { Host: "name.test" } };
    assertEquals(await outcome(client, "GET", peer.url("/a"), undefined, options), "here");
    assertEquals(peer.executed.map((it) => fieldOf(it, "host")), ["name.test", "name.test"]);
    assertEquals(await outcome(client, "GET", peer.url("/c"), undefined, options), "there");
    assertEquals(other.executed.map((it) => fieldOf(it, "host")), [`127.0.0.1:${other.port}`]);
  });
});

Deno.test("trailers or Content-Length without a body are a TypeError, and nothing is sent", async () => {
  await withPeer((conn) => conn.serve(() => answer()), async (peer, client) => {
    for (const options of [{ trailers: { "X-A": "1" } }, { headers: { "Content-Length": "5" } }]) {
      assertInstanceOf(await failureOf(client.get(peer.url(), options)), TypeError);
    }
    assertEquals([peer.executed.length, client.stats().queued], [0, 0]);
    assert((await client.get(peer.url())).code === 200);
  });
});
