import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { FetchResponse } from "../../../client/fetch/fetch_response.ts";
import type { ResponseFacts } from "../../../client/fetch/response_parts.ts";
import { encode } from "../support/coded_data.ts";
import { textOf } from "../../wire/fakes.ts";
import { answer, chunked, failureOf, headOf, until, untilIdle, withFetch } from "./support.ts";

const FACTS: ResponseFacts = {
  code: 201,
  status: "Made",
  minorVersion: 1,
  url: "http://a.example/b#c",
  redirects: ["http://a.example/a"],
  rawHeaders: [["X-A", "1"], ["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]],
  trailers: { "x-sum": "1" },
  connection: undefined,
  timings: { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 },
};

const bytes = (text: string) => new TextEncoder().encode(text);

/** A response with this text. */
function responseOf(text: string, more = {}): FetchResponse {
  return new FetchResponse({ facts: FACTS, bytes: bytes(text), maxBytes: 1000, ...more });
}

Deno.test(`a response is a Response to everybody`, async () => {
  const response = responseOf("hello");
  assertInstanceOf(response, Response);
  const { status, statusText, ok, url, redirected, type, bodyUsed } = response;
  assertEquals([status, statusText, ok, bodyUsed], [201, "Made", true, false]);
  assertEquals([url, redirected, type], ["http://a.example/b", true, "basic"]);
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertStrictEquals(response.headers, response.headers);
  assertThrows(() => response.headers.set("a", "b"), TypeError, "immutable");
  // The runtime's own functions, which look behind what an object says.
  const proto = Object.getOwnPropertyDescriptors(Response.prototype);
  assertEquals(proto.status!.get!.call(response), 201);
  assertEquals(proto.headers!.get!.call(response).get("x-a"), "1");
  assertEquals(await Response.prototype.clone.call(response).text(), "hello");
  assert(Deno.inspect(response).includes("status: 201"));
  assertEquals(await Response.prototype.text.call(response), "hello");
  assert(response.bodyUsed);
});

Deno.test(`the body of a response is read once, in each way`, async () => {
  const get = () => responseOf('{"a":1}');
  assertEquals(await get().text(), '{"a":1}');
  assertEquals(await get().json(), { a: 1 });
  assertEquals(await get().bytes(), bytes('{"a":1}'));
  assertEquals(new Uint8Array(await get().arrayBuffer()), bytes('{"a":1}'));
  assertEquals(await (await get().blob()).text(), '{"a":1}');
  assertEquals(await new Response(get().body).text(), '{"a":1}');
  const response = get();
  assertEquals(await response.text(), '{"a":1}');
  assert(response.bodyUsed);
  assert(response.body!.locked);
  for (const again of ["text", "json", "bytes", "arrayBuffer", "blob", "formData"] as const) {
    await assertRejects(() => response[again](), TypeError);
  }
  assertThrows(() => response.clone(), TypeError);
});

Deno.test(`a response may be cloned`, async () => {
  const response = responseOf("hello");
  const copy = response.clone();
  assertInstanceOf(copy, FetchResponse);
  assertEquals([copy.status, copy.url, copy.redirected], [201, "http://a.example/b", true]);
  assertEquals(copy.rawHeaders, FACTS.rawHeaders);
  assertEquals((await copy.trailers).get("x-sum"), "1");
  const again = copy.clone();
  assertEquals(await response.text(), "hello");
  assertEquals([await copy.text(), await again.text()], ["hello", "hello"]);
});

Deno.test(`a response may have no body, and a status that no other may`, async () => {
  const facts = { ...FACTS, code: 101, status: "a\u0100" };
  const response = new FetchResponse({ facts, maxBytes: 0 });
  assertEquals([response.status, response.statusText, response.ok], [101, "a\u0100", false]);
  assertEquals([response.body, await response.text(), response.bodyUsed], [null, "", false]);
  assertEquals(response.clone().status, 101);
});

Deno.test(`an abort ends what was not read of a response`, async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const open = Array.from({ length: 3 }, () => responseOf("hello", { signal }));
  const { body } = open[2]!;
  controller.abort("why");
  assertEquals(await failureOf(open[0]!.text()), "why");
  assertEquals(await failureOf(open[1]!.body!.getReader().read()), "why");
  // It was asked for before, and is all there.
  assertEquals(await new Response(body).text(), "hello");
});

Deno.test("a byte stream is what the body is, wherever it was", async () => {
  const reader = responseOf("hello").body!.getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(2));
  assertEquals(value, bytes("he"));
  await reader.cancel();
});

Deno.test("a given up response has no body any more", async () => {
  const response = responseOf("hello");
  response[Symbol.dispose]();
  await assertRejects(() => response.text(), TypeError);
  assert(response.bodyUsed);
  {
    await using unread = responseOf("hello");
    assert(!unread.body!.locked);
  }
});

