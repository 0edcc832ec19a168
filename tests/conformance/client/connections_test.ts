// When a connection is used again, how long it is kept, and how many there may be (RFC 9112 9).

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type ClientOptions, get } from "../../../client/mod.ts";
import { answer, fieldOf, Peer, type PeerConn } from "./peer.ts";
import { ResetPeer } from "./reset_peer.ts";
import { Event, failureOf, textOf, until, withClient, within, withPeer } from "./support.ts";

/** Answers everything alike, with more fields. */
function always(fields: string = ""): (conn: PeerConn) => Promise<void> {
  return (conn) => conn.serve(() => answer("ok", fields));
}

const PERSIST = 'RFC 9112 9.3: "HTTP/1.1 defaults to the use of persistent connections"';
const CLOSE =
  'RFC 9112 9.6: "A client that receives a \\"close\\" connection option MUST cease sending requests on that connection and close the connection after reading the response message"';

Deno.test(`A connection serves one request after another [${PERSIST}]`, async () => {
  await withPeer(always(), async (peer, client) => {
    const responses = [];
    for (let i = 0; i < 5; i++) responses.push(await client.get(peer.url(`/${i}`)));
    assertEquals(responses.map(({ connection }) => connection.reused), [
      false,
      true,
      true,
      true,
      true,
    ]);
    assertEquals(new Set(responses.map(({ connection }) => connection.id)).size, 1);
    assertEquals([peer.conns.length, peer.executed.length], [1, 5]);
    assertEquals(peer.executed.map((it) => fieldOf(it, "connection")), Array(5).fill(undefined));
    assertEquals(client.stats(), {
      connections: 1,
      idle: 1,
      queued: 0,
      opened: 1,
      requests: 5,
      active: 0,
    });
  });
});

Deno.test("Other origins and other ways have connections of their own", async () => {
  await using other = new Peer(always());
  await withPeer(always(), async (peer, client) => {
    await client.get(peer.url());
    await client.get(other.url());
    const { port } = peer;
    const path = { resolve: { [`a.test:${port}`]: "127.0.0.1" } };
    await client.get(`http://a.test:${port}/`, path);
    await client.get(`http://a.test:${port}/`, path);
    await client.get(peer.url(), { localAddress: "127.0.0.1" });
    assertEquals([peer.conns.length, other.conns.length], [3, 1]);
  });
});

/** Asks twice; whether the second request used the connection of the first. */
async function isReused(fields: string, options: ClientOptions = {}): Promise<boolean> {
  let reused: boolean | undefined;
  await withPeer(always(fields), async (peer, client) => {
    await client.get(peer.url());
    reused = (await client.get(peer.url())).connection.reused;
  }, options);
  return reused!;
}

Deno.test(`Connection: close of the server ends the connection [${CLOSE}]`, async () => {
  for (const option of ["close", "Close", "x, close", "keep-alive, close", "close, keep-alive"]) {
    assertEquals(await isReused(`Connection: ${option}\r\n`), false, option);
  }
  assertEquals(await isReused("Connection: x\r\nConnection: close\r\n"), false);
  for (const option of ["keep-alive", "x", "closed", ""]) {
    assertEquals(await isReused(`Connection: ${option}\r\n`), true, option);
  }
});

Deno.test("Connection: close of the client ends the connection [RFC 9112 9.6]", async () => {
  await withPeer(async (conn) => {
    await conn.serve(() => answer());
    assertEquals(await conn.readToEnd(), "");
  }, async (peer, client) => {
    await client.get(peer.url(), { headers: { Connection: "close" } });
    assertEquals(client.stats().connections, 0);
    await until("the peer sees the end", () => peer.conns[0]!.ended);
    assertEquals((await client.get(peer.url())).connection.reused, false);
  });
});

Deno.test("A call without a client says close, and closes", async () => {
  await using peer = new Peer(always());
  const response = await get(peer.url(), { proxy: false });
  assertEquals(fieldOf(peer.executed[0]!, "connection"), "close");
  assertEquals([response.text(), response.connection.reused], ["ok", false]);
  await until("the peer sees the end", () => peer.conns[0]!.ended);
});

