import { assertEquals, assertInstanceOf } from "@std/assert";
import { ClosedError } from "../../../wire/errors.ts";
import type { TrailerSource } from "../../../server/fetch/trailers.ts";
import { FetchServer } from "./fetched.ts";

const stream = (): ReadableStream<Uint8Array> =>
  ReadableStream.from(["a", "b"]).pipeThrough(new TextEncoderStream());

Deno.test("trailers come from fields, a promise or a function", async () => {
  const sources: TrailerSource[] = [
    { "X-A": "1" },
    [["x-a", "1"]],
    Promise.resolve(new Headers({ "x-a": "1" })),
    () => ({ "x-a": "1" }),
    () => Promise.resolve({ "x-a": "1" }),
  ];
  for (const body of [() => "ab", stream]) {
    for (const source of sources) {
      await using test = new FetchServer((_request, info) => {
        info.sendTrailers(source);
        return new Response(body());
      });
      const response = await test.ask("GET /");
      assertEquals([response.body, response.trailers], ["ab", { "x-a": "1" }]);
      assertEquals(test.errors, []);
    }
  }
});

Deno.test("a function for trailers is called when the body has ended", async () => {
  let count = 0;
  await using test = new FetchServer((_request, info) => {
    info.sendTrailers(() => ({ "x-count": String(count) }));
    return new Response(
      stream().pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            count += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      ),
    );
  });
  assertEquals((await test.ask("GET /")).trailers, { "x-count": "2" });
});

Deno.test("trailers that are not allowed are an error before the head, and cut the connection after it", async () => {
  await using test = new FetchServer((request, info) => {
    info.sendTrailers({ "Content-Length": "1" });
    return new Response(request.url.endsWith("stream") ? stream() : "a");
  });
  assertEquals((await test.ask("GET /")).status, 500);
  using client = await test.connect();
  await client.request("GET /stream");
  assertEquals((await client.readHead()).status, 200);
  const rest = await client.readAll();
  assertEquals([rest.includes("0\r\n\r\n"), test.errors.length], [false, 2]);
});

Deno.test("an HTTP/1.0 client gets no trailers", async () => {
  await using test = new FetchServer((_request, info) => {
    info.sendTrailers({ "x-a": "1" });
    return new Response("a");
  });
  using client = await test.connect();
  await client.send("GET / HTTP/1.0\r\n\r\n");
  assertEquals((await client.readAll()).split("\r\n\r\n")[1], "a");
});

Deno.test("trailers that fail take nobody else down", async () => {
  await using test = new FetchServer((request, info) => {
    info.sendTrailers(Promise.reject(new Error("no trailers")));
    if (request.url.endsWith("throw")) throw new Error("before");
    return new Response(stream());
  });
  assertEquals((await test.ask("GET /throw")).status, 500);
  using client = await test.connect();
  await client.request("GET /");
  assertEquals((await client.readAll()).endsWith("0\r\n\r\n"), false);
  assertEquals(test.errors.map(String), ["Error: before", "Error: no trailers"]);
});

Deno.test("trailers stand behind bodies of which the length would be known, and HEAD has none", async () => {
  const bodies = [() => "ab", () => new Blob(["ab"]), () => new TextEncoder().encode("ab"), stream];
  for (const body of bodies) {
    await using test = new FetchServer((_request, info) => {
      info.sendTrailers({ "x-a": "1" });
      return new Response(body());
    });
    const { headers, body: sent, trailers } = await test.ask("GET /");
    assertEquals([sent, trailers, headers["content-length"]], ["ab", { "x-a": "1" }, undefined]);
    const head = await test.ask("HEAD /");
    assertEquals([head.status, head.headers["content-length"]], [200, undefined]);
    assertEquals(test.errors, []);
  }
});

Deno.test("trailers and a Content-Length of the application's exclude each other, before the head", async () => {
  await using test = new FetchServer((_request, info) => {
    info.sendTrailers({ "x-a": "1" });
    return new Response(stream(), { headers: { "Content-Length": "2" } });
  });
  assertEquals([(await test.ask("GET /")).status, test.errors.length], [500, 1]);
});

Deno.test("a client that leaves does not wait for trailers", async () => {
  const completed = Promise.withResolvers<unknown>();
  const trailers = Promise.withResolvers<HeadersInit>();
  await using test = new FetchServer((request, info) => {
    info.sendTrailers(trailers.promise);
    info.completed.catch(completed.resolve);
    return new Response(request.url.endsWith("stream") ? stream() : "a");
  });
  for (const path of ["/stream", "/"]) {
    using client = await test.connect();
    await client.request(`GET ${path}`);
    if (path === "/stream") await client.readHead();
    client.close();
    assertInstanceOf(await completed.promise, ClosedError);
  }
  trailers.resolve({ "x-a": "1" });
});
