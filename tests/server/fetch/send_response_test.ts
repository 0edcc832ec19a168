import { assertEquals, assertInstanceOf } from "@std/assert";
import { serveFiles } from "../../../server/mod.ts";
import { exchangeOf } from "../../../server/fetch/incoming_request.ts";
import { SwitchingResponse } from "../../../server/fetch/switching_response.ts";
import { FetchServer } from "./fetched.ts";

/** Serves one Response and gives what arrived, and the errors. */
async function answer(make: () => unknown, line = "GET /") {
  await using test = new FetchServer(() => make() as Response);
  const { status, reason, headers, body } = await test.ask(line);
  delete headers["date"];
  return { status, reason, headers, body, errors: test.errors };
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

Deno.test("a Response of text is its text and its type", async () => {
  assertEquals(await answer(() => new Response("hé")), {
    status: 200,
    reason: "OK",
    headers: { "content-type": "text/plain;charset=UTF-8", "content-length": "3" },
    body: "h\xc3\xa9",
    errors: [],
  });
});

Deno.test("status, reason and fields are those of the Response", async () => {
  const { status, reason, headers, body } = await answer(() =>
    new Response(encode("ab"), { status: 418, statusText: "Short", headers: { "X-A": "\xe9" } })
  );
  assertEquals([status, reason, headers, body], [
    418,
    "Short",
    { "x-a": "\xe9", "content-length": "2" },
    "ab",
  ]);
});

Deno.test("each Set-Cookie is a field of its own", async () => {
  const headers: [string, string][] = [["set-cookie", "a=1"], ["x", "y"], ["set-cookie", "b=2"]];
  await using test = new FetchServer(() => new Response(null, { status: 204, headers }));
  using client = await test.connect();
  await client.request("GET /");
  const [head = ""] = (await client.take(80)).split("\r\n\r\n");
  assertEquals(head.startsWith("HTTP/1.1 204 No Content\r\n"), true);
  const raw = await answer(() => new Response(null, { status: 204, headers }));
  assertEquals(raw.headers, { "set-cookie": "a=1, b=2", x: "y" });
});

Deno.test("what frames the message is up to the server", async () => {
  const headers = { "Transfer-Encoding": "chunked", Connection: "keep-alive", "Keep-Alive": "x=1" };
  assertEquals((await answer(() => new Response("ab", { headers }))).headers, {
    "content-type": "text/plain;charset=UTF-8",
    "content-length": "2",
  });
  const closing = await answer(() => new Response("ab", { headers: { Connection: "x, Close" } }));
  assertEquals(closing.headers["connection"], "close");
});

Deno.test("a body of known length is announced, others are chunked", async () => {
  const blob = await answer(() => new Response(new Blob(["abc"], { type: "image/png" })));
  assertEquals([blob.headers, blob.body], [
    { "content-type": "image/png", "content-length": "3" },
    "abc",
  ]);
  const stream = () => new Response(ReadableStream.from([encode("a"), encode("bc")]));
  const { headers, body } = await answer(stream);
  assertEquals([headers, body], [{ "transfer-encoding": "chunked" }, "abc"]);
  const announced = await answer(() =>
    new Response(stream().body, { headers: { "Content-Length": "3" } })
  );
  assertEquals([announced.headers, announced.body], [{ "content-length": "3" }, "abc"]);
});

Deno.test("HEAD gets the fields that GET would, and its stream is cancelled", async () => {
  assertEquals((await answer(() => new Response("abc"), "HEAD /")).headers["content-length"], "3");
  const empty = await answer(() => new Response(""), "HEAD /");
  assertEquals(empty.headers["content-length"], "0");
  const unknown = await answer(() => new Response(null), "HEAD /");
  assertEquals(unknown.headers["content-length"], undefined);
  assertEquals((await answer(() => new Response(new Blob(["ab"])), "HEAD /")).headers, {
    "content-length": "2",
  });
  let pulled = 0;
  const cancelled = Promise.withResolvers<unknown>();
  const stream = new ReadableStream({
    pull: () => void pulled++,
    cancel: cancelled.resolve,
  }, { highWaterMark: 0 });
  assertEquals((await answer(() => new Response(stream), "HEAD /")).body, "");
  assertInstanceOf(await cancelled.promise, TypeError);
  assertEquals(pulled, 1);
});

Deno.test("Response.error() is a 500, and a Response without a body has none", async () => {
  const failed = await answer(() => Response.error());
  assertEquals([failed.status, failed.errors.length], [500, 1]);
  const { headers, body } = await answer(() => new Response());
  assertEquals([headers, body], [{ "content-length": "0" }, ""]);
  const redirect = await answer(() => Response.redirect("http://a/b", 307));
  assertEquals([redirect.status, redirect.headers["location"]], [307, "http://a/b"]);
});

Deno.test("what is no Response, or was used, is a 500 and an error", async () => {
  const used = new Response("a", { status: 201 });
  await used.text();
  const locked = new Response("a", { status: 201 });
  locked.body!.getReader();
  const twice = new Response("twice");
  await answer(() => twice);
  const bad = [undefined, null, "text", {}, { status: 200 }, used, locked, twice];
  for (const value of bad) {
    const { status, body, errors } = await answer(() => value);
    assertEquals([status, body, errors.length], [500, "Internal Server Error\n", 1]);
    assertInstanceOf(errors[0], TypeError);
  }
});

Deno.test("of a body in memory the length is its own, whatever the application says", async () => {
  for (const length of ["2", "5", "x", "-3", "3, 3"]) {
    const headers = { "Content-Length": length };
    const { status, headers: sent, body, errors } = await answer(() =>
      new Response("abc", { headers })
    );
    assertEquals([status, sent["content-length"], body, errors], [200, "3", "abc", []]);
    const none = await answer(() => new Response(null, { headers }));
    assertEquals([none.headers["content-length"], none.errors], ["0", []]);
  }
});

Deno.test("of a body that is not there the length is what the application says", async () => {
  const headers = { "Content-Length": "5, 5" };
  const head = await answer(() => new Response(null, { headers }), "HEAD /");
  assertEquals([head.headers["content-length"], head.errors], ["5", []]);
  const old = await answer(() => new Response(null, { headers, status: 304 }));
  assertEquals([old.headers["content-length"], old.errors], ["5", []]);
  const bad = await answer(
    () => new Response(null, { headers: { "Content-Length": "x" } }),
    "HEAD /",
  );
  assertEquals([bad.status, bad.errors.length], [500, 1]);
});

Deno.test("a body in memory that somebody looked at is still one in memory", async () => {
  for (const body of ["abc", encode("abc")]) {
    const { headers, body: sent } = await answer(() => {
      const response = new Response(body);
      response.body!.getReader().releaseLock();
      return response;
    });
    assertEquals([headers["content-length"], sent], ["3", "abc"]);
  }
});

Deno.test("an application that writes a few pieces for HEAD does not notice", async () => {
  const written = Promise.withResolvers<void>();
  await using test = new FetchServer(() => {
    const { readable, writable } = new TransformStream();
    (async () => {
      const writer = writable.getWriter();
      await writer.write(encode("a"));
      await writer.write(encode("b"));
      await writer.close();
    })().then(written.resolve, written.reject);
    return new Response(readable);
  });
  assertEquals((await test.ask("HEAD /")).status, 200);
  await written.promise;
});

Deno.test("a file of serveFiles is sent as a file, also in a Response of one's own", async () => {
  const folder = await Deno.makeTempDir();
  const content = new Uint8Array(300_000).map((_, i) => i);
  await Deno.writeFile(`${folder}/a.bin`, content);
  const files = serveFiles({ docroot: folder });
  await using test = new FetchServer(async (request) => {
    const response = await files(request);
    if (!request.url.includes("wrapped")) return response;
    return new Response(response.body, response);
  });
  for (const path of ["/a.bin", "/a.bin?wrapped"]) {
    const whole = await test.ask(`GET ${path}`);
    assertEquals([whole.status, whole.body.length, whole.body.charCodeAt(299_999)], [
      200,
      300_000,
      content[299_999],
    ]);
    const part = await test.ask(`GET ${path}`, ["Range: bytes=100000-299998"]);
    assertEquals([part.status, part.body.length, part.body.charCodeAt(0)], [
      206,
      199_999,
      content[100_000],
    ]);
  }
  assertEquals([test.server.stats().openFiles, test.errors], [0, []]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a SwitchingResponse gives the connection to its taker, or tells it why not", async () => {
  const taken = Promise.withResolvers<string>();
  const failed = Promise.withResolvers<unknown>();
  await using test = new FetchServer(() =>
    new SwitchingResponse({ Upgrade: "shout", Connection: "Upgrade", "X-A": "1" }, {
      async take({ conn, buffered }) {
        taken.resolve(new TextDecoder().decode(buffered));
        await conn.write(encode("HELLO"));
        conn.close();
      },
      fail: failed.resolve,
    })
  );
  using client = await test.connect();
  await client.send(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: shout\r\nConnection: upgrade\r\n\r\nhey",
  );
  const { status, headers } = await client.readHead();
  assertEquals([status, headers["upgrade"], headers["connection"], headers["x-a"]], [
    101,
    "shout",
    "upgrade",
    "1",
  ]);
  assertEquals([await taken.promise, await client.readAll()], ["hey", "HELLO"]);
  assertEquals((await test.ask("GET /")).status, 500);
  assertInstanceOf(await failed.promise, TypeError);
});

Deno.test("a Response of status 101 that is not ours is refused with what to do", async () => {
  const foreign = new Response();
  Object.defineProperty(foreign, "status", { value: 101 });
  const { status, errors } = await answer(() => foreign);
  assertEquals([status, String(errors[0]).includes("upgradeWebSocket")], [500, true]);
});

Deno.test("a copy of a SwitchingResponse, with more fields, switches protocols too", async () => {
  await using test = new FetchServer((request) => {
    const headers = new Headers({ Upgrade: "shout" });
    const response = exchangeOf(request)!.switching = new SwitchingResponse(headers, {
      take: ({ conn }) => conn.close(),
      fail: () => {},
    });
    return new Response(null, {
      status: 101,
      headers: { ...Object.fromEntries(response.headers), "X-A": "1" },
    });
  });
  using client = await test.connect();
  await client.request("GET /", ["Upgrade: shout", "Connection: upgrade"]);
  const { status, headers } = await client.readHead();
  assertEquals([status, headers["x-a"], headers["upgrade"]], [101, "1", "shout"]);
});

Deno.test("who was to have the connection is told when another Response is returned, or none", async () => {
  for (const fails of [false, true]) {
    const told = Promise.withResolvers<unknown>();
    await using test = new FetchServer((request) => {
      const taker = { take: () => {}, fail: told.resolve };
      exchangeOf(request)!.switching = new SwitchingResponse({ Upgrade: "x" }, taker);
      if (fails) throw new Error("boom");
      return new Response("instead");
    });
    assertEquals((await test.ask("GET /")).status, fails ? 500 : 200);
    assertInstanceOf(await told.promise, Error);
  }
});

Deno.test("the body of a Response that is not sent is cancelled", async () => {
  const cases: [string, (body: ReadableStream) => Response, string?][] = [
    ["a bad length", (body) => new Response(body, { headers: { "Content-Length": "x" } })],
    ["a status of no use", (body) => {
      const response = new Response(body);
      Object.defineProperty(response, "status", { value: 99 });
      return response;
    }],
    ["an answer to CONNECT", (body) => new Response(body), "CONNECT a:1"],
  ];
  for (const [what, make, line] of cases) {
    const cancelled = Promise.withResolvers<unknown>();
    const { status } = await answer(
      () => make(new ReadableStream({ cancel: cancelled.resolve }, { highWaterMark: 0 })),
      line,
    );
    assertEquals(status, 500, what);
    assertInstanceOf(await cancelled.promise, Error, what);
  }
});

Deno.test("a SwitchingResponse sends each of its cookies by itself", async () => {
  await using test = new FetchServer(() =>
    new SwitchingResponse([["Upgrade", "x"], ["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]], {
      take: ({ conn }) => conn.close(),
      fail: () => {},
    })
  );
  using client = await test.connect();
  await client.request("GET /", ["Upgrade: x", "Connection: upgrade"]);
  const text = await client.readAll();
  assertEquals(text.match(/set-cookie: .*/gi), ["set-cookie: a=1", "set-cookie: b=2"]);
});

Deno.test("the Response of a fetch that undid a coding is sent without what spoke of that", async () => {
  const text = "All work and no play. ".repeat(100);
  const packed = await new Response(
    new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  for (const body of [() => packed, () => ReadableStream.from([packed])]) {
    const headers = { "Content-Encoding": "gzip", "X-A": "1" };
    await using upstream = new FetchServer(() => new Response(body(), { headers }));
    await using test = new FetchServer(() => fetch(upstream.url()));
    using http = Deno.createHttpClient({});
    const { headers: sent, body: received } = await test.ask("GET /");
    assertEquals([sent["content-encoding"], sent["x-a"], received], [undefined, "1", text]);
    assertEquals((await test.ask("HEAD /")).headers["content-encoding"], undefined);
    assertEquals(await (await fetch(test.url(), { client: http })).text(), text);
    assertEquals(test.errors, []);
  }
});
