import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { byteStream, readBytes } from "../../wire/byte_stream.ts";
import { bytesOf } from "./fakes.ts";

/** A stream of pieces, and how many bytes each read had room for. */
function streamOf(...pieces: string[]) {
  const asked: (number | undefined)[] = [];
  let cancelled = 0;
  const stream = byteStream({
    next(most) {
      asked.push(most);
      const piece = pieces.shift();
      return Promise.resolve(piece === undefined ? undefined : bytesOf(piece));
    },
    cancel: () => void cancelled++,
  });
  return { stream, asked, cancelled: () => cancelled };
}

Deno.test("pieces come as they are asked for, and nothing is read before", async () => {
  const { stream, asked } = streamOf("one", "two");
  const reader = stream.getReader();
  await Promise.resolve();
  assertEquals(asked, []);
  assertEquals((await reader.read()).value, bytesOf("one"));
  assertEquals(asked, [undefined]);
  assertEquals((await reader.read()).value, bytesOf("two"));
  assertEquals((await reader.read()).done, true);
  assertEquals(asked.length, 3);
});

Deno.test("a reader with a buffer of its own gets it filled, and later what did not fit", async () => {
  const { stream, asked } = streamOf("abcde", "f");
  const reader = stream.getReader({ mode: "byob" });
  const read = async (room: number) => (await reader.read(new Uint8Array(room))).value!;
  assertEquals(await read(2), bytesOf("ab"));
  assertEquals(await read(2), bytesOf("cd"));
  assertEquals(await read(9), bytesOf("e"));
  assertEquals(await read(9), bytesOf("f"));
  const last = await reader.read(new Uint8Array(4));
  assertEquals([last.done, last.value?.length], [true, 0]);
  assertEquals(asked, [2, 9, 4]);
});

Deno.test("an empty piece is the end", async () => {
  const { stream } = streamOf("a", "", "b");
  assertEquals(await new Response(stream).text(), "a");
});

Deno.test("what the source throws is what the reader gets", async () => {
  const reason = new Error("broken");
  const stream = byteStream({ next: () => Promise.reject(reason) });
  assertStrictEquals(await assertRejects(() => stream.getReader().read()), reason);
});

Deno.test("a source is told when nobody wants the rest, or need not be", async () => {
  const { stream, cancelled } = streamOf("a");
  await stream.cancel();
  assertEquals(cancelled(), 1);
  await byteStream({ next: () => Promise.resolve(undefined) }).cancel();
});

Deno.test("each piece that is read is a buffer of its own", async () => {
  const pieces = ["hello", "you"];
  const read = (into: Uint8Array) => {
    const piece = pieces.shift();
    if (piece !== undefined) into.set(bytesOf(piece));
    return Promise.resolve(piece?.length ?? null);
  };
  const first = await readBytes(read);
  const second = await readBytes(read);
  assertEquals([first, second], [bytesOf("hello"), bytesOf("you")]);
  assert(first!.buffer !== second!.buffer);
  assertEquals(await readBytes(read), undefined);
});
