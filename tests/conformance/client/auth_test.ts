// Credentials on the wire: Basic (RFC 7617), Bearer (RFC 6750), Digest (RFC 7616).

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { answer, fieldOf, type Peer, type PeerRequest } from "./peer.ts";
import { textOf, withPeer } from "./support.ts";

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
