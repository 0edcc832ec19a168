import { assert, assertEquals, assertThrows } from "@std/assert";
import zlib from "node:zlib";
import { MAX_WINDOW_BYTES, ZstdFrames } from "../../../client/content/zstd_frames.ts";
import { concat, encode, patterned } from "../support/coded_data.ts";

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** Where stretches end, and whether the data may end after the last one. */
function follow(...pieces: Uint8Array[]): [ends: number[], complete: boolean] {
  const frames = new ZstdFrames();
  const ends: number[] = [];
  let before = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      at = frames.next(piece, at);
      ends.push(before + at);
    }
    before += piece.length;
  }
  return [ends, frames.complete];
}

const of = (...bytes: number[]) => Uint8Array.from(bytes);

Deno.test("ZstdFrames cuts after each block and each checksum", () => {
  const frame = of(
    ...MAGIC,
    ...[0x24, 9], // a single segment of 9 bytes, with a checksum
    ...[0x20, 0, 0, 1, 2, 3, 4], // 4 bytes as they are
    ...[0, 0, 0], // nothing
    ...[0x2b, 0, 0, 7], // the last block: 5 times 7
    ...[1, 2, 3, 4], // the checksum
  );
  assertEquals(follow(frame), [[13, 20, 24], true]);
  assertEquals(follow(concat(frame, frame)), [[13, 20, 24, 37, 44, 48], true]);
  const empty = of(...MAGIC, 0x20, 0, 1, 0, 0);
  assertEquals(follow(concat(empty, empty)), [[9, 18], true]);
});

Deno.test("ZstdFrames knows all kinds of frame headers", () => {
  const last = [1, 0, 0];
  const headers = [
    [0x00, 0], // a window
    [0x20, 0], // a size in one byte
    [0x60, 0, 0],
    [0xa0, 0, 0, 0, 0],
    [0xe0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0x40, 0, 0, 0], // a window and a size
    [0x01, 0, 9], // a window and a dictionary
    [0x02, 0, 9, 9],
    [0x03, 0, 9, 9, 9, 9],
    [0xe3, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0],
  ];
  for (const header of headers) {
    const frame = of(...MAGIC, ...header, ...last);
    assertEquals(follow(frame), [[frame.length], true], `${header}`);
    assertEquals(follow(frame.subarray(0, -1))[1], false, `${header}`);
  }
});

Deno.test("ZstdFrames passes over skippable frames, empty ones too", () => {
  for (const kind of [0x50, 0x5f]) {
    const empty = of(kind, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);
    const skipped = of(kind, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
    assertEquals(follow(empty)[1], true);
    assertEquals(follow(skipped)[1], true);
    assertEquals(follow(skipped.subarray(0, -1))[1], false);
    const data = concat(empty, encode("zstd", patterned(10)), skipped, empty);
    assertEquals(follow(data)[1], true);
  }
});

Deno.test("ZstdFrames is complete after whole frames only, however they are split", () => {
  const data = concat(encode("zstd", patterned(300)), encode("zstd", new Uint8Array(200_000)));
  const firstFrame = encode("zstd", patterned(300)).length;
  for (let length = 0; length <= data.length; length++) {
    const whole = length === 0 || length === firstFrame || length === data.length;
    assertEquals(follow(data.subarray(0, length))[1], whole, `${length}`);
    const [ends, complete] = follow(data.subarray(0, length), data.subarray(length));
    assertEquals([ends.at(-1), complete], [data.length, true]);
  }
  assertEquals(follow(...[...data].map((byte) => of(byte)))[1], true);
});

Deno.test("ZstdFrames refuses what is not zstd", () => {
  for (const data of [of(0, 0, 0, 0), of(0x28, 0xb5, 0x2f, 0xfc), of(0x60, 0x2a, 0x4d, 0x18)]) {
    assertThrows(() => follow(data), RangeError, "no frame begins where one should");
  }
  const frame = encode("zstd", patterned(10));
  assertThrows(() => follow(concat(frame, of(1, 2, 3, 4))), RangeError, "no frame begins");
  assertThrows(() => follow(of(...MAGIC, 0x20, 0, 7, 0, 0)), RangeError, "the reserved kind");
});

Deno.test("ZstdFrames takes the window that RFC 9659 allows and no larger one", () => {
  // Exponent 13 and no mantissa: 8 MiB. A size of its own stands for the window.
  assertEquals(follow(of(...MAGIC, 0x00, 13 << 3))[1], false);
  assertEquals(follow(of(...MAGIC, 0xa0, 0, 0, 0x80, 0))[1], false);
  const larger = [
    [0x00, 13 << 3 | 1],
    [0x00, 14 << 3],
    [0x00, 0xff],
    [0xa0, 1, 0, 0x80, 0],
    [0xe0, 0, 0, 0, 0, 0, 0, 0, 1],
  ];
  for (const header of larger) {
    assertThrows(() => follow(of(...MAGIC, ...header)), RangeError, "RFC 9659");
  }
  assertEquals(MAX_WINDOW_BYTES, 8 << 20);
});

Deno.test("ZstdFrames follows what the encoder makes at all levels", () => {
  for (const level of [-5, 1, 3, 9, 15, 19]) {
    for (const data of [new Uint8Array(0), patterned(1), patterned(500_000)]) {
      const params = { [zlib.constants.ZSTD_c_compressionLevel]: level };
      const coded = new Uint8Array(zlib.zstdCompressSync(data, { params }));
      const [ends, complete] = follow(coded);
      assert(complete, `level ${level}`);
      assertEquals(ends.at(-1), coded.length);
    }
  }
});
