import { assert, assertEquals, assertRejects } from "@std/assert";
import { download, form, get, post, request } from "../../client/one_shot.ts";
import { ClosedError } from "../../wire/errors.ts";
import { answer, fieldOf, Peer } from "../conformance/client/peer.ts";

function echo(): Peer {
  return new Peer((conn) => conn.serve((it) => answer(`${it.method} ${it.target} ${it.body}`)));
}

const OPTIONS = { proxy: false } as const;

Deno.test("request(), get() and post() close their connection, and say so before", async () => {
  await using peer = echo();
  const says = async (response: Promise<{ text(): string }>) => (await response).text();
  assertEquals(await says(request("PUT", peer.url("/a"), "x", OPTIONS)), "PUT /a x");
  assertEquals(await says(request("DELETE", peer.url("/b"), null, OPTIONS)), "DELETE /b ");
  assertEquals(await says(get(new URL(peer.url("/c")), OPTIONS)), "GET /c ");
  assertEquals(await says(post(peer.url("/d"), "y", OPTIONS)), "POST /d y");
  assertEquals(peer.conns.length, 4);
  // Each script ends when it sees the client leave.
  for (const conn of peer.conns) assertEquals(await conn.readToEnd(), "");
  for (const it of peer.executed) assertEquals(fieldOf(it, "connection"), "close");
});

Deno.test("a connection is closed after a failure too", async () => {
  await using peer = new Peer(async (conn) => {
    await conn.readRequest();
    await conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    await conn.endWriting();
    await conn.readToEnd();
  });
  await assertRejects(() => get(peer.url(), OPTIONS), ClosedError, "received 3 of 9 bytes");
  assertEquals(await peer.conns[0]!.readToEnd(), "");
});

Deno.test("options of connections are for clients only", async () => {
  await assertRejects(
    () => get("http://127.0.0.1:1/", { keepAlive: 5 } as never),
    TypeError,
    'there is no option "keepAlive"',
  );
});

Deno.test("download() writes a file and closes its connection", async () => {
  await using peer = echo();
  const folder = await Deno.makeTempDir({ prefix: "eco_http_one_shot_" });
  try {
    await download(peer.url("/file"), `${folder}/file`, OPTIONS);
    assertEquals(await Deno.readTextFile(`${folder}/file`), "GET /file ");
    assertEquals(await peer.conns[0]!.readToEnd(), "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("form() makes empty forms, each by itself", async () => {
  await using peer = echo();
  const [one, two] = [form().add("a", "first"), form().add("b", "second")];
  assert(one.boundary !== two.boundary);
  const text = (await post(peer.url(), one, OPTIONS)).text();
  assert(text.includes('name="a"\r\n\r\nfirst\r\n') && !text.includes("second"));
});
