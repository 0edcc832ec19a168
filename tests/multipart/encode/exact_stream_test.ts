import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { exactStream } from "../../../multipart/encode/exact_stream.ts";

/** A stream of pieces that notes its cancellation. */
function streamOf(pieces: unknown[], reasons: unknown[] = []): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    pull(controller) {
      if (left.length === 0) controller.close();
      else controller.enqueue(left.shift() as Uint8Array);
    },
    cancel: (reason) => void reasons.push(reason),
  }, { highWaterMark: 0 });
}

const bytes = (length: number) => new Uint8Array(length).fill(1);

Deno.test("exactStream() passes on a stream of the size that was announced", async () => {
  for (const pieces of [[5], [2, 3], [0, 5, 0], [1, 1, 1, 1, 1]]) {
    const stream = exactStream(streamOf(pieces.map(bytes)), 5, "it");
    assertEquals((await new Response(stream).bytes()).length, 5);
  }
  assertEquals((await new Response(exactStream(streamOf([]), 0, "it")).bytes()).length, 0);
});

Deno.test("exactStream() fails when the stream ends early", async () => {
  const stream = exactStream(streamOf([bytes(4)]), 5, "film");
  await assertRejects(
    () => new Response(stream).bytes(),
    RangeError,
    "Cannot send film: it had 4 of 5 bytes",
  );
});

Deno.test("exactStream() gives no byte too many, fails and cancels the stream", async () => {
  for (const pieces of [[5, 1], [6], [2, 4], [0, 5, 0, 1]]) {
    const reasons: unknown[] = [];
    const reader = exactStream(streamOf(pieces.map(bytes), reasons), 5, "film").getReader();
    let count = 0;
    const error = await assertRejects(
      async () => {
        for (let it = await reader.read(); !it.done; it = await reader.read()) {
          count += it.value.length;
        }
      },
      RangeError,
      "Cannot send film: it has more than 5 bytes",
    );
    assert(count <= 5, `${count}`);
    assertEquals(reasons.length, 1);
    assertStrictEquals(reasons[0], error);
  }
});

Deno.test("exactStream() refuses what is not bytes", async () => {
  const reasons: unknown[] = [];
  const stream = exactStream(streamOf(["text"], reasons), 4, "film");
  await assertRejects(() => new Response(stream).bytes(), TypeError, "it gave a string, not bytes");
  assertEquals(reasons.length, 1);
});

Deno.test("exactStream() fails as the stream fails", async () => {
  const error = new Error("broken");
  const source = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(error) });
  const reader = exactStream(source, 4, "film").getReader();
  assertStrictEquals(await assertRejects(() => reader.read()), error);
});

Deno.test("exactStream() passes on a cancellation, and reads nothing before it is read", async () => {
  const reasons: unknown[] = [];
  let pulls = 0;
  const source = new ReadableStream<Uint8Array>({
    pull: () => void pulls++,
    cancel: (reason) => void reasons.push(reason),
  }, { highWaterMark: 0 });
  await exactStream(source, 4, "film").cancel("enough");
  assertEquals([reasons, pulls], [["enough"], 0]);
});

Deno.test("exactStream() copies bytes of shared memory", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(7);
  const reader = exactStream(streamOf([shared]), 3, "it").getReader();
  const { value } = await reader.read();
  assert(value!.buffer instanceof ArrayBuffer);
  assertEquals([...value!], [7, 7, 7]);
  assertEquals((await reader.read()).done, true);
});
