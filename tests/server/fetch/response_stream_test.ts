import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ClosedError } from "../../../wire/errors.ts";
import { FetchServer } from "./fetched.ts";

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

Deno.test("a piece leaves when nothing more is there, and the head even before the first", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  await using test = new FetchServer(() => new Response(readable));
  using client = await test.connect();
  await client.request("GET /");
  assertEquals((await client.readHead()).status, 200);
  for (const text of ["a", "bc"]) {
    writer.write(encode(text));
    assertEquals(await client.take(3 + text.length + 2), `${text.length}\r\n${text}\r\n`);
  }
  writer.close();
  assertEquals(await client.take(5), "0\r\n\r\n");
});

Deno.test("pieces that are there at once leave together with the head", async () => {
  await using test = new FetchServer(() =>
    new Response(ReadableStream.from([encode("a"), encode("b")]))
  );
  using client = await test.connect();
  await client.request("GET /");
  const into = new Uint8Array(1000);
  const text = new TextDecoder().decode(into.subarray(0, await client.conn.read(into) ?? 0));
  assertEquals(text.split("\r\n\r\n")[1], "1\r\na\r\n1\r\nb\r\n0");
});

Deno.test("a stream that throws cuts the connection, whenever it does", async () => {
  for (const after of [0, 1, 2]) {
    let count = 0;
    await using test = new FetchServer(() =>
      new Response(
        new ReadableStream({
          pull(controller) {
            if (count++ < after) controller.enqueue(encode("a"));
            else throw new Error("boom");
          },
        }, { highWaterMark: 0 }),
      )
    );
    using client = await test.connect();
    await client.request("GET /", ["Connection: close"]);
    const text = await client.readAll();
    assertEquals(text.endsWith("0\r\n\r\n"), false, `after ${after}`);
    assertEquals(test.errors.map(String), ["Error: boom"]);
    // Before anything left, an error can still be said.
    assertEquals(text.startsWith("HTTP/1.1 500 "), after === 0, `after ${after}`);
  }
});

Deno.test("a piece that is no bytes cuts the connection, and the stream is cancelled", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await using test = new FetchServer(() =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(encode("a"));
          controller.enqueue("text" as never);
        },
        cancel: cancelled.resolve,
      }),
    )
  );
  using client = await test.connect();
  await client.request("GET /");
  assertEquals((await client.readAll()).endsWith("0\r\n\r\n"), false);
  assertInstanceOf(test.errors[0], TypeError);
  assertEquals(await cancelled.promise, test.errors[0]);
});

Deno.test("a stream shorter than announced cuts the connection; a longer one is cut", async () => {
  const answer = (length: number): Response =>
    new Response(ReadableStream.from([encode("abc")]), {
      headers: { "Content-Length": `${length}` },
    });
  await using test = new FetchServer((request) =>
    answer(Number(new URL(request.url).search.slice(1)))
  );
  using client = await test.connect();
  await client.request("GET /?5");
  await client.readHead();
  assertEquals(await client.readAll(), "abc");
  using other = await test.connect();
  await other.request("GET /?2");
  await other.readHead();
  assertEquals(await other.readAll(), "");
  assertEquals(test.errors.map((error) => error instanceof RangeError), [true, true]);
});

Deno.test("a stream is not pulled far ahead of a client that does not read", async () => {
  let pulled = 0;
  const piece = new Uint8Array(65536);
  const cancelled = Promise.withResolvers<unknown>();
  const stalled = Promise.withResolvers<void>();
  await using test = new FetchServer(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          pulled++;
          const before = pulled;
          controller.enqueue(piece);
          // Nothing says when the socket is full; a while without another pull is taken for it. If it is too short, the
          // client leaves earlier, which changes nothing of what is asserted.
          setTimeout(() => pulled === before && stalled.resolve(), 50);
        },
        cancel: cancelled.resolve,
      }, { highWaterMark: 0 }),
    )
  );
  {
    using client = await test.connect();
    await client.request("GET /");
    await stalled.promise;
    assert(pulled < 400, `${pulled} pieces of 64 KiB`);
  }
  assertInstanceOf(await cancelled.promise, ClosedError);
  assertEquals(test.errors, []);
});

