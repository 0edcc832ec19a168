import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import zlib from "node:zlib";
import { CodedBody } from "../../../client/content/coded_body.ts";
import type { Coding } from "../../../client/content/coding.ts";
import { ClosedError, HttpError } from "../../../wire/errors.ts";
import {
  bytesOf,
  codingOf,
  concat,
  cut,
  encode,
  type Encoder,
  ENCODERS,
  patterned,
  readAll,
  UnkindSource,
} from "../support/coded_data.ts";

const TEXT = bytesOf("To be decoded, or not to be: that is the question. ".repeat(3));

/** What pieces decode to; the source must have been read to its end. */
async function decode(coding: Coding, ...pieces: Uint8Array[]): Promise<Uint8Array> {
  const source = new UnkindSource(pieces);
  const bytes = await readAll(new CodedBody(source, coding));
  assert(source.ended);
  return bytes;
}

/** Why pieces cannot be decoded. */
async function failure(coding: Coding, ...pieces: Uint8Array[]): Promise<string> {
  const source = new UnkindSource(pieces);
  const body = new CodedBody(source, coding);
  const error = await assertRejects(() => readAll(body), HttpError);
  assertEquals(error.code, "bad_content");
  assert(source.closed > 0);
  assertStrictEquals(await assertRejects(() => body.read()), error);
  return error.message.replace("Cannot decode body: ", "");
}

/** Data of each coding, with the name of the coding. */
function coded(data: Uint8Array): [Encoder, Coding, Uint8Array][] {
  return ENCODERS.map((it) => [it, codingOf(it), encode(it, data)]);
}

Deno.test("each coding is undone, however its bytes arrive", async () => {
  for (const data of [TEXT, new Uint8Array(0), patterned(1)]) {
    for (const [encoder, coding, bytes] of coded(data)) {
      assertEquals(await decode(coding, bytes), data, encoder);
      assertEquals(await decode(coding, ...cut(bytes, 1)), data, encoder);
      for (let at = 0; at <= bytes.length; at++) {
        assertEquals(await decode(coding, bytes.subarray(0, at), bytes.subarray(at)), data);
      }
    }
  }
});

Deno.test("data of several pieces of output is undone whole", async () => {
  for (const data of [patterned(1_000_000), new Uint8Array(1_000_000)]) {
    for (const [encoder, coding, bytes] of coded(data)) {
      for (const size of [bytes.length, 16_384, 1000, 37]) {
        const decoded = await decode(coding, ...cut(bytes, size));
        assert(decoded.length === data.length, encoder);
        assertEquals(decoded, data);
      }
    }
  }
});

Deno.test("no bytes at all are an empty body", async () => {
  for (const coding of ["gzip", "deflate", "br", "zstd"] as const) {
    assertEquals((await decode(coding)).length, 0);
    assertEquals((await decode(coding, new Uint8Array(0))).length, 0);
  }
});

Deno.test("data that was cut at any place is an error", async () => {
  for (const data of [TEXT, new Uint8Array(0), patterned(300)]) {
    for (const [encoder, coding, bytes] of coded(data)) {
      for (let length = 1; length < bytes.length; length++) {
        const message = await failure(coding, bytes.subarray(0, length));
        assertEquals(message, `its ${coding} data ends early`, `${encoder} ${length}`);
        if (length % 5 !== 1) continue;
        const inBytes = await failure(coding, ...cut(bytes.subarray(0, length), 1));
        assertEquals(inBytes, message, encoder);
      }
    }
  }
});

Deno.test("large data that was cut is an error", async () => {
  const data = patterned(700_000);
  for (const [encoder, coding, bytes] of coded(data)) {
    for (let left = 1; left < bytes.length; left *= 3) {
      const message = await failure(coding, ...cut(bytes.subarray(0, -left), 10_000));
      assertEquals(message, `its ${coding} data ends early`, encoder);
    }
  }
});

Deno.test("what follows on the end is an error, in the same piece or in another one", async () => {
  for (const [encoder, coding, bytes] of coded(TEXT)) {
    for (const more of ["x", "more", "\x1f", "\x1f\x8b", "\0x", "\0".repeat(9) + "x"]) {
      for (const split of [[concat(bytes, bytesOf(more))], [bytes, bytesOf(more)]]) {
        const message = await failure(coding, ...split);
        if (coding !== "gzip" && coding !== "zstd") {
          assertEquals(message, `something follows on the end of its ${coding} data`, encoder);
        }
      }
    }
  }
});

