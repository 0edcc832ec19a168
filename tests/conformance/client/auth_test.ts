// Credentials, cookies, repeats and codings as they stand on the wire.

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { RequestOptions } from "../../../client/mod.ts";
import { latin1Decode } from "../raw_client.ts";
import { answer, fieldOf, fieldsOf, Peer, type PeerRequest } from "./peer.ts";
import { httpErrorOf, textOf, withPeer } from "./support.ts";

/** The values of one field that each request had. */
function values(peer: Peer, name: string): (string | undefined)[] {
  return peer.executed.map((request) => fieldOf(request, name));
}

Deno.test("Basic is sent at once, in UTF-8 [RFC 7617 2]", async () => {
  await withPeer((conn) => conn.serve(() => answer()), async (peer, client) => {
    await client.get(peer.url(), { auth: { username: "Aladdin", password: "open sesame" } });
    await client.get(peer.url(), {
      auth: { type: "basic", username: "test", password: "123\u00a3" },
    });
    await client.get(peer.url().replace("//", "//Aladdin:open%20sesame@"));
    await client.get(peer.url(), { auth: { type: "bearer", token: "mF_9.B5f-4.1JqM" } });
    await client.get(peer.url(), {
      auth: { username: "a", password: "b" },
      headers: { authorization: "Own c" },
    });
    await client.get(peer.url());
    assertEquals(values(peer, "authorization"), [
      "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
      "Basic dGVzdDoxMjPCow==",
      "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
      "Bearer mF_9.B5f-4.1JqM",
      "Own c",
      undefined,
    ]);
    // The user of the URL is no part of the target or of Host.
    assertEquals(new Set(values(peer, "host")), new Set([`127.0.0.1:${peer.port}`]));
  });
});

function md5(...parts: string[]): string {
  return createHash("md5").update(parts.join(":")).digest("hex");
}

/** The parameters of a Digest header. */
function digestOf(request: PeerRequest): Record<string, string> {
  const value = fieldOf(request, "authorization") ?? "";
  assert(value.startsWith("Digest "), value);
  const found = value.slice(7).matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g);
  return Object.fromEntries([...found].map(([, name, quoted, token]) => [name!, quoted ?? token!]));
}

Deno.test("Digest answers the challenge, and counts on its nonce [RFC 7616 3.4]", async () => {
  const CHALLENGE = answer(
    "who?",
    'WWW-Authenticate: Digest realm="here", nonce="n1", qop="auth", opaque="o"\r\n',
    "401 Unauthorized",
  );
  await withPeer((conn) =>
    conn.serve((request) => {
      if (fieldOf(request, "authorization") === undefined) return CHALLENGE;
      const { username, realm, nonce, uri, cnonce, nc, qop, response, opaque } = digestOf(request);
      const expected = md5(
        md5(username!, realm!, "secret"),
        nonce!,
        nc!,
        cnonce!,
        qop!,
        md5(request.method, uri!),
      );
      return response === expected && uri === request.target && opaque === "o"
        ? answer(request.body + nc)
        : CHALLENGE;
    }), async (peer, client) => {
    const auth = { type: "digest", username: "me", password: "secret" } as const;
    const first = await client.post(peer.url("/a?b=c"), "body", { auth });
    assertEquals([first.code, textOf(first)], [200, "body00000001"]);
    assertEquals(textOf(await client.get(peer.url("/d"), { auth })), "00000002");
    assertEquals([peer.executed.length, peer.conns.length], [3, 1]);
    // A wrong password is asked about once, and the answer delivered.
    const wrong = await client.get(peer.url("/a"), { auth: { ...auth, password: "other" } });
    assertEquals([wrong.code, textOf(wrong), peer.executed.length], [401, "who?", 5]);
    const stream = ReadableStream.from([new Uint8Array(3)]);
    const once = await client.post(peer.url("/a"), stream, { auth: { ...auth, username: "you" } });
    assertEquals([once.code, peer.executed.length], [401, 6]);
  });
});

