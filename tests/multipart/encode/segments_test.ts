import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { concatStream } from "../../../multipart/encode/concat_stream.ts";
import { STRETCH_BYTES } from "../../../multipart/encode/join_bytes.ts";
import {
  type FormItem,
  type FormSegment,
  segmentsOf,
  suppliesOf,
} from "../../../multipart/encode/segments.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function given(name: string, bytes: Uint8Array): FormItem {
  return { name, bytes, size: bytes.length };
}

function streamOf(text: string): () => FormSegment {
  return () => ({ kind: "stream", open: () => new Response(text).body!, size: text.length });
}

Deno.test("segmentsOf() joins bytes, its own and those given, between what is opened later", () => {
  const file: FormSegment = { kind: "file", path: "a", size: 1, mtimeMs: null };
  const items = [bytesOf("a"), given("x", bytesOf("b")), () => file, bytesOf("c"), bytesOf("d")];
  assertEquals([...segmentsOf(items)], [
    { kind: "bytes", bytes: bytesOf("ab") },
    file,
    { kind: "bytes", bytes: bytesOf("cd") },
  ]);
});

Deno.test("segmentsOf() copies bytes as they are asked for", () => {
  const bytes = new Uint8Array(3 * STRETCH_BYTES).fill(1);
  const segments = segmentsOf([given("x", bytes)])[Symbol.iterator]();
  const first = segments.next().value as FormSegment;
  bytes.fill(2);
  const second = segments.next().value as FormSegment;
  assert(first.kind === "bytes" && second.kind === "bytes");
  assertEquals([first.bytes.length, second.bytes.length], [STRETCH_BYTES, STRETCH_BYTES]);
  assertEquals([first.bytes[0], second.bytes[0]], [1, 2]);
});

Deno.test("segmentsOf() makes a segment that cannot be opened of bytes that have another length", () => {
  const bytes = bytesOf("12345");
  const items = [bytesOf("head"), given("x", bytes), bytesOf("tail")];
  bytes.buffer.transfer();
  const [head, changed, tail] = segmentsOf(items);
  assertEquals(head, { kind: "bytes", bytes: bytesOf("head") });
  assertEquals(tail, { kind: "bytes", bytes: bytesOf("tail") });
  assert(changed?.kind === "stream");
  assertEquals(changed.size, 5);
  const error = assertThrows(() => changed.open(), RangeError);
  assertEquals(error.message, 'Cannot send form: the bytes of "x" were 5 and are now 0');
});

Deno.test("segmentsOf() sees bytes change between any two segments, and stays as long as announced", () => {
  const size = 3 * STRETCH_BYTES;
  for (const headSize of [0, 1, STRETCH_BYTES - 1, STRETCH_BYTES]) {
    for (let changeAfter = 1; changeAfter <= 4; changeAfter++) {
      const bytes = new Uint8Array(size).fill(7);
      let total = 0;
      let count = 0;
      let failing = 0;
      for (const segment of segmentsOf([new Uint8Array(headSize), given("x", bytes)])) {
        if (segment.kind === "stream") assertThrows(() => segment.open(), RangeError);
        if (segment.kind === "stream") failing++;
        total += segment.kind === "bytes" ? segment.bytes.length : segment.size;
        if (++count === changeAfter) bytes.buffer.transfer();
      }
      assertEquals(total, headSize + size);
      assert(failing === 1 || changeAfter >= 3);
    }
  }
});

Deno.test("suppliesOf() reads each kind of segment", async () => {
  using tree = new TempTree();
  const path = tree.write("file", "from disk, ");
  const items: FormItem[] = [
    bytesOf("from memory, "),
    () => ({ kind: "file", path, size: 11, mtimeMs: null }),
    streamOf("from a stream"),
  ];
  const stream = concatStream(suppliesOf(segmentsOf(items)));
  assertEquals(await new Response(stream).text(), "from memory, from disk, from a stream");
});

Deno.test("suppliesOf() passes on what opening throws", async () => {
  const bytes = bytesOf("1");
  const items = [given("x", bytes), streamOf("never read")];
  bytes.buffer.transfer();
  const stream = concatStream(suppliesOf(segmentsOf(items)));
  await assertRejects(() => new Response(stream).text(), RangeError, "were 1 and are now 0");
});
