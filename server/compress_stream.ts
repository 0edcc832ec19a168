// A stream of bytes in a content coding, made as it is read: nothing is begun before, and what is held is one piece
// of the source and two of the result.

import { byteStream } from "../wire/byte_stream.ts";
import { ZlibDriver, zlibEncoder } from "../wire/zlib_driver.ts";
import type { Coding } from "./files/file_source.ts";

/**
 * The bytes of `source` in a coding. It is locked, read on demand, and cancelled when the result is. `live`: what
 * arrives leaves at once, so that nothing is held up.
 */
export function compressStream(
  source: ReadableStream<Uint8Array>,
  coding: Coding,
  live = false,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = source.getReader();
  let driver: ZlibDriver | undefined;

  async function next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    driver ??= new ZlibDriver(zlibEncoder(coding, live));
    while (true) {
      const outcome = await driver.next();
      // A copy: the stream takes the buffer, of which zlib has the rest.
      if (outcome instanceof Uint8Array) return outcome.slice();
      if (outcome === "over") {
        driver[Symbol.dispose]();
        return undefined;
      }
      const { done, value } = await reader.read();
      if (done) driver.end();
      else if (value instanceof Uint8Array) driver.write(value);
      else throw new TypeError(`Cannot compress: the stream gave ${typeof value}, not bytes`);
    }
  }

  return byteStream({
    async next() {
      try {
        return await next();
      } catch (error) {
        driver?.[Symbol.dispose]();
        // The error is told; what the source makes of it is its own matter.
        reader.cancel(error).catch(() => {});
        throw error;
      }
    },
    async cancel(reason) {
      driver?.[Symbol.dispose]();
      await reader.cancel(reason);
    },
  });
}
