import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { decodeBody, type DecodeLimits } from "../../../client/content/decode.ts";
import type { BodySource } from "../../../client/body_source.ts";
import type { Coding } from "../../../client/content/coding.ts";
import { HttpError, LimitError } from "../../../wire/errors.ts";
import {
  brotliBomb,
  bytesOf,
  codingOf,
  cut,
  encode,
  ENCODERS,
  patterned,
  readAll,
  UnkindSource,
} from "../support/coded_data.ts";

const UNLIMITED: DecodeLimits = { maxBytes: Infinity, maxRatio: Infinity };
const MiB = 1024 * 1024;
const CODINGS: readonly Coding[] = ["gzip", "deflate", "br", "zstd"];

/** Reads all and keeps nothing; what came out and how much memory it took at most, in bytes. */
async function drain(
  body: BodySource,
): Promise<{ bytes: number; memory: number; error?: unknown }> {
  const before = Deno.memoryUsage().rss;
  let bytes = 0;
  let memory = 0;
  try {
    for (let it = await body.read(); it !== undefined; it = await body.read()) {
      bytes += it.length;
      memory = Math.max(memory, Deno.memoryUsage().rss - before);
    }
  } catch (error) {
    return { bytes, memory, error };
  }
  return { bytes, memory };
}

Deno.test("stacked codings are undone in any order, whole and byte by byte", async () => {
  const data = bytesOf("stacked ".repeat(40));
  for (const first of ENCODERS) {
    for (const second of ENCODERS) {
      const bytes = encode(second, encode(first, data));
      const codings = [codingOf(first), codingOf(second)];
      for (const size of [bytes.length, 1]) {
        const source = new UnkindSource(cut(bytes, size));
        assertEquals(await readAll(decodeBody(source, codings, UNLIMITED)), data);
        assert(source.ended);
      }
    }
  }
});

Deno.test("five codings are undone", async () => {
  const data = patterned(100_000);
  const codings: Coding[] = ["gzip", "br", "zstd", "deflate", "gzip"];
  const bytes = codings.reduce((it, coding) => encode(coding, it), data);
  const source = new UnkindSource(cut(bytes, 5000));
  assertEquals(await readAll(decodeBody(source, codings, UNLIMITED)), data);
});

Deno.test("an empty body is empty below any codings", async () => {
  for (const codings of [["gzip"], ["gzip", "br"], [...CODINGS]] as Coding[][]) {
    assertEquals((await readAll(decodeBody(new UnkindSource([]), codings, UNLIMITED))).length, 0);
  }
});

Deno.test("stacked data that was cut at any place is an error", async () => {
  const bytes = encode("br", encode("gzip", bytesOf("cut short")));
  for (let length = 1; length < bytes.length; length++) {
    const source = new UnkindSource([bytes.subarray(0, length)]);
    const body = decodeBody(source, ["gzip", "br"], UNLIMITED);
    const error = await assertRejects(() => readAll(body), HttpError, "ends early");
    assertEquals(error.code, "bad_content");
    assert(source.closed > 0);
  }
});

Deno.test("maxBytes is the most that is let through, to the byte", async () => {
  for (const coding of CODINGS) {
    for (const size of [1000, 200_000]) {
      const bytes = encode(coding, patterned(size));
      const exactly = decodeBody(new UnkindSource([bytes]), [coding], {
        maxBytes: size,
        maxRatio: Infinity,
      });
      assertEquals((await readAll(exactly)).length, size);

      const source = new UnkindSource([bytes]);
      const body = decodeBody(source, [coding], { maxBytes: size - 1, maxRatio: Infinity });
      const { bytes: passed, error } = await drain(body);
      assert(error instanceof LimitError);
      assertEquals([error.limit, error.max, error.status], ["maxBodyBytes", size - 1, 413]);
      assert(passed < size);
      assert(source.closed > 0);
      assertStrictEquals(await assertRejects(() => body.read()), error);
    }
  }
});

