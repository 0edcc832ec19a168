import { assert, assertEquals, assertRejects } from "@std/assert";
import { zlibDecoder, ZlibDriver, zlibEncoder, type ZlibFormat } from "../../wire/zlib_driver.ts";
import { concat, encode, type Encoder, patterned } from "../client/support/coded_data.ts";

const FORMATS: [ZlibFormat, Encoder][] = [
  ["gzip", "gzip"],
  ["zlib", "deflate"],
  ["raw", "raw"],
  ["brotli", "br"],
  ["zstd", "zstd"],
];

/** What comes out until it is hungry or over. */
async function drain(driver: ZlibDriver): Promise<[pieces: number[], "hungry" | "over"]> {
  const pieces: number[] = [];
  while (true) {
    const outcome = await driver.next();
    if (!(outcome instanceof Uint8Array)) return [pieces, outcome];
    pieces.push(outcome.length);
  }
}

Deno.test("a driver is hungry, gives all output of its input, is hungry again, and over", async () => {
  for (const [format, encoder] of FORMATS) {
    using driver = new ZlibDriver(zlibDecoder(format));
    assertEquals(await driver.next(), "hungry");
    driver.write(encode(encoder, new Uint8Array(300_000)));
    const [pieces, outcome] = await drain(driver);
    assertEquals([outcome, pieces.reduce((a, b) => a + b, 0)], ["hungry", 300_000], format);
    assertEquals(driver.unused, 0);
    driver.end();
    assertEquals(await drain(driver), [[], "over"], format);
  }
});

Deno.test("a driver gives pieces of 64 KiB at most, which are no Buffers", async () => {
  for (const [format, encoder] of FORMATS) {
    using driver = new ZlibDriver(zlibDecoder(format));
    driver.write(encode(encoder, new Uint8Array(300_000)));
    const first = await driver.next();
    assert(first instanceof Uint8Array);
    assertEquals(Object.getPrototypeOf(first), Uint8Array.prototype);
    const [pieces] = await drain(driver);
    assert(pieces.concat(first.length).every((it) => it <= 65536), format);
  }
});

Deno.test("a driver tells how much of its input came after the end", async () => {
  for (const [format, encoder] of FORMATS) {
    if (format === "zstd") continue; // there, frames follow on frames
    using driver = new ZlibDriver(zlibDecoder(format));
    const data = encode(encoder, patterned(1000));
    driver.write(concat(data, new Uint8Array(7)));
    assertEquals(await drain(driver), [[1000], "hungry"]);
    assertEquals(driver.unused, 7, format);
  }
});

Deno.test("a driver throws what is wrong with the data", async () => {
  for (const [format] of FORMATS) {
    using driver = new ZlibDriver(zlibDecoder(format));
    driver.write(new Uint8Array(100).fill(0xff));
    await assertRejects(() => drain(driver), Error);
    await assertRejects(() => driver.next(), Error);
  }
});

Deno.test("a driver that is disposed while it is waited for fails", async () => {
  const driver = new ZlibDriver(zlibDecoder("brotli"));
  driver.write(encode("br", patterned(1000)).subarray(0, 5)); // makes no output
  const next = driver.next();
  driver[Symbol.dispose]();
  await assertRejects(() => next, Error, "it was closed");
  await assertRejects(() => driver.next(), Error, "it was closed");
});

Deno.test("a driver does not work ahead of what is read", async () => {
  using driver = new ZlibDriver(zlibDecoder("brotli"));
  const coded = encode("br", new Uint8Array(256 * 1024 * 1024));
  assert(coded.length < 10_000);
  driver.write(coded);
  const before = Deno.memoryUsage().external;
  for (let i = 0; i < 10; i++) await driver.next();
  // Turns of the event loop, in which a decoder that works ahead would go on.
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  assert(Deno.memoryUsage().external - before < 8 * 1024 * 1024);
});

Deno.test("a driver codes what a decoder gives back, live or not", async () => {
  for (const [coding, format] of [["gzip", "gzip"], ["br", "brotli"], ["zstd", "zstd"]] as const) {
    for (const live of [false, true]) {
      using driver = new ZlibDriver(zlibEncoder(coding, live));
      using decoder = new ZlibDriver(zlibDecoder(format));
      const data = patterned(300_000);
      let decoded: Uint8Array<ArrayBuffer> = new Uint8Array(0);
      const pass = async (until: "hungry" | "over"): Promise<void> => {
        let outcome = await driver.next();
        for (; outcome instanceof Uint8Array; outcome = await driver.next()) {
          decoder.write(outcome);
          for (let it = await decoder.next(); it instanceof Uint8Array; it = await decoder.next()) {
            decoded = concat(decoded, it);
          }
        }
        assertEquals(outcome, until);
      };
      driver.write(data.subarray(0, 100));
      await pass("hungry");
      assertEquals(decoded.length === 100, live, coding);
      driver.write(data.subarray(100));
      await pass("hungry");
      driver.end();
      await pass("over");
      assertEquals(decoded, data, coding);
    }
  }
});
