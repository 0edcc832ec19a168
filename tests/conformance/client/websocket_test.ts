// The opening handshake of WebSocket (RFC 6455 4.1), and the connection that it leaves.

import { assertEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { type ClientSocket, get } from "../../../client/mod.ts";
import { makeCertificate } from "../../peers/certificate.ts";
import { testWith } from "../../peers/programs.ts";
import { latin1Decode, latin1Encode } from "../raw_client.ts";
import { answer, fieldOf, Peer, type PeerConn, type PeerRequest } from "./peer.ts";
import { httpErrorOf, until, withClient, within, withPeer } from "./support.ts";

function acceptOf(request: PeerRequest): string {
  const key = fieldOf(request, "sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  return createHash("sha1").update(key).digest("base64");
}

/** A good answer, with `lines` in front of its fields. */
function switching(request: PeerRequest, lines: string = ""): string {
  return "HTTP/1.1 101 Switching Protocols\r\n" + lines +
    `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${
      acceptOf(request)
    }\r\n\r\n`;
}

async function readText(sock: ClientSocket, length: number): Promise<string> {
  let text = "";
  const bytes = new Uint8Array(100);
  while (text.length < length) {
    const count = await within("bytes of the socket", sock.read(bytes));
    if (count === null) break;
    text += latin1Decode(bytes.subarray(0, count));
  }
  return text;
}

async function writeText(sock: ClientSocket, text: string): Promise<void> {
  const bytes = latin1Encode(text);
  for (let at = 0; at < bytes.length;) at += await sock.write(bytes.subarray(at));
}

/** Shakes hands, sends bytes with the head and behind it, and echoes five. */
async function echo(conn: PeerConn): Promise<void> {
  const request = await conn.readRequest();
  if (request === undefined) return;
  await conn.send(switching(request) + "early");
  await conn.send(" and late");
  await conn.send(await conn.readBytes(5));
  assertEquals(await conn.readToEnd(), "");
}

/** Shakes hands and waits until the client leaves. */
async function shake(conn: PeerConn): Promise<void> {
  await conn.send(switching((await conn.readRequest())!));
  await conn.readToEnd();
}

Deno.test("A handshake leaves a socket; bytes behind the head come first [RFC 6455 4.1]", async () => {
  await withPeer(echo, async (peer, client) => {
    const response = await client.get(peer.url("/chat?a=b", "ws"));
    assertEquals([response.code, response.body?.length], [101, 0]);
    const { target, fields } = peer.executed[0]!;
    assertEquals(target, "/chat?a=b");
    const asked = Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
    assertEquals(
      [asked["upgrade"], asked["connection"], asked["sec-websocket-version"], asked["host"]],
      ["websocket", "Upgrade", "13", `127.0.0.1:${peer.port}`],
    );
    // RFC 6455 4.1: "a nonce consisting of a randomly selected 16-byte value"
    assertEquals(atob(asked["sec-websocket-key"]!).length, 16);
    using sock = client.sock();
    assertEquals(client.sock(), sock);
    assertEquals(await readText(sock, 14), "early and late");
    await writeText(sock, "hello");
    assertEquals(await readText(sock, 5), "hello");
    assertEquals(client.stats().connections, 0);
    assertEquals((sock.remoteAddr as Deno.NetAddr).port, peer.port);
  });
});

Deno.test("Each handshake has a key of its own", async () => {
  await withPeer(shake, async (peer, client) => {
    for (let i = 0; i < 5; i++) {
      await client.get(peer.url("/", "ws"));
      client.sock().close();
    }
    assertEquals(new Set(peer.executed.map((it) => fieldOf(it, "sec-websocket-key"))).size, 5);
  });
});

Deno.test("A socket that nobody takes is closed with the next request, or with the client", async () => {
  await withPeer(shake, async (peer, client) => {
    await client.get(peer.url("/", "ws"));
    assertEquals(client.stats().connections, 1);
    await client.get(peer.url("/", "ws"));
    await until("the first is closed", () => peer.conns[0]!.ended);
    client.close();
    await until("the second is closed", () => peer.conns[1]!.ended);
  });
});

Deno.test("A socket that was taken outlives the client", async () => {
  await withPeer(echo, async (peer, client) => {
    await client.get(peer.url("/", "ws"));
    using sock = client.sock();
    client.close();
    assertEquals(await readText(sock, 14), "early and late");
    await writeText(sock, "hello");
    assertEquals(await readText(sock, 5), "hello");
  });
});

const WRONG: [name: string, answer: (request: PeerRequest) => string][] = [
  [
    "Sec-WebSocket-Accept of another key",
    (it) => switching(it).replace(acceptOf(it), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
  ],
  ["no Sec-WebSocket-Accept", (it) => switching(it).replace(/Sec-WebSocket-Accept: .*\r\n/, "")],
  [
    "Sec-WebSocket-Accept twice",
    (it) => switching(it, `Sec-WebSocket-Accept: ${acceptOf(it)}\r\n`),
  ],
  ["no Upgrade", (it) => switching(it).replace("Upgrade: websocket\r\n", "")],
  ["another Upgrade", (it) => switching(it).replace("Upgrade: websocket", "Upgrade: h2c")],
  ["no Connection", (it) => switching(it).replace("Connection: Upgrade\r\n", "")],
  ["a subprotocol that nobody offered", (it) => switching(it, "Sec-WebSocket-Protocol: chat\r\n")],
  [
    "an extension that nobody offered",
    (it) => switching(it, "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
  ],
];
for (const [name, send] of WRONG) {
  Deno.test(`An answer with ${name} fails the handshake [RFC 6455 4.1]`, async () => {
    await withPeer(async (conn) => {
      await conn.send(send((await conn.readRequest())!));
      await conn.readToEnd();
    }, async (peer, client) => {
      const error = await httpErrorOf(client.get(peer.url("/", "ws")), "handshake");
      assertEquals(error.phase, "headers");
      assertEquals(client.stats().connections, 0);
      assertThrows(() => client.sock(), TypeError);
    });
  });
}

Deno.test("Another status is a response like any other [RFC 6455 4.1]", async () => {
  const CHALLENGE = answer("who?", 'WWW-Authenticate: Basic realm="a"\r\n', "401 Unauthorized");
  await withPeer(
    (conn) =>
      conn.serve((it) => fieldOf(it, "authorization") === undefined ? CHALLENGE : switching(it)),
    async (peer, client) => {
      const response = await client.get(peer.url("/", "ws"));
      assertEquals([response.code, response.text()], [401, "who?"]);
      const auth = { username: "a", password: "b" };
      assertEquals((await client.get(peer.url("/", "ws"), { auth })).code, 101);
      client.sock().close();
      assertEquals(peer.conns.length, 1);
    },
  );
});

Deno.test("A subprotocol that was offered is agreed upon", async () => {
  await withPeer(
    (conn) => conn.serve((it) => switching(it, "Sec-WebSocket-Protocol: b\r\n")),
    async (peer, client) => {
      const response = await client.get(peer.url("/", "ws"), {
        headers: { "Sec-WebSocket-Protocol": "a, b" },
      });
      assertEquals(response.headers["sec-websocket-protocol"], "b");
      client.sock().close();
    },
  );
});

Deno.test("A handshake without a client leaves nothing open", async () => {
  await using peer = new Peer(shake);
  assertEquals((await get(peer.url("/", "ws"), { proxy: false })).code, 101);
  await until("the connection is closed", () => peer.conns[0]!.ended);
});

testWith(["openssl"], "wss is the same over TLS", async () => {
  using files = await makeCertificate();
  const tls = {
    cert: await Deno.readTextFile(files.cert),
    key: await Deno.readTextFile(files.key),
  };
  await using peer = new Peer(echo, { tls });
  await withClient({ ca: files.authority }, async (client) => {
    assertEquals((await client.get(peer.url("/", "wss", "localhost"))).code, 101);
    using sock = client.sock();
    assertEquals(await readText(sock, 14), "early and late");
    await writeText(sock, "hello");
    assertEquals(await readText(sock, 5), "hello");
  });
});
