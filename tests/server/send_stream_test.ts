import { assert, assertEquals } from "@std/assert";
import { ClosedError } from "../../wire/errors.ts";
import { serve, watchDone } from "./serving.ts";

type Stream = ReadableStream<Uint8Array<ArrayBuffer>>;

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A stream of pieces, and what it was cancelled with. */
function streamOf(
  pieces: Iterable<Uint8Array<ArrayBuffer>>,
): [Stream, cancelled: Promise<unknown>] {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const left = pieces[Symbol.iterator]();
  const stream: Stream = new ReadableStream({
    pull(controller) {
      const { done, value } = left.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: resolve,
  }, { highWaterMark: 0 });
  return [stream, promise];
}

function* endless(): Generator<Uint8Array<ArrayBuffer>> {
  while (true) yield new Uint8Array(65536);
}

Deno.test("con.sendStream() sends a stream in chunks, or with the length announced", async () => {
  await using it = await serve((con, req) => {
    if (req.path === "/length") con.addHeader("Content-Length", "6");
    con.setStatus(404);
    return con.sendStream(streamOf(["ab", "", "cdef"].map(encode))[0]);
  });
  const chunked = await it.client.ask("GET /");
  assertEquals([chunked.status, chunked.headers["transfer-encoding"]], [404, "chunked"]);
  const counted = await it.client.ask("GET /length");
  assertEquals([counted.headers["content-length"], counted.headers["transfer-encoding"]], [
    "6",
    undefined,
  ]);
  assertEquals([chunked.body, counted.body], ["abcdef", "abcdef"]);
});

Deno.test("con.sendStream() does not read the stream for HEAD, but cancels it", async () => {
  let reads = 0;
  const cancels: Promise<unknown>[] = [];
  await using it = await serve((con) => {
    const [stream, cancelled] = streamOf({
      *[Symbol.iterator]() {
        reads++;
        yield encode("x");
      },
    });
    cancels.push(cancelled);
    con.addHeader("Content-Length", "1");
    return con.sendStream(stream);
  });
  const { status, headers } = await it.client.ask("HEAD /");
  assertEquals([status, headers["content-length"], reads], [200, "1", 0]);
  assert(await cancels[0] instanceof TypeError);
  assertEquals((await it.client.ask("GET /")).body, "x");
});

Deno.test("con.sendStream() cancels the stream when the client leaves", async () => {
  const [stream, cancelled] = streamOf(endless());
  const { handler, done } = watchDone((con) => con.sendStream(stream));
  await using it = await serve(handler);
  await it.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await it.client.take(100_000);
  it.client.close();
  assert(await cancelled instanceof ClosedError);
  const { completed } = await done;
  assertEquals(completed, false);
  it.takeErrors();
});

Deno.test("con.sendStream() cuts the connection when the stream fails, ends early or is too long", async () => {
  const cases: Record<string, (con: Parameters<Parameters<typeof serve>[0]>[0]) => Promise<void>> =
    {
      "fails": (con) => {
        con.addHeader("Content-Length", "100000");
        return con.sendStream(
          new ReadableStream({
            pull(controller) {
              if (controller.desiredSize === 1) controller.enqueue(new Uint8Array(70_000));
              else controller.error(new Error("on purpose"));
            },
          }),
        );
      },
      "short": (con) => {
        con.addHeader("Content-Length", "10");
        return con.sendStream(streamOf([encode("abc")])[0]);
      },
      "long": (con) => {
        con.addHeader("Content-Length", "2");
        return con.sendStream(streamOf([encode("a"), encode("bcd")])[0]);
      },
    };
  for (const [name, send] of Object.entries(cases)) {
    const { handler, done } = watchDone(send);
    await using it = await serve(handler);
    await it.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await it.client.readAll();
    assertEquals((await done).completed, false, name);
    it.takeErrors();
  }
});
