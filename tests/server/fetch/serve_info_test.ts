import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { ServeInfo } from "../../../server/mod.ts";
import { ClosedError } from "../../../wire/errors.ts";
import { exchangeOf } from "../../../server/fetch/incoming_request.ts";
import { SwitchingResponse } from "../../../server/fetch/switching_response.ts";
import { FetchServer } from "./fetched.ts";

Deno.test("an info has both addresses, the version and the fields as they were sent", async () => {
  const seen: unknown[] = [];
  await using test = new FetchServer((_request, info) => {
    const { remoteAddr, localAddr, httpVersion, rawHeaders } = info;
    seen.push([remoteAddr, localAddr, httpVersion, rawHeaders]);
    return new Response();
  });
  using client = await test.connect();
  await client.send("GET / HTTP/1.0\r\nHOST: a\r\nx-A: 1\r\nX-a: 2\r\n\r\n");
  await client.readAll();
  const { localAddr, remoteAddr } = client.conn;
  assertEquals(seen, [[localAddr, remoteAddr, "HTTP/1.0", [["HOST", "a"], ["x-A", "1"], [
    "X-a",
    "2",
  ]]]]);
});

Deno.test("completed tells what was sent", async () => {
  let completed: Promise<unknown> | undefined;
  await using test = new FetchServer((_request, info) => {
    completed = info.completed;
    return new Response("hello", { status: 201 });
  });
  await test.ask("GET /");
  assertEquals(await completed, { status: 201, bytesSent: 5, completed: true });
});

Deno.test("the trailers of a request are there when its body was read, or never", async () => {
  const trailers: Promise<Headers>[] = [];
  await using test = new FetchServer(async (request, info) => {
    trailers.push(info.trailers);
    return new Response(request.method === "PUT" ? "unread" : await request.text());
  });
  using client = await test.connect();
  const head = "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  await client.send(`POST / HTTP/1.1\r\n${head}1\r\na\r\n0\r\nX-T: 1\r\nX-T: 2\r\n\r\n`);
  assertEquals((await client.readResponse()).body, "a");
  assertEquals([...await trailers[0]!], [["x-t", "1, 2"]]);
  await client.ask("GET /");
  assertEquals([...await trailers[1]!], []);
  await client.send(`PUT / HTTP/1.1\r\n${head}1\r\na\r\n0\r\nX-T: 1\r\n\r\n`);
  await client.readResponse();
  await assertRejects(() => trailers[2]!, ClosedError, "not read");
});

Deno.test("sendInformational() sends what any HeadersInit holds", async () => {
  await using test = new FetchServer(async (_request, info) => {
    await info.sendInformational(103, [["Link", "</a>"], ["Link", "</b>"]]);
    await info.sendInformational(102);
    return new Response("ok");
  });
  using client = await test.connect();
  await client.request("GET /");
  assertEquals(await client.readHead(), {
    status: 103,
    reason: "Early Hints",
    headers: { link: "</a>, </b>" },
  });
  assertEquals((await client.readHead()).status, 102);
  assertEquals((await client.readResponse()).body, "ok");
});

Deno.test("sendInformational() and upgrade() say what was wrong", async () => {
  const wrong: ((info: ServeInfo) => Promise<unknown>)[] = [
    (info) => info.sendInformational(200),
    (info) => info.sendInformational(103, { Connection: "close" }),
    (info) => info.upgrade({ Upgrade: "x" }),
  ];
  for (const act of wrong) {
    await using test = new FetchServer(async (_request, info) => {
      await act(info);
      return new Response();
    });
    assertEquals((await test.ask("GET /")).status, 500);
    assertInstanceOf(test.errors[0], Error);
  }
});

Deno.test("upgrade() gives the connection, also to CONNECT, and what the handler returns is ignored", async () => {
  for (
    const line of ["GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade", "CONNECT a:1 HTTP/1.1"]
  ) {
    await using test = new FetchServer(async (_request, info) => {
      const { conn, buffered } = await info.upgrade({ Upgrade: "x", "X-A": "1" });
      await conn.write(buffered);
      conn.close();
      return undefined as unknown as Response;
    });
    using client = await test.connect();
    await client.send(`${line}\r\nHost: a:1\r\n\r\nrest`);
    const { status, headers } = await client.readHead();
    assertEquals([status, headers["x-a"]], [line.startsWith("GET") ? 101 : 200, "1"]);
    assertEquals([await client.readAll(), test.errors], ["rest", []]);
  }
});

Deno.test("an upgrade that fails leaves the response as it was", async () => {
  await using test = new FetchServer(async (_request, info) => {
    await info.upgrade({ Upgrade: "x", "X-Secret": "1" }).catch(() => {});
    return new Response("no upgrade", { status: 426 });
  });
  const { status, headers } = await test.ask("GET /");
  assertEquals([status, headers["x-secret"], headers["upgrade"]], [426, undefined, undefined]);
});

Deno.test("an info may be taken apart", async () => {
  await using test = new FetchServer(async (_request, { sendInformational, sendTrailers }) => {
    await sendInformational(103, { Link: "</a>" });
    sendTrailers({ "x-t": "1" });
    return new Response("ok");
  });
  using client = await test.connect();
  await client.request("GET /");
  assertEquals((await client.readHead()).status, 103);
  assertEquals((await client.readResponse()).trailers, { "x-t": "1" });
});

Deno.test("an upgrade that nobody waits for, and fails, leaves nothing in the answer", async () => {
  await using test = new FetchServer((_request, info) => {
    info.upgrade({ Upgrade: "x" }).catch(() => {});
    return new Response("plain");
  });
  const { body, headers } = await test.ask("GET /");
  assertEquals([body, headers["upgrade"], headers["connection"]], ["plain", undefined, undefined]);
});

Deno.test("an upgrade tells who was to have the connection before", async () => {
  const told = Promise.withResolvers<unknown>();
  await using test = new FetchServer(async (request, info) => {
    const taker = { take: () => {}, fail: told.resolve };
    exchangeOf(request)!.switching = new SwitchingResponse({ Upgrade: "x" }, taker);
    const { conn, response } = await info.upgrade({ Upgrade: "y" });
    conn.close();
    return response;
  });
  using client = await test.connect();
  await client.request("GET /", ["Upgrade: y", "Connection: upgrade"]);
  await client.readAll();
  assertInstanceOf(await told.promise, TypeError);
});
