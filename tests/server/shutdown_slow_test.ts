// A server that ends while clients still read what was answered.

import { assertEquals } from "@std/assert";
import { TestServer, until, within } from "../conformance/support.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** Reads to the end; the heads of the answers, each of which has a body of `length` bytes. */
async function readHeads(conn: Deno.Conn, length: number): Promise<string[]> {
  const heads: string[] = [];
  const bytes = new Uint8Array(65536);
  let head = "";
  let left = 0;
  for (let count = 0; (count = await conn.read(bytes) ?? 0) > 0;) {
    for (let at = 0; at < count;) {
      const skipped = Math.min(left, count - at);
      left -= skipped;
      at += skipped;
      while (left === 0 && at < count && !head.endsWith("\r\n\r\n")) {
        head += String.fromCharCode(bytes[at++]!);
      }
      if (!head.endsWith("\r\n\r\n")) continue;
      heads.push(head);
      head = "";
      left = length;
    }
  }
  assertEquals([head, left], ["", 0], "the last answer is whole");
  return heads;
}

Deno.test("shutdown() lets answers leave whose handlers are done, however slowly they are read", async () => {
  const LARGE = 16 * 1024 * 1024;
  const body = new Uint8Array(LARGE);
  for (const count of [1, 2]) {
    await using test = new TestServer((con) => con.send(body));
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: test.port });
    await conn.write(new TextEncoder().encode(GET.repeat(count)));
    // More than the system takes: the rest waits for the client.
    await until("an answer is on its way", () => test.server.stats().bytesWritten > 0);
    const shutdown = test.server.shutdown();
    const heads = await within("all is read", readHeads(conn, LARGE));
    conn.close();
    assertEquals(heads.length, count);
    assertEquals(await within("shutdown() reports", shutdown), { drained: 1, cut: 0 });
  }
});
