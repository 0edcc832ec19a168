import { assertEquals, assertRejects } from "@std/assert";
import { resumeConn } from "../../server/resumed_conn.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Two ends of a connection. */
async function pair(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  return [client, await accepted];
}

Deno.test("a resumed connection gives first what was being read, then the rest", async () => {
  const [client, served] = await pair();
  using _client = client;
  const parked = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  using conn = resumeConn(served, parked.promise);
  const into = new Uint8Array(3);
  const first = conn.read(into);
  parked.resolve(bytes("abcd"));
  assertEquals([await first, into], [3, bytes("abc")]);
  await client.write(bytes("ef"));
  assertEquals([await conn.read(into), into[0]], [1, bytes("d")[0]]);
  assertEquals([await conn.read(into), into.subarray(0, 2)], [2, bytes("ef")]);
  await client.closeWrite();
  assertEquals(await conn.read(into), null);
});

Deno.test("a resumed connection is otherwise the connection itself", async () => {
  const [client, served] = await pair();
  using _client = client;
  using conn = resumeConn(served, Promise.resolve(new Uint8Array(0)));
  assertEquals(conn.remoteAddr, served.remoteAddr);
  assertEquals(await conn.write(bytes("hello")), 5);
  await conn.closeWrite();
  assertEquals(await new Response(client.readable).text(), "hello");
});

Deno.test("the stream of a resumed connection begins with what was being read, and closes it", async () => {
  const [client, served] = await pair();
  const conn = resumeConn(served, Promise.resolve(bytes("a")));
  await client.write(bytes("b"));
  client.close();
  assertEquals(await new Response(conn.readable).text(), "ab");
  await assertRejects(() => served.read(new Uint8Array(1)));
});

Deno.test("cancelling the stream of a resumed connection closes it", async () => {
  const [client, served] = await pair();
  using _client = client;
  await resumeConn(served, Promise.resolve(bytes("a"))).readable.cancel();
  assertEquals(await client.read(new Uint8Array(1)), null);
});

Deno.test("a read that failed fails who reads, and nobody else", async () => {
  const [client, served] = await pair();
  using _client = client;
  using conn = resumeConn(served, Promise.reject(new Error("lost")));
  await assertRejects(() => conn.read(new Uint8Array(1)), Error, "lost");
});

Deno.test("reads that are begun at once get what was being read one after the other", async () => {
  const [client, served] = await pair();
  using _client = client;
  const parked = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  using conn = resumeConn(served, parked.promise);
  const [one, two, three] = [new Uint8Array(3), new Uint8Array(3), new Uint8Array(3)];
  const counts = [one, two, three].map((into) => conn.read(into));
  parked.resolve(bytes("abcde"));
  assertEquals([await counts[0], await counts[1]], [3, 2]);
  await client.write(bytes("fgh"));
  assertEquals([await counts[2], one, two.subarray(0, 2), three], [
    3,
    bytes("abc"),
    bytes("de"),
    bytes("fgh"),
  ]);
});
