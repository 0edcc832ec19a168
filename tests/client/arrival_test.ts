// What is made of a response whose head is there. The rest of it is told by tests/conformance/client/decode_test.ts
// and limits_test.ts.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { answer } from "../conformance/client/peer.ts";
import { httpErrorOf, textOf, withPeer } from "../conformance/client/support.ts";

const CHUNKS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n";

Deno.test("a body without codings has the very limit that is set, though decoding is on", async () => {
  await withPeer(
    (conn) => conn.serve(({ target }) => target === "/" ? answer("0123456789") : CHUNKS),
    async (peer, client) => {
      for (const path of ["/", "/chunks"]) {
        const get = (maxBodyBytes: number) =>
          client.get(peer.url(path), { decode: true, maxBodyBytes });
        assertEquals(textOf(await get(10)), "0123456789");
        await httpErrorOf(get(9), "limit");
      }
    },
  );
});

Deno.test("a body that is far too long is refused by the limit that was set, not by its allowance", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n";
  for (const fields of ["", "Content-Encoding: gzip\r\n"]) {
    await withPeer((conn) => conn.serve(() => `${head}${fields}\r\n`), async (peer, client) => {
      const refused = client.get(peer.url(), { decode: true, maxBodyBytes: 1000 });
      assertStringIncludes((await httpErrorOf(refused, "limit")).message, "more than 1000 ");
    });
  }
});

Deno.test("a coding that nobody knows is an error, but what it is to fetch", async () => {
  const coded = answer("as it is", "Content-Encoding: none-such\r\n");
  await withPeer((conn) => conn.serve(() => coded), async (peer, client) => {
    await httpErrorOf(client.get(peer.url(), { decode: true }), "bad_content");
    assertEquals(await (await client.fetch(peer.url())).text(), "as it is");
  });
});
