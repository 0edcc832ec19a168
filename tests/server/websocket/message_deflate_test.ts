import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { constants, inflateRawSync } from "node:zlib";
import { loadLibrary, type PerMessageDeflate } from "../../../server/websocket/library.ts";
import { makeDeflate } from "../../../server/websocket/message_deflate.ts";

const library = await loadLibrary();

function made(maxMessageBytes = 1000, bits: string | null = null): PerMessageDeflate {
  const params = {
    server_no_context_takeover: [true],
    client_no_context_takeover: [true],
    ...(bits === null ? {} : { server_max_window_bits: [bits] }),
  };
  return makeDeflate(library, params as never, maxMessageBytes, (error) => {
    throw error;
  });
}

function compress(deflate: PerMessageDeflate, data: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve) => deflate.compress(data, true, (_, bytes) => resolve(bytes)));
}

function decompress(
  deflate: PerMessageDeflate,
  data: Uint8Array,
  isLast = true,
): Promise<number | string> {
  return new Promise((resolve) => {
    deflate.decompress(data, isLast, (error, bytes) => {
      resolve(error ? String((error as { code?: unknown }).code) : bytes.length);
    });
  });
}

Deno.test("messages are compressed and inflated by themselves, many at a time", async () => {
  const deflate = made(100_000);
  const data = new Uint8Array(50_000).map((_, i) => i % 100);
  const compressed = await Promise.all(Array.from({ length: 20 }, () => compress(deflate, data)));
  // The second one is no shorter than the first: it knows nothing of it.
  assertEquals(new Set(compressed.map(({ length }) => length)).size, 1);
  const lengths = await Promise.all(compressed.map((it) => decompress(deflate, it)));
  assertEquals(lengths, Array.from({ length: 20 }, () => 50_000));
});

Deno.test("between two messages everybody else has a turn, whether they are compressed or inflated", async () => {
  const deflate = made(100_000);
  const data = new Uint8Array(50_000);
  const compressed = await compress(deflate, data);
  for (const work of [() => compress(deflate, data), () => decompress(deflate, compressed)]) {
    let done = 0;
    const seen = new Set<number>();
    const look = (): void => {
      seen.add(done);
      if (done < 20) setImmediate(look);
    };
    setImmediate(look);
    await Promise.all(Array.from({ length: 20 }, () => work().then(() => done++)));
    // Each number of messages that were ready was seen by others.
    const missed = Array.from({ length: 19 }, (_, i) => i + 1).filter((it) => !seen.has(it));
    assertEquals(missed, []);
  }
});

Deno.test("answers are compressed in between what arrives, however much that is", async () => {
  const deflate = made(1000);
  const data = await compress(deflate, new Uint8Array(1000));
  const log: string[] = [];
  await Promise.all(Array.from({ length: 10 }, async () => {
    await decompress(deflate, data);
    log.push("in");
    await compress(deflate, new Uint8Array(1000));
    log.push("out");
  }));
  const waiting = log.map((_, i) => {
    const before = log.slice(0, i + 1);
    return before.filter((it) => it === "in").length - before.filter((it) => it === "out").length;
  });
  assertEquals([log.length, Math.max(...waiting) <= 2], [20, true]);
});

Deno.test("a message is inflated when its last fragment is there", async () => {
  const deflate = made();
  const data = await compress(deflate, new Uint8Array(1000).map((_, i) => i));
  assertEquals(await decompress(deflate, data.subarray(0, 100), false), 0);
  assertEquals(await decompress(deflate, data.subarray(100, 101), false), 0);
  assertEquals(await decompress(deflate, data.subarray(101)), 1000);
});

Deno.test("a fragment that waits does not hold what it was cut from", async () => {
  const deflate = made();
  const data = await compress(deflate, new Uint8Array(1000).map((_, i) => i));
  const piece = new Uint8Array(16384);
  piece.set(data);
  await decompress(deflate, piece.subarray(0, 100), false);
  // It was copied, so that this changes nothing.
  piece.fill(255, 0, 100);
  assertEquals(await decompress(deflate, piece.subarray(100, data.length)), 1000);
});

Deno.test("a message may have as many bytes as are allowed, and no more, however few were sent", async () => {
  const deflate = made(1000);
  assertEquals(await decompress(deflate, await compress(deflate, new Uint8Array(1000))), 1000);
  const long = await decompress(deflate, await compress(deflate, new Uint8Array(1001)));
  assertEquals(long, "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
  const bomb = await compress(deflate, new Uint8Array(64 * 1024 * 1024));
  assertEquals(await decompress(deflate, bomb), "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
});

Deno.test("what cannot be inflated is an error, and the next message is not", async () => {
  const deflate = made();
  assertEquals(await decompress(deflate, Uint8Array.of(255, 255)), "Z_DATA_ERROR");
  assertEquals(await decompress(deflate, await compress(deflate, Uint8Array.of(1, 2))), 2);
});

Deno.test("the window that was agreed upon is kept to", async () => {
  const data = crypto.getRandomValues(new Uint8Array(600));
  const twice = new Uint8Array([...data, ...data]);
  const small = await compress(made(1000, "9"), twice);
  const large = await compress(made(1000, "15"), twice);
  // 512 bytes do not reach back to where the data was before.
  assertEquals([small.length > 1200, large.length < 700], [true, true]);
  const tail = Uint8Array.of(0, 0, 255, 255);
  const options = { windowBits: 9, finishFlush: constants.Z_SYNC_FLUSH };
  const whole = inflateRawSync(new Uint8Array([...small, ...tail]), options);
  assertEquals(new Uint8Array(whole), twice);
});