Deno.test("maxRatio ends a body that explodes, once it is over 1 MiB", async () => {
  for (const coding of CODINGS) {
    const source = new UnkindSource([encode(coding, new Uint8Array(64 * MiB))]);
    const body = decodeBody(source, [coding], { maxBytes: Infinity, maxRatio: 200 });
    const { bytes, error } = await drain(body);
    if (coding === "zstd" || coding === "br") {
      assert(error instanceof LimitError, coding);
      assertEquals([error.limit, error.max, error.status], ["maxDecodeRatio", 200, 413]);
      assert(bytes >= MiB - 65536 && bytes <= 2 * MiB, `${coding} ${bytes}`);
    } else {
      // Deflate reaches 1030 at most, so this is about the size of the coded data.
      assert(error instanceof LimitError, coding);
      assert(bytes < 16 * MiB, `${coding} ${bytes}`);
    }
    assert(source.closed > 0);
  }
});

Deno.test("maxRatio does not limit small bodies nor those that are not that much longer", async () => {
  for (const coding of CODINGS) {
    const alike = encode(coding, new Uint8Array(MiB));
    const body = decodeBody(new UnkindSource([alike]), [coding], { maxBytes: MiB, maxRatio: 2 });
    assertEquals((await drain(body)).bytes, MiB);

    const data = patterned(3 * MiB);
    const bytes = encode(coding, data);
    const ratio = data.length / bytes.length;
    const all = decodeBody(new UnkindSource(cut(bytes, MiB)), [coding], {
      maxBytes: Infinity,
      // In the middle of a body, the decoder may be ahead of the average.
      maxRatio: ratio * 1.5,
    });
    assertEquals((await drain(all)).bytes, data.length);
  }
});

Deno.test("maxRatio also counts what is between two codings and never comes out", async () => {
  // Zeros after gzip data are nothing, but somebody has to make and to read them.
  const padded = new Uint8Array(64 * MiB);
  padded.set(encode("gzip", bytesOf("small")));
  const source = new UnkindSource([encode("br", padded)]);
  const body = decodeBody(source, ["gzip", "br"], { maxBytes: 1000, maxRatio: 200 });
  const { bytes, error } = await drain(body);
  assert(error instanceof LimitError);
  assertEquals([error.limit, bytes], ["maxDecodeRatio", 5]);
});

Deno.test("a bomb of 10 GiB ends at a limit and costs no memory", async () => {
  const bomb = await brotliBomb(640);
  assert(bomb.reduce((sum, it) => sum + it.length, 0) < 2 * MiB);

  const source = new UnkindSource(bomb);
  const body = decodeBody(source, ["br"], { maxBytes: Infinity, maxRatio: 200 });
  const { bytes, error } = await drain(body);
  assert(error instanceof LimitError);
  assertEquals(error.limit, "maxDecodeRatio");
  assert(bytes <= 2 * MiB, `${bytes}`);
  assert(source.reads <= 2);
});

Deno.test("a bomb that is let through runs in constant memory", async () => {
  const bomb = await brotliBomb(32);
  const limits = { maxBytes: 400 * MiB, maxRatio: Infinity };
  const { bytes, memory, error } = await drain(decodeBody(new UnkindSource(bomb), ["br"], limits));
  assert(error instanceof LimitError);
  assertEquals(error.limit, "maxBodyBytes");
  assert(bytes > 400 * MiB - 65536 && bytes <= 400 * MiB, `${bytes}`);
  // Pieces wait for the garbage collector: what counts is that it is far from the whole.
  assert(memory < 100 * MiB, `${memory}`);
});

Deno.test("closing a stacked body mid-way closes its source", async () => {
  const source = new UnkindSource([encode("zstd", encode("gzip", patterned(500_000)))]);
  const body = decodeBody(source, ["gzip", "zstd"], UNLIMITED);
  await body.read();
  body.close();
  assertEquals(source.closed, 1);
  await assertRejects(() => body.read(), HttpError, "it was closed");
});

Deno.test("no coding at all is still limited", async () => {
  const source = new UnkindSource([new Uint8Array(10)]);
  const body = decodeBody(source, [], { maxBytes: 9, maxRatio: 1 });
  await assertRejects(() => readAll(body), LimitError);
});
