import { assert, assertEquals, assertRejects } from "@std/assert";
import zlib from "node:zlib";
import { compressStream } from "../../server/compress_stream.ts";
import type { Coding } from "../../server/files/file_source.ts";

const UNPACK: Record<Coding, (bytes: Uint8Array) => Uint8Array> = {
  br: zlib.brotliDecompressSync,
  zstd: zlib.zstdDecompressSync,
  gzip: zlib.gunzipSync,
};
const CODINGS = Object.keys(UNPACK) as Coding[];

/** Counts what is taken of it, and what becomes of it. */
class Source {
  given = 0;
  cancelled: unknown;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor(pieces: number, next: (at: number) => Uint8Array<ArrayBuffer>) {
    this.stream = new ReadableStream({
      pull: (controller) => {
        if (this.given === pieces) controller.close();
        else controller.enqueue(next(this.given++));
      },
      cancel: (reason) => {
        this.cancelled = reason;
      },
    }, { highWaterMark: 0 });
  }
}

const noise = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(65536));

Deno.test("compressStream() makes what can be unpacked again, of any length", async () => {
  for (const coding of CODINGS) {
    for (const pieces of [0, 1, 5]) {
      for (const live of [false, true]) {
        const all: Uint8Array<ArrayBuffer>[] = [];
        const { stream } = new Source(pieces, (at) => {
          const piece = at % 2 === 0
            ? noise()
            : new TextEncoder().encode("abc".repeat(at * 99_999));
          all.push(piece);
          return piece.slice();
        });
        const packed = await new Response(compressStream(stream, coding, live)).bytes();
        const unpacked = new Uint8Array(UNPACK[coding](packed));
        const expected = await new Blob(all).bytes();
        assertEquals(unpacked.length, expected.length);
        assert(unpacked.every((byte, at) => byte === expected[at]), coding);
      }
    }
  }
});

Deno.test("compressStream() takes no more than what is read of it needs", async () => {
  for (const coding of CODINGS) {
    const source = new Source(1000, noise);
    const packed = compressStream(source.stream, coding);
    await undefined;
    assertEquals(source.given, 0, "nothing is begun before it is read");
    const reader = packed.getReader();
    let read = 0;
    while (read < 500_000) read += (await reader.read()).value!.length;
    // Turns of the event loop, in which it could go on.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 0));
    assert(source.given * 65536 < read + 8 * 65536, `${coding}: ${source.given} pieces`);
    await reader.cancel("enough");
    assertEquals(source.cancelled, "enough");
  }
});

Deno.test("compressStream() is cancelled while it waits for its source", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({ cancel: resolve });
  const reader = compressStream(stream, "gzip", true).getReader();
  const next = reader.read();
  await new Promise((resolve) => setTimeout(resolve, 0)); // it is reading by now
  await reader.cancel("left");
  assertEquals([await promise, (await next).done], ["left", true]);
});

Deno.test("compressStream() fails with its source, and for what is no bytes", async () => {
  const failing = new Source(5, (at) => {
    if (at === 2) throw new Error("on purpose");
    return noise();
  });
  await assertRejects(
    () => new Response(compressStream(failing.stream, "br")).bytes(),
    Error,
    "on purpose",
  );
  const texts = new Source(5, () => "text" as unknown as Uint8Array<ArrayBuffer>);
  const packed = compressStream(texts.stream, "zstd");
  await assertRejects(() => new Response(packed).bytes(), TypeError, "gave string, not bytes");
  assert(texts.cancelled instanceof TypeError);
});
