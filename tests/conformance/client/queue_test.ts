// How many connections there may be, and who waits for one (RFC 9112 9.4: "A client ought to limit the number of
// simultaneous open connections that it maintains to a given server").

import { assertEquals, assertInstanceOf } from "@std/assert";
import { TimeoutError } from "../../../client/mod.ts";
import { answer, Peer, type PeerConn } from "./peer.ts";
import { httpErrorOf, textOf, until, withPeer } from "./support.ts";

/** Answers everything alike, with more fields. */
function always(fields: string = ""): (conn: PeerConn) => Promise<void> {
  return (conn) => conn.serve(() => answer("ok", fields));
}

Deno.test("maxPerOrigin holds, and who waits is served in order [RFC 9112 9.4]", async () => {
  let open = 0;
  let most = 0;
  await withPeer(async (conn) => {
    await conn.serve(async ({ target }) => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open--;
      return answer(target);
    });
  }, async (peer, client) => {
    const order: string[] = [];
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      order.push(textOf(await client.get(peer.url(`/${i}`))));
    }));
    assertEquals([peer.conns.length, most <= 2], [2, true]);
    assertEquals(order.length, 20);
    // Two lines of requests, each in the order in which they were asked for.
    const lines = peer.conns.map(({ received }) => {
      return [...received.matchAll(/^GET \/(\d+) /gm)].map((match) => Number(match[1]));
    });
    for (const line of lines) assertEquals(line, line.toSorted((a, b) => a - b));
    assertEquals(lines.flat().length, 20);
  }, { maxPerOrigin: 2 });
});

Deno.test("maxConnections holds over all origins: an idle connection makes room", async () => {
  await using other = new Peer(always());
  await withPeer(always(), async (peer, client) => {
    await client.get(peer.url());
    await client.get(other.url());
    assertEquals(client.stats().connections, 1);
    await until("the idle one was closed", () => peer.conns[0]!.ended);
    // Both at once: one waits for the other, whichever origin it is for.
    const both = await Promise.all([client.get(peer.url()), client.get(other.url())]);
    assertEquals(both.map(({ code }) => code), [200, 200]);
    assertEquals(client.stats().connections, 1);
  }, { maxConnections: 1 });
});

Deno.test("Who waits for a connection gets the place of one that closes", async () => {
  await withPeer(always("Connection: close\r\n"), async (peer, client) => {
    const all = await Promise.all(Array.from({ length: 5 }, () => client.get(peer.url())));
    assertEquals(all.map(({ connection }) => connection.reused), Array(5).fill(false));
    assertEquals(peer.conns.length, 5);
  }, { maxPerOrigin: 1 });
});

Deno.test("queueTimeout ends the wait for a connection", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.released.wait();
    await conn.send(answer("first"));
    await conn.serve(() => answer("later"));
  }, async (peer, client) => {
    const first = client.get(peer.url());
    const error = await httpErrorOf(client.post(peer.url(), "x"), "timeout");
    assertInstanceOf(error, TimeoutError);
    assertEquals([error.limit, error.phase, error.bytesSent, error.safeToRetry], [
      "queueTimeout",
      "queue",
      0,
      true,
    ]);
    assertEquals(client.stats().queued, 0);
    peer.conns[0]!.released.happen();
    assertEquals(textOf(await first), "first");
    assertEquals(textOf(await client.get(peer.url())), "later");
  }, { maxPerOrigin: 1, queueTimeout: 0.1 });
});