Deno.test("Cookies of one answer go with the next request [RFC 6265 5]", async () => {
  await withPeer((conn) =>
    conn.serve(({ target }) => {
      if (target === "/redirect") {
        return answer("", "Set-Cookie: r=1\r\nLocation: /\r\n", "302 Found");
      }
      if (target !== "/set") {
        return answer();
      }
      return answer(
        "",
        "Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/deep\r\nSet-Cookie: c=3; Secure\r\nSet-Cookie: d=4; Domain=other.test\r\n",
      );
    }), async (peer, client) => {
    const cookies = true;
    await client.get(peer.url("/set"), { cookies });
    await client.get(peer.url("/"), { cookies });
    await client.get(peer.url("/deep/er"), { cookies });
    await client.get(peer.url("/"));
    await client.get(peer.url("/"), { cookies, headers: { Cookie: "own=1" } });
    await client.get(peer.url("/redirect"), { cookies, redirect: "follow" });
    const sent = values(peer, "cookie").map((value) => value?.split("; ").sort().join("; "));
    assertEquals(sent, [undefined, "a=1", "a=1; b=2", undefined, "own=1", "a=1", "a=1; r=1"]);
    assertEquals(peer.executed.every((request) => fieldsOf(request, "cookie").length <= 1), true);
  });
});

const RETRY: RequestOptions = { retry: { attempts: 3, delay: 0.001 } };

Deno.test("retry repeats what failed for now, and waits as Retry-After says [RFC 9110 10.2.3]", async () => {
  const times: number[] = [];
  await withPeer((conn) =>
    conn.serve(() => {
      times.push(performance.now());
      return times.length < 2
        ? answer("busy", "Retry-After: 1\r\n", "503 Service Unavailable")
        : answer("done");
    }), async (peer, client) => {
    assertEquals(textOf(await client.get(peer.url(), RETRY)), "done");
    assertEquals([peer.executed.length, peer.conns.length], [2, 1]);
    assert(times[1]! - times[0]! >= 990, `waited ${times[1]! - times[0]!} ms`);
  });
});

Deno.test("retry gives up after its attempts, and beyond maxDelay, and delivers the answer", async () => {
  await withPeer(
    (conn) =>
      conn.serve(({ target }) =>
        answer("busy", target === "/" ? "" : "Retry-After: 31\r\n", "503 Service Unavailable")
      ),
    async (peer, client) => {
      const last = await client.get(peer.url(), RETRY);
      assertEquals([last.code, textOf(last), peer.executed.length], [503, "busy", 3]);
      assertEquals([(await client.get(peer.url("/later"), RETRY)).code, peer.executed.length], [
        503,
        4,
      ]);
      assertEquals([(await client.get(peer.url())).code, peer.executed.length], [503, 5]);
      // What may have been acted upon is not repeated, whatever the status.
      assertEquals([(await client.post(peer.url(), "x", RETRY)).code, peer.executed.length], [
        503,
        6,
      ]);
      assertEquals([
        (await client.request("PUT", peer.url(), "x", RETRY)).code,
        peer.executed.length,
      ], [503, 9]);
    },
  );
});

Deno.test("retry repeats what never reached the server, a POST too", async () => {
  let port = 0;
  {
    await using gone = new Peer(() => {});
    port = gone.port;
  }
  await withPeer(() => {}, async (_, client) => {
    const error = await httpErrorOf(
      client.post(`http://127.0.0.1:${port}/`, "x", RETRY),
      "connect",
    );
    assertEquals([error.safeToRetry, error.bytesSent, error.phase], [true, 0, "connect"]);
  });
});

Deno.test("decode asks for codings and undoes them; without it bodies stay as they are [RFC 9110 8.4]", async () => {
  const coded = latin1Decode(gzipSync("hello"));
  await withPeer((conn) =>
    conn.serve(({ target }) => {
      switch (target) {
        case "/twice":
          return answer(
            latin1Decode(gzipSync(gzipSync("hello"))),
            "Content-Encoding: gzip, gzip\r\n",
          );
        case "/short":
          return answer(coded.slice(0, -4), "Content-Encoding: gzip\r\n");
        case "/unknown":
          return answer("hello", "Content-Encoding: own\r\n");
        default:
          return answer(coded, "Content-Encoding: gzip\r\n");
      }
    }), async (peer, client) => {
    const decode = true;
    assertEquals(textOf(await client.get(peer.url())), coded);
    assertEquals(textOf(await client.get(peer.url(), { decode })), "hello");
    assertEquals(textOf(await client.get(peer.url("/twice"), { decode })), "hello");
    await httpErrorOf(client.get(peer.url("/short"), { decode }), "bad_content");
    await httpErrorOf(client.get(peer.url("/unknown"), { decode }), "bad_content");
    assertEquals(fieldOf(peer.executed[0]!, "accept-encoding"), undefined);
    assertEquals(fieldOf(peer.executed[1]!, "accept-encoding"), "gzip, br, zstd, deflate");
    assertEquals(
      (await client.request("HEAD", peer.url("/head"), null, {
        decode,
        headers: { Connection: "close" },
      })).body?.length,
      0,
    );
  });
});