Deno.test("using, await using and cancel() give a long body up", async () => {
  const long = (conn: { send(text: string): Promise<void> }) => conn.send(headOf(1e6) + "x");
  await withFetch(async (conn) => {
    await conn.readRequest();
    await long(conn);
    await conn.readToEnd();
  }, async (peer, client) => {
    {
      using response = await client.fetch(peer.url());
      assertEquals([response.status, client.stats().active], [200, 1]);
    }
    assertEquals(client.stats().connections, 0);
    {
      await using response = await client.fetch(peer.url());
      const reader = response.body!.getReader();
      assertEquals((await reader.read()).value?.length, 1);
    }
    assertEquals(client.stats().connections, 0);
    const response = await client.fetch(peer.url());
    await response.body!.cancel();
    assertEquals(client.stats().connections, 0);
  });
});

Deno.test("trailers come with the end of the body, and fail with it", async () => {
  await withFetch(async (conn) => {
    for (let request; (request = await conn.readRequest()) !== undefined;) {
      await conn.send(chunked("abc"));
      await conn.released.wait();
      if (request.target === "/cut") return conn.close();
      await conn.send("0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n");
    }
  }, async (peer, client) => {
    const response = await client.fetch(peer.url());
    const trailers = response.trailers;
    const copy = response.clone();
    peer.conns[0]!.released.happen();
    assertEquals(await response.text(), "abc");
    assertEquals((await trailers).get("x-sum"), "1, 2");
    assertEquals((await copy.trailers).get("x-sum"), "1, 2");
    assertEquals(await copy.text(), "abc");
    const { total } = response.timings;
    assert(total > 0);
    // Nobody handles this one.
    const cut = await client.fetch(peer.url("/cut"));
    cut.trailers;
    await assertRejects(() => cut.text(), TypeError, "Cannot read body of");
    await assertRejects(() => cut.trailers, TypeError, "Cannot read body of");
  });
});

Deno.test("upgrade() gives the connection once, whatever else is fetched meanwhile", async () => {
  await withFetch(async (conn) => {
    while ((await conn.readRequest())?.target === "/") await conn.send(answer());
    await conn.send("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nahead");
    await conn.readToEnd();
  }, async (peer, client) => {
    const headers = { Connection: "upgrade", Upgrade: "x" };
    const response = await client.fetch(peer.url("/up"), { headers });
    assertEquals([response.status, response.body, response.ok], [101, null, false]);
    const other = await client.fetch(peer.url("/"));
    assertEquals(await other.text(), "ok");
    assertThrows(() => other.upgrade(), TypeError, "the status is 200");
    using socket = response.upgrade();
    const into = new Uint8Array(9);
    assertEquals(await socket.read(into), 5);
    assertEquals(new TextDecoder().decode(into.subarray(0, 5)), "ahead");
    assertThrows(() => response.upgrade(), TypeError, "given before");
    // One that nobody asks for goes with its response.
    const unused = await client.fetch(peer.url("/up"), { headers });
    unused[Symbol.dispose]();
    await until("the peer sees the end", () => peer.conns.at(-1)!.ended);
    await assertRejects(() => client.fetch(peer.url("/up")), TypeError, "asked for no upgrade");
  });
});

Deno.test("what a response says of its way", async () => {
  await withFetch(
    (conn) =>
      conn.serve(({ target }) =>
        target === "/"
          ? answer("", "Location: /to\r\n", "302 Found")
          : answer("ok", "X-Case: A\r\n")
      ),
    async (peer, client) => {
      const response = await client.fetch(peer.url("/"));
      assertEquals(response.redirects, [peer.url("/")]);
      assertEquals(response.url, peer.url("/to"));
      assertEquals(response.rawHeaders[0], ["X-Case", "A"]);
      assertEquals([response.httpVersion, response.connection?.reused], ["HTTP/1.1", true]);
      assertEquals((response.connection!.remoteAddr as Deno.NetAddr).port, peer.port);
      await untilIdle(client);
    },
  );
});

Deno.test("a server that passes a decoded response on sends it without what said how it was coded", async () => {
  const coded = textOf(encode("gzip", bytes("hello")));
  const fields = "Content-Encoding: gzip\r\nX-A: 1\r\n";
  await withFetch(
    (conn) => conn.serve(() => headOf(coded.length, fields) + coded),
    async (peer, client) => {
      const quiet = { hostname: "127.0.0.1", port: 0, onListen() {} };
      await using server = Deno.serve(quiet, () => client.fetch(peer.url()));
      const headers = { Connection: "close" };
      const response = await client.fetch(`http://127.0.0.1:${server.addr.port}/`, { headers });
      assertEquals(response.headers.get("content-encoding"), null);
      assertEquals([response.headers.get("x-a"), await response.text()], ["1", "hello"]);
    },
  );
});