Deno.test("zeros may follow on gzip data, and on nothing else", async () => {
  const bytes = encode("gzip", TEXT);
  for (const zeros of [1, 3, 511, 100_000].map((it) => new Uint8Array(it))) {
    assertEquals(await decode("gzip", concat(bytes, zeros)), TEXT);
    assertEquals(await decode("gzip", bytes, zeros), TEXT);
    assertEquals(await decode("gzip", ...cut(concat(bytes, zeros.subarray(0, 600)), 1)), TEXT);
  }
  const message = "something follows on the end of its gzip data";
  const member = encode("gzip", TEXT);
  assertEquals(await failure("gzip", bytes, new Uint8Array(5), member), message);
  assertEquals(await failure("gzip", concat(bytes, new Uint8Array(5), member)), message);
  for (const encoder of ["deflate", "raw", "br", "zstd"] as const) {
    await failure(codingOf(encoder), encode(encoder, TEXT), new Uint8Array(5));
  }
});

Deno.test("all members of gzip and all frames of zstd are decoded, wherever they are cut", async () => {
  for (const coding of ["gzip", "zstd"] as const) {
    const bytes = concat(
      encode(coding, bytesOf("one")),
      encode(coding, new Uint8Array(0)),
      encode(coding, bytesOf("two")),
    );
    for (let at = 0; at <= bytes.length; at++) {
      const decoded = await decode(coding, bytes.subarray(0, at), bytes.subarray(at));
      assertEquals(decoded, bytesOf("onetwo"), `${coding} ${at}`);
    }
    assertEquals(await decode(coding, ...cut(bytes, 1)), bytesOf("onetwo"));
    // Frames without a checksum, and with nothing in them.
    const bare = coding === "zstd" ? zlib.zstdCompressSync : zlib.gzipSync;
    const many = concat(bare("a"), bare(""), bare(""), bare("b"));
    assertEquals(await decode(coding, many), bytesOf("ab"));
    assertEquals(await decode(coding, ...cut(many, 1)), bytesOf("ab"));
    const large = encode(coding, patterned(300_000));
    const twice = await decode(coding, ...cut(concat(large, large), 5000));
    assertEquals(twice, concat(patterned(300_000), patterned(300_000)));
  }
});

Deno.test("skippable frames of zstd are passed over", async () => {
  const skipped = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const bytes = concat(skipped, encode("zstd", TEXT), skipped);
  assertEquals(await decode("zstd", bytes), TEXT);
  assertEquals(await decode("zstd", ...cut(bytes, 1)), TEXT);
  assertEquals(await decode("zstd", skipped), new Uint8Array(0));
});

Deno.test("zstd with a window over that of RFC 9659 is refused before it costs memory", async () => {
  const data = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 1, 0, 0);
  assertEquals(
    await failure("zstd", data),
    "its zstd data is damaged: a window of 134217728 bytes is over the 8388608 of RFC 9659",
  );
});

Deno.test("wrong checksums and sizes are errors", async () => {
  for (const [encoder, coding, bytes] of coded(patterned(300_000))) {
    if (encoder === "raw" || encoder === "br") continue; // have none
    const wrong = new Uint8Array(bytes);
    wrong[wrong.length - 1]! ^= 1;
    const message = await failure(coding, ...cut(wrong, 30_000));
    assert(message.startsWith(`its ${coding} data is damaged: `), message);
  }
});

