import { assertEquals } from "@std/assert";
import { FetchServer } from "./fetched.ts";

const LONG = "All work and no play. ".repeat(10);

/** The coding and the body that a client gets which accepts `accepted`. */
async function get(response: () => Response, accepted = "gzip", method = "GET") {
  await using test = new FetchServer(response, { automaticCompression: true });
  using client = Deno.createHttpClient({});
  const headers = { "Accept-Encoding": accepted };
  using raw = await test.connect();
  const { headers: sent } = await raw.ask(`${method} /`, [`Accept-Encoding: ${accepted}`]);
  const answer = await fetch(test.url(), { headers, client });
  const body = await answer.text();
  assertEquals(test.errors, []);
  return {
    coding: sent["content-encoding"],
    vary: sent["vary"],
    length: sent["content-length"],
    body,
  };
}

Deno.test("what is worth it is compressed, of every kind of body, and can be read again", async () => {
  const bytes = new TextEncoder().encode(LONG);
  const headers = { "Content-Type": "text/plain" };
  const kinds: (() => Response)[] = [
    () => new Response(LONG),
    () => Response.json(LONG),
    () => new Response(LONG, { status: 201 }),
    () => new Response(bytes, { headers }),
    () => new Response(new Blob([bytes], { type: "text/plain" })),
    () => new Response(ReadableStream.from([bytes]), { headers }),
  ];
  for (const kind of kinds) {
    for (const [accepted, coding] of [["gzip", "gzip"], ["gzip, br", "br"]] as const) {
      const got = await get(kind, accepted);
      assertEquals([got.coding, got.vary, got.length], [coding, "Accept-Encoding", undefined]);
      assertEquals(got.body.includes(LONG), true);
    }
  }
});

Deno.test("what is not worth it, or not wanted, goes out as it is", async () => {
  const cases: [() => Response, string, string | undefined][] = [
    [() => new Response(LONG), "identity", "Accept-Encoding"],
    [() => new Response("short"), "gzip", undefined],
    [
      () =>
        new Response(new TextEncoder().encode("short"), {
          headers: { "Content-Type": "text/plain" },
        }),
      "gzip",
      undefined,
    ],
    [() => new Response(LONG, { headers: { "Content-Type": "image/png" } }), "gzip", undefined],
    [() => new Response(LONG, { headers: { "Cache-Control": "no-transform" } }), "gzip", undefined],
  ];
  for (const [response, accepted, vary] of cases) {
    const got = await get(response, accepted);
    assertEquals([got.coding, got.vary], [undefined, vary]);
    assertEquals(got.length, String(got.body.length));
  }
});

Deno.test("HEAD gets the fields of GET", async () => {
  const got = await get(() => new Response(LONG), "gzip", "HEAD");
  assertEquals([got.coding, got.length], ["gzip", undefined]);
});

Deno.test("what is no Response is refused as ever", async () => {
  await using test = new FetchServer(() => undefined as never, { automaticCompression: true });
  assertEquals([(await test.ask("GET /")).status, test.errors.length], [500, 1]);
});

Deno.test("what answers for the same file says the same of it", async () => {
  const headers = { "Content-Type": "text/plain", ETag: '"a"' };
  await using test = new FetchServer((request) => {
    if (request.headers.get("if-none-match")?.includes('"a"')) {
      return new Response(null, { status: 304, headers: { ETag: '"a"' } });
    }
    if (request.headers.has("range")) {
      const fields = { ...headers, "Content-Range": "bytes 0-99/220" };
      return new Response(LONG.slice(0, 100), { status: 206, headers: fields });
    }
    if (request.method === "HEAD") {
      return new Response(null, { headers: { ...headers, "Content-Length": "220" } });
    }
    return new Response(LONG, { headers });
  }, { automaticCompression: true });
  const accept = "Accept-Encoding: gzip";
  const seen = async (line: string, ...fields: string[]) => {
    const { headers } = await test.ask(line, fields);
    return [
      headers["content-encoding"],
      headers["etag"],
      headers["vary"],
      headers["content-length"],
    ];
  };
  const whole = ["gzip", 'W/"a"', "Accept-Encoding", undefined];
  assertEquals(await seen("GET /", accept), whole);
  assertEquals(await seen("HEAD /", accept), whole);
  const old = [undefined, 'W/"a"', "Accept-Encoding", undefined];
  assertEquals(await seen("GET /", accept, 'If-None-Match: W/"a"'), old);
  // A client that has the plain one keeps that.
  assertEquals(await seen("GET /", accept, 'If-None-Match: "a"'), [
    undefined,
    '"a"',
    undefined,
    undefined,
  ]);
  assertEquals(await seen("GET /", accept, "Range: bytes=0-99"), [
    undefined,
    '"a"',
    "Accept-Encoding",
    "100",
  ]);
});
