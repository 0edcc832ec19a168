// The guard of addresses, `allowAddress`, through the public API: it is asked before anything is dialed, and about each
// request on a kept connection, since what it allows may have changed.

import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { ConnectError } from "../../../client/mod.ts";
import { answer } from "./peer.ts";
import { failureOf, textOf, until, withPeer } from "./support.ts";

Deno.test("A guard that says false keeps a request from its server, and that may be repeated", async () => {
  await withPeer((conn) => conn.serve(() => answer()), async (peer, client) => {
    const error = await failureOf(client.post(peer.url(), "x", { allowAddress: () => false }));
    assertInstanceOf(error, ConnectError);
    assertStringIncludes(error.message, '"allowAddress" refuses "127.0.0.1"');
    assertEquals([error.safeToRetry, error.bytesSent, peer.conns.length], [true, 0, 0]);
  });
});

Deno.test("A guard that no longer allows an address closes the kept connection, and nothing is sent", async () => {
  let isAllowed = true;
  const asked: string[] = [];
  const allowAddress = (ipaddr: string, port: number, url: URL): Promise<boolean> => {
    asked.push(`${ipaddr}:${port}${url.pathname}`);
    return Promise.resolve(isAllowed);
  };
  await withPeer((conn) => conn.serve(() => answer()), async (peer, client) => {
    const at = `127.0.0.1:${peer.port}`;
    await client.get(peer.url("/first"));
    assertEquals((await client.get(peer.url("/second"))).connection.reused, true);
    isAllowed = false;
    for (const method of ["GET", "POST"]) {
      const error = await failureOf(client.request(method, peer.url("/third")));
      assertInstanceOf(error, ConnectError);
      assertEquals([error.bytesSent, error.safeToRetry], [0, true]);
    }
    assertEquals(client.stats().connections, 0);
    await until("the peer sees the end", () => peer.conns[0]!.ended);
    isAllowed = true;
    const last = await client.get(peer.url("/last"));
    assertEquals([textOf(last), last.connection.reused, peer.conns.length], ["ok", false, 2]);
    assertEquals(peer.executed.map(({ target }) => target), ["/first", "/second", "/last"]);
    assertEquals(asked, [
      ...[`${at}/first`, `${at}/second`, `${at}/third`, `${at}/third`, `${at}/last`],
    ]);
  }, { allowAddress });
});
