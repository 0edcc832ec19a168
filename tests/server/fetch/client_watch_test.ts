import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ClosedError } from "../../../wire/errors.ts";
import { FetchServer } from "./fetched.ts";

/** A server whose handler waits for its signal; `act` gets a client whose request is being handled. */
async function untilAborted(
  act: (test: FetchServer, close: () => void) => void | Promise<void>,
  line = "GET /",
): Promise<DOMException> {
  const started = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<DOMException>();
  await using test = new FetchServer(async (request) => {
    if (request.method === "PUT") await request.text();
    request.signal.onabort = () => aborted.resolve(request.signal.reason);
    started.resolve();
    await aborted.promise;
    return new Response("late");
  });
  using client = await test.connect();
  await client.request(line, [], line.startsWith("GET") ? "" : "body");
  await started.promise;
  await act(test, () => client.close());
  return await aborted.promise;
}

Deno.test("the signal of a request aborts when its client leaves", async () => {
  for (const line of ["GET /", "PUT /"]) {
    const reason = await untilAborted((_test, close) => close(), line);
    assertInstanceOf(reason, DOMException);
    assertEquals([reason.name, reason.message.includes("client left")], ["AbortError", true]);
  }
});

Deno.test("the signal of a request aborts when the server begins to shut down", async () => {
  let done: Promise<unknown> | undefined;
  const reason = await untilAborted((test) => {
    done = test.server.shutdown();
  });
  assertEquals([reason.name, reason.message], ["AbortError", "The server is shutting down"]);
  await done;
});

Deno.test("the signal of a request aborts when the server closes", async () => {
  const reason = await untilAborted((test) => test.server.close());
  assertEquals(reason.name, "AbortError");
});

Deno.test("a request that began while the server shuts down has an aborted signal", async () => {
  const signals: boolean[] = [];
  const started = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using test = new FetchServer(async (request) => {
    started.resolve();
    await go.promise;
    signals.push(request.signal.aborted);
    return new Response("ok");
  });
  const answer = test.ask("GET /");
  await started.promise;
  const down = test.server.shutdown();
  go.resolve();
  assertEquals([(await answer).body, signals], ["ok", [true]]);
  assertEquals(await down, { drained: 1, cut: 0 });
});

Deno.test("the signal of a request that was answered stays as it is", async () => {
  const signals: AbortSignal[] = [];
  {
    await using test = new FetchServer(async (request, info) => {
      signals.push(request.signal);
      info.completed.then(() => {});
      return new Response(await request.text());
    });
    using client = await test.connect();
    assertEquals((await client.ask("POST /", [], "a")).body, "a");
    assertEquals((await client.ask("GET /")).body, "");
  }
  assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
});

Deno.test("requests that are sent ahead are not taken for a client that leaves, nor lost", async () => {
  const go = Promise.withResolvers<void>();
  const bodies: string[] = [];
  await using test = new FetchServer(async (request) => {
    const signal = request.signal;
    if (request.url.endsWith("/first")) await go.promise;
    bodies.push(await request.text());
    return new Response(String(signal.aborted));
  });
  using client = await test.connect();
  await client.request("GET /first");
  await client.request("POST /second", [], "x".repeat(20_000));
  await client.request("GET /third");
  go.resolve();
  for (let i = 0; i < 3; i++) assertEquals((await client.readResponse()).body, "false");
  assertEquals(bodies.map(({ length }) => length), [0, 20_000, 0]);
});

Deno.test("a client that has sent its last byte still gets an answer, though its signal aborts", async () => {
  const aborted = Promise.withResolvers<void>();
  await using test = new FetchServer(async (request) => {
    request.signal.onabort = () => aborted.resolve();
    await aborted.promise;
    return new Response("all the same");
  });
  using client = await test.connect();
  await client.request("GET /");
  await (client.conn as Deno.TcpConn).closeWrite();
  assertEquals((await client.readResponse()).body, "all the same");
});

Deno.test("a client that leaves in the middle of its body aborts the signal and the body", async () => {
  const started = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<unknown[]>();
  await using test = new FetchServer(async (request, info) => {
    const { signal } = request;
    started.resolve();
    const error = await request.text().catch((it) => it);
    const completed = info.completed.catch((it) => it);
    queueMicrotask(async () => seen.resolve([error, signal.aborted, await completed]));
    return new Response("late");
  });
  {
    using client = await test.connect();
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    await started.promise;
  }
  const [error, aborted, completed] = await seen.promise;
  assertInstanceOf(error, ClosedError);
  assertInstanceOf(completed, ClosedError);
  assertEquals(aborted, true);
});