Deno.test("a client that leaves cancels a stream that has nothing to say", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const completed = Promise.withResolvers<unknown>();
  await using test = new FetchServer((_request, info) => {
    info.completed.catch(completed.resolve);
    return new Response(new ReadableStream({ cancel: cancelled.resolve }));
  });
  {
    using client = await test.connect();
    await client.request("GET /");
    await client.readHead();
  }
  assertInstanceOf(await cancelled.promise, ClosedError);
  assertInstanceOf(await completed.promise, ClosedError);
  assertEquals(test.errors, []);
});

Deno.test("an endless stream ends with its server", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await using test = new FetchServer(() =>
    new Response(new ReadableStream({ cancel: cancelled.resolve }))
  );
  using client = await test.connect();
  await client.request("GET /");
  await client.readHead();
  assertEquals(await test.server.shutdown({ timeout: 0 }), { drained: 0, cut: 1 });
  assertInstanceOf(await cancelled.promise, ClosedError);
});

Deno.test("a stream of a file is sent whole, with and without a length, and the file is closed", async () => {
  const path = await Deno.makeTempFile();
  const content = new Uint8Array(1_000_003).map((_, i) => i * 7);
  await Deno.writeFile(path, content);
  const expected = new TextDecoder("latin1").decode(content.map((byte) => byte & 127));
  await using test = new FetchServer(async (request) => {
    const file = await Deno.open(path);
    const headers: HeadersInit = request.url.includes("length")
      ? { "Content-Length": "1000003" }
      : {};
    return new Response(file.readable, { headers });
  });
  for (const target of ["/", "/?length"]) {
    const { headers, body } = await test.ask(`GET ${target}`);
    assertEquals(headers["content-length"], target === "/" ? undefined : "1000003");
    const masked = body.replace(
      /[\x80-\xff]/g,
      (it) => String.fromCharCode(it.charCodeAt(0) & 127),
    );
    assert(masked === expected, target);
  }
  assertEquals(test.errors, []);
  await Deno.remove(path);
});

Deno.test("a stream of bytes of the application's own is read as it gives them", async () => {
  const seen: unknown[] = [];
  await using test = new FetchServer(() =>
    new Response(
      new ReadableStream({
        type: "bytes",
        pull(controller) {
          seen.push(controller.byobRequest);
          controller.enqueue(encode("ab"));
          controller.close();
        },
      }),
    )
  );
  assertEquals([(await test.ask("GET /")).body, seen], ["ab", [null]]);
});

Deno.test("a stream that fails with nothing is a failure all the same", async () => {
  const completed = Promise.withResolvers<unknown>();
  await using test = new FetchServer((_request, info) => {
    info.completed.then(completed.resolve, completed.resolve);
    return new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(encode("a")),
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          controller.error();
        },
      }),
    );
  });
  using client = await test.connect();
  await client.request("GET /");
  assertEquals((await client.readAll()).endsWith("0\r\n\r\n"), false);
  assertInstanceOf(await completed.promise, Error);
});

Deno.test("a stream of nothing does not keep others from being served", async () => {
  await using test = new FetchServer((request) =>
    request.url.endsWith("other") ? new Response("other") : new Response(
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(0)) }, {
        highWaterMark: 0,
      }),
    )
  );
  using client = await test.connect();
  await client.request("GET /");
  assertEquals((await test.ask("GET /other")).body, "other");
  assertEquals((await test.ask("HEAD /")).status, 200);
  assertEquals((await test.ask("GET /other")).body, "other");
});

Deno.test("HEAD is answered although its stream's source does not let go", async () => {
  const held = Promise.withResolvers<void>();
  await using test = new FetchServer(() =>
    new Response(new ReadableStream({ cancel: () => held.promise }))
  );
  assertEquals((await test.ask("HEAD /")).status, 200);
  held.resolve();
});
