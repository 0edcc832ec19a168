// Bodies of requests: how they are framed, and what becomes of those that do not come as announced.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { Progress, RequestBody } from "../../../client/mod.ts";
import { answer, fieldOf } from "./peer.ts";
import { failureOf, textOf, until, withPeer } from "./support.ts";

Deno.test("onProgress counts what the socket took, and knows the total", async () => {
  await withPeer(
    (conn) => conn.serve(({ body }) => answer(String(body.length))),
    async (peer, client) => {
      const heard: Progress[] = [];
      const response = await client.post(peer.url(), new Uint8Array(1_000_000), {
        onProgress: (it) => heard.push(it),
      });
      assertEquals(textOf(response), "1000000");
      const up = heard.filter(({ direction }) => direction === "up");
      assert(up.length > 3, `${up.length} pieces`);
      assertEquals(up.at(-1), { direction: "up", bytes: 1_000_000, total: 1_000_000 });
      assertEquals(heard.at(-1), { direction: "down", bytes: 7, total: 7 });
      for (let i = 1; i < up.length; i++) assert(up[i]!.bytes > up[i - 1]!.bytes);
    },
  );
});

/** Bytes, one piece for each length. */
async function* pieces(...lengths: number[]): AsyncIterable<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length).fill(120);
}

async function* failing(): AsyncIterable<Uint8Array> {
  yield new Uint8Array(10).fill(120);
  await Promise.resolve();
  throw new Error("the source ran dry");
}

const BAD_BODIES: [
  name: string,
  body: () => RequestBody,
  length: number | undefined,
  error: RegExp,
][] = [
  ["A source that fails", failing, undefined, /^the source ran dry$/],
  ["A source that fails within Content-Length", failing, 20, /^the source ran dry$/],
  [
    "A stream shorter than Content-Length",
    () => pieces(10, 9),
    20,
    /^Cannot send body: it ended after 19 bytes, 1 are missing$/,
  ],
  [
    "A stream longer than Content-Length",
    () => pieces(10, 11),
    20,
    /^Cannot send body: 21 bytes are more than Content-Length 20$/,
  ],
  [
    "An empty stream with a Content-Length",
    () => pieces(),
    1,
    /^Cannot send body: it ended after 0 bytes, 1 are missing$/,
  ],
  [
    "A stream of text",
    () => ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array>,
    undefined,
    /not bytes$/,
  ],
];
for (const [name, body, length, message] of BAD_BODIES) {
  Deno.test(`${name} ends the request, which never looks whole [RFC 9112 8]`, async () => {
    await withPeer(async (conn) => {
      await conn.readRequest();
    }, async (peer, client) => {
      const headers: Record<string, string> = length === undefined
        ? {}
        : { "Content-Length": String(length) };
      const error = await failureOf(client.post(peer.url(), body(), { headers }));
      assertInstanceOf(error, Error);
      assert(message.test(error.message), error.message);
      await until("the peer sees the end", () => peer.conns[0]?.ended ?? true);
      assertEquals([peer.executed.length, client.stats().connections], [0, 0]);
    });
  });
}

Deno.test("A stream of exactly its Content-Length is sent with it, another in chunks [RFC 9112 6.2]", async () => {
  await withPeer((conn) => conn.serve(({ body }) => answer(body)), async (peer, client) => {
    const headers = { "Content-Length": "20" };
    assertEquals(
      (await client.post(peer.url(), pieces(10, 0, 10), { headers })).text(),
      "x".repeat(20),
    );
    assertEquals((await client.post(peer.url(), pieces(10, 0, 10))).text(), "x".repeat(20));
    const framing = peer.executed.map((
      it,
    ) => [fieldOf(it, "content-length"), fieldOf(it, "transfer-encoding")]);
    assertEquals(framing, [["20", undefined], [undefined, "chunked"]]);
    assertEquals(peer.conns.length, 1);
  });
});

Deno.test("Trailers are announced and follow the last chunk [RFC 9110 6.5]", async () => {
  await withPeer((conn) => conn.serve(() => answer()), async (peer, client) => {
    await client.post(peer.url(), "body", { trailers: { "X-Sum": "abc", "X-Two": "2" } });
    const [request] = peer.executed;
    assertEquals([fieldOf(request!, "trailer"), request!.body], ["X-Sum, X-Two", "body"]);
    assertEquals(request!.trailers, [["X-Sum", "abc"], ["X-Two", "2"]]);
  });
});
