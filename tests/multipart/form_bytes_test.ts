// Fields of a form whose values are bytes: of any memory, and of the length that they had when they were added.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { MultipartForm } from "../../multipart/form.ts";

async function text(form: MultipartForm): Promise<string> {
  const sent = await new Response(form.stream()).text();
  assertEquals(sent.length, form.contentLength);
  return sent;
}

Deno.test("add() takes bytes of any memory, and sends copies", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(97);
  const form = new MultipartForm({ boundary: "b" }).add("a", shared).add("b", Buffer.from("bcd"));
  assert((await text(form)).includes("\r\n\r\naaa\r\n--b"));
  assert((await text(form)).includes("\r\n\r\nbcd\r\n--b--"));
  for (const segment of form.segments()) {
    assert(segment.kind === "bytes" && segment.bytes.buffer instanceof ArrayBuffer);
  }
});

Deno.test("bytes that have another length when they are sent end that with an error", async () => {
  const changes: [size: number, change: (buffer: ArrayBuffer) => unknown, now: number][] = [
    [5, (buffer) => structuredClone(buffer, { transfer: [buffer] }), 0],
    [5, (buffer) => buffer.resize(20), 20],
    [0, (buffer) => buffer.resize(1), 1],
    [5, (buffer) => buffer.resize(4), 4],
  ];
  for (const [size, change, now] of changes) {
    const bytes = new Uint8Array(new ArrayBuffer(size, { maxByteLength: 20 }));
    const reasons: unknown[] = [];
    const after = new ReadableStream<Uint8Array>({ cancel: (it) => void reasons.push(it) });
    const form = new MultipartForm().add('x"', bytes).addStream("s", after, { size: 1 });
    const length = form.contentLength;
    change(bytes.buffer);
    const error = await assertRejects(() => new Response(form.stream()).bytes(), RangeError);
    assertEquals(
      error.message,
      `Cannot send form: the bytes of "x\\"" were ${size} and are now ${now}`,
    );
    assertEquals([reasons, form.contentLength], [[error], length]);
  }
});

Deno.test("add() sends bytes as they are, and a media type where one is given", async () => {
  const form = new MultipartForm({ boundary: "b" })
    .add("bytes", new TextEncoder().encode("a\nb\r"))
    .add("typed", "a\nb", { contentType: "text/x" });
  assertEquals(
    await text(form),
    '--b\r\nContent-Disposition: form-data; name="bytes"\r\n\r\na\nb\r\r\n' +
      '--b\r\nContent-Disposition: form-data; name="typed"\r\nContent-Type: text/x\r\n\r\na\r\nb\r\n' +
      "--b--\r\n",
  );
  assertThrows(() => form.add("a", 1 as unknown as string), TypeError, "not a string or bytes");
  assertThrows(() => form.add("a", "b", { contentType: "x" }), TypeError, "not a media type");
});
