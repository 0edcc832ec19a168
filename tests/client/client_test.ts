import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Client } from "../../client/client.ts";
import { answer, Peer } from "../conformance/client/peer.ts";

/** A peer that says what it was asked. */
function echo(): Peer {
  return new Peer((conn) => conn.serve((it) => answer(`${it.method} ${it.target} ${it.body}`)));
}

Deno.test("request(), get() and post() are the same request with other defaults", async () => {
  await using peer = echo();
  using client = new Client({ proxy: false });
  const says = async (response: Promise<{ text(): string }>) => (await response).text();
  assertEquals(await says(client.request("PUT", peer.url("/a"), "x")), "PUT /a x");
  assertEquals(await says(client.request("DELETE", new URL(peer.url("/b")))), "DELETE /b ");
  assertEquals(await says(client.request("GET", peer.url("/c"), null, {})), "GET /c ");
  assertEquals(await says(client.get(peer.url("/d"), { headers: {} })), "GET /d ");
  assertEquals(await says(client.post(peer.url("/e"), "y", {})), "POST /e y");
  assertEquals(await says(client.post(peer.url("/f"))), "POST /f ");
  const { requests, opened, idle } = client.stats();
  assertEquals([requests, opened, idle], [6, 1, 1]);
});

Deno.test("download() goes over the client's connections", async () => {
  await using peer = echo();
  using client = new Client({ proxy: false });
  const folder = await Deno.makeTempDir({ prefix: "eco_http_client_" });
  try {
    await client.get(peer.url());
    await client.download(peer.url("/file"), `${folder}/file`);
    assertEquals(await Deno.readTextFile(`${folder}/file`), "GET /file ");
    assertEquals(client.stats().opened, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a client refuses wrong options when it is made", () => {
  assertThrows(() => new Client({ timeout: -1 }), RangeError, '"timeout"');
  assertThrows(() => new Client({ nothing: 1 } as never), TypeError, '"nothing"');
});

Deno.test("sock() without a connection is a TypeError", () => {
  using client = new Client();
  assertThrows(() => client.sock(), TypeError, "the client is not connected");
});

Deno.test("close(), using and await using end a client", async () => {
  await using peer = echo();
  const ends: ((client: Client) => void | Promise<void>)[] = [
    (client) => client.close(),
    (client) => client[Symbol.dispose](),
    (client) => client[Symbol.asyncDispose](),
  ];
  for (const end of ends) {
    const client = new Client({ proxy: false });
    await client.get(peer.url());
    assertEquals(client.stats().connections, 1);
    await end(client);
    client.close();
    assertEquals(client.stats().connections, 0);
    await assertRejects(() => client.get(peer.url()), TypeError, "the client is closed");
  }
});