Deno.test("an upgrade loses nothing although somebody watches over the client", async () => {
  await using test = new FetchServer(async (request, info) => {
    assert(!request.signal.aborted);
    const { conn, buffered, response } = await info.upgrade({ Upgrade: "echo" });
    const into = new Uint8Array(100);
    const count = await conn.read(into) ?? 0;
    await conn.write(new Uint8Array([...buffered, ...into.subarray(0, count)]));
    conn.close();
    return response;
  });
  using client = await test.connect();
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
  assertEquals((await client.readHead()).status, 101);
  await client.send("hello");
  assertEquals(await client.readAll(), "hello");
  assertEquals(test.errors, []);
});

Deno.test("an upgrade has at once what was there, while a read is under way", async () => {
  await using test = new FetchServer(async (request, info) => {
    assert(!request.signal.aborted);
    const { conn, buffered, response } = await info.upgrade({ Upgrade: "echo" });
    await conn.write(buffered);
    conn.close();
    return response;
  });
  using client = await test.connect();
  await client.send(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nearly",
  );
  await client.readHead();
  assertEquals(await client.readAll(), "early");
});

Deno.test("a watch that comes after the upgrade reads nothing of the connection", async () => {
  await using test = new FetchServer(async (request, info) => {
    const { conn, response } = await info.upgrade({ Upgrade: "echo" });
    assert(!request.signal.aborted);
    await info.completed;
    assert(new Request(request).method === "GET");
    await conn.write(new Uint8Array([62]));
    const into = new Uint8Array(100);
    const count = await conn.read(into) ?? 0;
    await conn.write(into.subarray(0, count));
    conn.close();
    return response;
  });
  using client = await test.connect();
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
  await client.readHead();
  assertEquals(await client.take(1), ">");
  await client.send("one");
  assertEquals([await client.readAll(), test.errors], ["one", []]);
});

Deno.test("one request's end leaves the signal of the next as it is", async () => {
  const aborted = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const kept: Request[] = [];
  await using test = new FetchServer(async (request) => {
    kept.push(request);
    request.signal.onabort = () => aborted.resolve();
    if (!request.url.endsWith("/2")) return new Response("one");
    assert(!kept[0]!.signal.aborted && !kept[0]!.clone().signal.aborted);
    started.resolve();
    await aborted.promise;
    return new Response("two");
  });
  using client = await test.connect();
  await client.request("GET /1");
  await client.request("GET /2");
  await client.readResponse();
  await started.promise;
  const down = test.server.shutdown();
  assertEquals((await client.readResponse()).body, "two");
  client.close();
  await down;
});

Deno.test("a body that is being handed out is not spoiled by whoever begins to watch", async () => {
  for (let steps = 0; steps < 6; steps++) {
    await using test = new FetchServer(async (request) => {
      const text = request.text();
      for (let i = 0; i < steps; i++) await undefined;
      assert(!request.signal.aborted);
      return new Response(await text);
    });
    using client = await test.connect();
    // Head and body fill the window to its last byte; what follows would begin a new one.
    const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ";
    const length = 4096 - head.length - "4000\r\n\r\n".length;
    await client.send(`${head}${length}\r\n\r\n${"b".repeat(length)}`);
    await client.send(`${head}4\r\n\r\nEEEE`);
    assertEquals((await client.readResponse()).body, "b".repeat(length));
    assertEquals((await client.readResponse()).body, "EEEE");
  }
});

Deno.test("a client that leaves is seen although its body is not read", async () => {
  for (const length of [1, 30_000]) {
    const cancelled = Promise.withResolvers<unknown>();
    await using test = new FetchServer(() =>
      new Response(new ReadableStream({ cancel: cancelled.resolve }))
    );
    {
      using client = await test.connect();
      await client.request("POST /", [], "x".repeat(length));
      await client.readHead();
    }
    assertInstanceOf(await cancelled.promise, ClosedError);
  }
});

Deno.test("what aborts with its request is not printed", async () => {
  const printed: unknown[] = [];
  const { error } = console;
  console.error = (...values: unknown[]) => void printed.push(values);
  try {
    const started = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<void>();
    await using test = new FetchServer(async (request) => {
      const aborted = Promise.withResolvers<void>();
      request.signal.onabort = () => aborted.resolve();
      started.resolve();
      await aborted.promise;
      queueMicrotask(failed.resolve);
      throw request.signal.reason;
    }, { onError: undefined });
    {
      using client = await test.connect();
      await client.request("GET /");
      await started.promise;
    }
    await failed.promise;
  } finally {
    console.error = error;
  }
  assertEquals(printed, []);
});

Deno.test("a large body is read in large pieces although somebody watches", async () => {
  const lengths: number[] = [];
  await using test = new FetchServer(async (request) => {
    assert(!request.signal.aborted);
    for await (const piece of request.body!) lengths.push(piece.length);
    return new Response("ok");
  });
  using client = await test.connect();
  await client.request("POST /", [], "x".repeat(2_000_000));
  assertEquals((await client.readResponse()).body, "ok");
  assertEquals(lengths.reduce((sum, it) => sum + it, 0), 2_000_000);
  assert(Math.max(...lengths) > 4096, `${Math.max(...lengths)}`);
});