Deno.test("Keep-Alive with max=0 or timeout=0 ends the connection [RFC 9112 9.3, RFC 2068 19.7.1]", async () => {
  for (const value of ["max=0", "timeout=5, max=0", "timeout=0"]) {
    assertEquals(await isReused(`Keep-Alive: ${value}\r\n`), false, value);
  }
  for (const value of ["max=1", "timeout=5, max=100", "nonsense", "timeout=x"]) {
    assertEquals(await isReused(`Keep-Alive: ${value}\r\n`), true, value);
  }
  assertEquals(await isReused("", { keepAlive: 0 }), false);
});

for (
  const [name, fields, options, leastMs] of [
    [
      "The server's Keep-Alive ends an idle connection before the server does",
      "Keep-Alive: timeout=1\r\n",
      {},
      500,
    ],
    ["The option keepAlive ends an idle connection", "", { keepAlive: 0.2 }, 200],
    ["The option keepAlive is the longest", "Keep-Alive: timeout=600\r\n", { keepAlive: 0.2 }, 200],
  ] as [string, string, ClientOptions, number][]
) {
  Deno.test(name, async () => {
    await withPeer(always(fields), async (peer, client) => {
      // Before the client can begin to count.
      const start = performance.now();
      await client.get(peer.url());
      assertEquals(client.stats().idle, 1);
      await until("the peer sees the end", () => peer.conns[0]!.ended);
      const tookMs = performance.now() - start;
      assert(tookMs >= leastMs, `ended after ${tookMs} ms`);
      assertEquals(client.stats().connections, 0);
    }, options);
  });
}

Deno.test('An idle connection that the server closes is gone at once [RFC 9112 9.5: "Client, server, or proxy MAY close the transport connection at any time"]', async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send(answer());
    if (conn.index > 0) return;
    await conn.released.wait();
    await conn.endWriting();
    assertEquals(await conn.readToEnd(), "");
  }, async (peer, client) => {
    await client.get(peer.url());
    assertEquals(client.stats().idle, 1);
    peer.conns[0]!.released.happen();
    await until("it is gone without a request", () => client.stats().connections === 0);
    await until("our side is closed too", () => peer.conns[0]!.ended);
    assertEquals((await client.get(peer.url())).connection.reused, false);
  });
});

Deno.test("An idle connection that is reset is gone at once", async () => {
  const release = new Event("the test lets the peer reset");
  await using peer = await ResetPeer.open(async (conn) => {
    await conn.send(answer());
    await release.wait();
    conn.reset();
  });
  await withClient({}, async (client) => {
    await client.get(peer.url());
    release.happen();
    await until("it is gone", () => client.stats().connections === 0);
  });
});

for (
  const stray of [
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    "HTTP/1.1 408 Request Timeout\r\n\r\n",
    "\n",
  ]
) {
  Deno.test(`Stray bytes ${JSON.stringify(stray.slice(0, 16))} on an idle connection are no answer to the next request [RFC 9112 9.2]`, async () => {
    await withPeer(async (conn) => {
      await conn.readRequest();
      await conn.send(answer(`from ${conn.index}`));
      if (conn.index > 0) return;
      await conn.released.wait();
      await conn.send(stray);
      assertEquals(await conn.readToEnd(), "", "a request on the poisoned connection");
    }, async (peer, client) => {
      await client.get(peer.url());
      peer.conns[0]!.released.happen();
      await until("the connection is given up", () => client.stats().connections === 0);
      assertEquals(textOf(await client.get(peer.url())), "from 1");
    });
  });
}

Deno.test("close() ends idle connections and requests under way", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    if (conn.index === 0) await conn.send(answer());
    await conn.readToEnd();
  }, async (peer, client) => {
    await client.get(peer.url());
    const both = [failureOf(client.get(peer.url())), failureOf(client.get(peer.url()))];
    await until(
      "a request is under way",
      () => peer.executed.length === 2 || peer.conns.length === 3,
    );
    client.close();
    for (const error of await Promise.all(both)) assertInstanceOf(error, TypeError);
    assertInstanceOf(await failureOf(client.get(peer.url())), TypeError);
    for (const conn of peer.conns) await until("the end", () => conn.ended);
  });
});

Deno.test("An idle connection does not keep the process alive", async () => {
  await using peer = new Peer(always("Keep-Alive: timeout=600\r\n"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-all",
      new URL("idle_child.ts", import.meta.url).pathname,
      peer.url(),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const { code, stdout } = await within("the child ends", child.output(), 60_000);
    assertEquals([code, new TextDecoder().decode(stdout)], [0, "200 ok 1\n"]);
  } catch (error) {
    child.kill();
    throw error;
  }
  assertEquals(peer.conns.length, 1);
});