Deno.test("data that needs a dictionary is an error", async () => {
  await failure("deflate", Uint8Array.of(0x78, 0xbb, 0, 1, 0, 1, 3, 0));
  await failure("zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1, 1, 0, 0, 0));
});

Deno.test("data of another kind is an error", async () => {
  for (const coding of ["gzip", "deflate", "br", "zstd"] as const) {
    await failure(coding, bytesOf("<!doctype html><title>No</title>".repeat(10)));
    await failure(coding, new Uint8Array(1000).fill(0xff));
  }
});

Deno.test("damage never ends in anything but an error of this library, or in other bytes", async () => {
  const sizes = fc.constantFrom(100, 5000, 400_000);
  const places = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { maxLength: 4 });
  const samples = new Map<string, Uint8Array>();
  const sample = (encoder: Encoder, size: number): Uint8Array => {
    const key = `${encoder} ${size}`;
    if (!samples.has(key)) samples.set(key, encode(encoder, patterned(size)));
    return samples.get(key)!;
  };
  const piece = fc.constantFrom(1 << 20, 5000);
  const property = fc.asyncProperty(
    fc.constantFrom(...ENCODERS),
    sizes,
    places,
    piece,
    async (encoder, size, places, piece) => {
      const bytes = new Uint8Array(sample(encoder, size));
      for (const { at, byte } of places) bytes[at % bytes.length] = byte;
      try {
        await decode(codingOf(encoder), ...cut(bytes, piece));
      } catch (error) {
        assert(error instanceof HttpError, String(error));
        assertEquals(error.code, "bad_content");
      }
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

Deno.test("a body is decoded as far as it has arrived", async () => {
  for (const make of [zlib.createGzip, zlib.createBrotliCompress, zlib.createZstdCompress]) {
    const encoder = make();
    const pieces: Uint8Array[] = [];
    encoder.on("data", (piece) => pieces.push(new Uint8Array(piece)));
    await new Promise((resolve) => encoder.write("first", resolve));
    await new Promise<void>((resolve) => encoder.flush(resolve));
    encoder.destroy();
    const coding = ({ Gzip: "gzip", BrotliCompress: "br", ZstdCompress: "zstd" } as const)[
      encoder.constructor.name as "Gzip" | "BrotliCompress" | "ZstdCompress"
    ];
    const later = Promise.withResolvers<undefined>();
    const arrived = [...pieces];
    const body = new CodedBody({
      read: () => arrived.length > 0 ? Promise.resolve(arrived.shift()) : later.promise,
      close: () => {},
    }, coding);
    assertEquals(new Uint8Array((await body.read())!), bytesOf("first"), coding);
    const rest = body.read();
    later.resolve(undefined);
    await assertRejects(() => rest, HttpError, "ends early");
  }
});

Deno.test("the source is read only when more is needed", async () => {
  const pieces = [...cut(encode("gzip", patterned(2_000_000)), 10_000)];
  const source = new UnkindSource(pieces);
  const body = new CodedBody(source, "gzip");
  assertEquals(source.reads, 0);
  await body.read();
  assert(source.reads < pieces.length / 4, `${source.reads}`);
  body.close();
});

Deno.test("an error of the source is passed on, and is the end", async () => {
  for (const [, coding, bytes] of coded(TEXT)) {
    const error = new ClosedError("Cannot read body: the peer left");
    const source = new UnkindSource([bytes.subarray(0, 20), error]);
    const body = new CodedBody(source, coding);
    assertStrictEquals(await assertRejects(() => readAll(body)), error);
    assertStrictEquals(await assertRejects(() => body.read()), error);
  }
});

Deno.test("a closed body closes its source and cannot be taken for a whole one", async () => {
  for (const [, coding, bytes] of coded(patterned(400_000))) {
    for (const reads of [0, 1]) {
      const source = new UnkindSource([bytes]);
      const body = new CodedBody(source, coding);
      for (let i = 0; i < reads; i++) await body.read();
      body.close();
      body.close();
      assertEquals(source.closed, 1);
      await assertRejects(() => body.read(), ClosedError, "Cannot read body: it was closed");
    }
  }
});

Deno.test("a body that is closed while it is read ends that read", async () => {
  for (const [, coding, bytes] of coded(patterned(400_000))) {
    const source = new UnkindSource([bytes]);
    const body = new CodedBody(source, coding);
    const read = body.read();
    for (let i = 0; i < 4; i++) await Promise.resolve();
    body.close();
    await assertRejects(() => read, ClosedError);
    assert(source.closed > 0);
  }
});

Deno.test("closing does nothing after the end", async () => {
  const source = new UnkindSource([encode("br", TEXT)]);
  const body = new CodedBody(source, "br");
  await readAll(body);
  body.close();
  assertEquals([source.closed, await body.read()], [0, undefined]);
});
