import { assertEquals, assertInstanceOf } from "@std/assert";
import { HttpError } from "../../../wire/errors.ts";
import type { ErrorContext } from "../../../server/mod.ts";
import { FetchServer } from "./fetched.ts";

/** Runs with what `console.error` gets. */
async function withConsole(run: () => Promise<void>): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const { error } = console;
  console.error = (...values: unknown[]) => void printed.push(values);
  try {
    await run();
  } finally {
    console.error = error;
  }
  return printed;
}

const boom = new Error("boom");
const failures: (() => Response | Promise<Response>)[] = [
  () => {
    throw boom;
  },
  () => Promise.reject(boom),
  async () => {
    await Promise.resolve();
    throw boom;
  },
];

Deno.test("a handler that fails is a 500, and onError hears why, with the request", async () => {
  for (const failure of failures) {
    const heard: [unknown, ErrorContext][] = [];
    await using test = new FetchServer(failure, {
      onError: (error, context) => void heard.push([error, context]),
    });
    const { status, body } = await test.ask("GET /x");
    assertEquals([status, body, heard.length], [500, "Internal Server Error\n", 1]);
    const [error, { source, request, remoteAddr }] = heard[0]!;
    assertEquals([error, source, request?.rawPath, remoteAddr?.ipaddr], [
      boom,
      "handler",
      "/x",
      "127.0.0.1",
    ]);
  }
});

Deno.test("onError may give the answer, at once or later", async () => {
  const answer = (error: unknown) => new Response(String(error), { status: 503 });
  for (const onError of [answer, async (error: unknown) => await answer(error)]) {
    for (const failure of failures) {
      await using test = new FetchServer(failure, { onError });
      using client = await test.connect();
      for (let i = 0; i < 2; i++) {
        const { status, body } = await client.ask("GET /");
        assertEquals([status, body], [503, "Error: boom"]);
      }
    }
  }
});

Deno.test("what was prepared for the response is gone when it fails", async () => {
  const headers = { "X-A": "1", "Content-Length": "x" };
  await using test = new FetchServer((request, info) => {
    info.sendTrailers({ "x-t": "1" });
    return new Response(request.method === "HEAD" ? null : ReadableStream.from([]), { headers });
  }, { onError: () => new Response("sorry", { status: 500 }) });
  const { status, headers: sent, body } = await test.ask("GET /");
  assertEquals([status, sent["x-a"], sent["transfer-encoding"], body], [
    500,
    undefined,
    undefined,
    "sorry",
  ]);
});

Deno.test("an onError that fails, or gives what cannot be sent, is a plain 500", async () => {
  const used = new Response("a");
  await used.text();
  const fails = () => {
    throw new Error("second");
  };
  for (
    const onError of [
      fails,
      () => Promise.reject(new Error("second")),
      () => used,
      () => Response.error(),
    ]
  ) {
    const printed = await withConsole(async () => {
      await using test = new FetchServer(failures[0]!, { onError });
      const { status, body } = await test.ask("GET /");
      assertEquals([status, body], [500, "Internal Server Error\n"]);
    });
    assertEquals(printed.length, 1);
  }
});

Deno.test("an onError that fails for what it cannot answer takes nothing down", async () => {
  const printed = await withConsole(async () => {
    await using test = new FetchServer(() => new Response("ok"), {
      onError: () => Promise.reject(new Error("second")),
    });
    using client = await test.connect();
    await client.send("GARBAGE\r\n\r\n");
    assertEquals((await client.readHead()).status, 400);
    assertEquals((await test.ask("GET /")).body, "ok");
  });
  assertEquals(printed.length, 1);
});

Deno.test("an HttpError is answered with its status, and printed only if the server is to blame", async () => {
  const printed = await withConsole(async () => {
    await using test = new FetchServer((request) => {
      const status = Number(new URL(request.url).pathname.slice(1));
      throw new HttpError("Cannot do that", { code: "body", status });
    }, { onError: undefined });
    assertEquals((await test.ask("GET /403")).status, 403);
    assertEquals((await test.ask("GET /502")).status, 502);
  });
  assertEquals(printed.map(([where]) => where), ['Error in handler of GET "/502":']);
});

Deno.test("a failure after the head has left cuts the connection, whatever onError says", async () => {
  await using test = new FetchServer(() =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new Uint8Array(1));
          await new Promise((resolve) => setTimeout(resolve, 1));
          controller.error(boom);
        },
      }),
    ), { onError: () => new Response("instead") });
  using client = await test.connect();
  await client.request("GET /");
  assertEquals((await client.readHead()).status, 200);
  const rest = await client.readAll();
  assertEquals([rest.includes("instead"), rest.endsWith("0\r\n\r\n")], [false, false]);
});

Deno.test("answers to pipelined requests are in order, whatever their handlers do", async () => {
  const first = Promise.withResolvers<void>();
  await using test = new FetchServer(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/0") await first.promise;
    if (pathname === "/1") throw boom;
    if (pathname === "/2") return new Response(ReadableStream.from([new Uint8Array([97])]));
    return new Response(pathname);
  });
  using client = await test.connect();
  for (let i = 0; i < 4; i++) await client.request(`GET /${i}`);
  first.resolve();
  const bodies: string[] = [];
  for (let i = 0; i < 4; i++) bodies.push((await client.readResponse()).body);
  assertEquals(bodies, ["/0", "Internal Server Error\n", "a", "/3"]);
});

Deno.test("what a handler did not read of a body is not the next request", async () => {
  await using test = new FetchServer((request) => new Response(request.method));
  using client = await test.connect();
  const inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  assertEquals((await client.ask("POST /", [], inner)).body, "POST");
  assertEquals((await client.ask("GET /")).body, "GET");
  assertEquals(test.server.stats().requests, 2);
});

Deno.test("a handler is called with a Request and an info, and may be sync", async () => {
  let seen: unknown[] = [];
  await using test = new FetchServer((...given) => {
    seen = given;
    return new Response("sync");
  });
  assertEquals((await test.ask("GET /")).body, "sync");
  assertInstanceOf(seen[0], Request);
  assertEquals([seen.length, typeof seen[1]], [2, "object"]);
});
