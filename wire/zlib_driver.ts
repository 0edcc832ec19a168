// One stream of node:zlib, driven by hand: bytes in, pieces out, in turns. It takes no more input before
// the last one is used up, and makes no more than two pieces ahead of what is read. Its memory is bounded: what a
// client sends is decoded in the window that it says, within the library's bounds; what is coded here takes about
// 1 MiB.

import zlib from "node:zlib";

/** What can be decoded. */
export type ZlibFormat = "gzip" | "zlib" | "raw" | "brotli" | "zstd";

/** A piece of output, "hungry" for more input, or "over" after `end()`. */
export type Outcome = Uint8Array<ArrayBuffer> | "hungry" | "over";

/** With a high-water mark of the same size, the stream stops after each piece that is not taken. */
const PIECE_BYTES = 65536;
/** As good as that of gzip at a fraction of its time; higher ones cost far more than they spare. */
const BROTLI_QUALITY = 5;
const ZSTD_LEVEL = 3;
/** How far back repeats are found, as a power of two. */
const WINDOW_BITS = 18;
const OPTIONS = { chunkSize: PIECE_BYTES, readableHighWaterMark: PIECE_BYTES };

/** A stream of node:zlib. */
export type ZlibStream = ReturnType<typeof zlibDecoder | typeof zlibEncoder>;

/** Decodes a format. */
export function zlibDecoder(
  format: ZlibFormat,
): zlib.Gunzip | zlib.Inflate | zlib.InflateRaw | zlib.BrotliDecompress | zlib.ZstdDecompress {
  switch (format) {
    case "gzip":
      return zlib.createGunzip(OPTIONS);
    case "zlib":
      return zlib.createInflate(OPTIONS);
    case "raw":
      return zlib.createInflateRaw(OPTIONS);
    case "brotli":
      return zlib.createBrotliDecompress(OPTIONS);
    case "zstd":
      return zlib.createZstdDecompress(OPTIONS);
  }
}

/** Codes with a content coding; `live`: so that what is written can be decoded at once. */
export function zlibEncoder(
  coding: "br" | "zstd" | "gzip",
  live = false,
): zlib.Gzip | zlib.BrotliCompress | zlib.ZstdCompress {
  const { constants } = zlib;
  switch (coding) {
    case "gzip":
      return zlib.createGzip(live ? { ...OPTIONS, flush: constants.Z_SYNC_FLUSH } : OPTIONS);
    case "br":
      return zlib.createBrotliCompress({
        ...OPTIONS,
        ...(live ? { flush: constants.BROTLI_OPERATION_FLUSH } : {}),
        params: {
          [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
          [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
        },
      });
    case "zstd":
      return zlib.createZstdCompress({
        ...OPTIONS,
        ...(live ? { flush: constants.ZSTD_e_flush } : {}),
        params: {
          [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
          [constants.ZSTD_c_windowLog]: WINDOW_BITS,
        },
      });
  }
}

/** Drives one. Only one call of `next` may wait at a time. */
export class ZlibDriver implements Disposable {
  readonly #stream: ZlibStream;
  #writing = false;
  #written = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(stream: ZlibStream) {
    const wake = (): void => this.#wake?.();
    this.#stream = stream;
    this.#stream.on("readable", wake);
    this.#stream.on("close", wake);
    this.#stream.on("end", () => {
      this.#ended = true;
      wake();
    });
    this.#stream.on("error", wake);
  }

  /** How much of all that was written a decoder had no use for, since its data is over. */
  get unused(): number {
    return this.#written - this.#stream.bytesWritten;
  }

  /** Gives it input, when it is hungry. The bytes must stay as they are until it is so again. */
  write(bytes: Uint8Array): void {
    this.#writing = true;
    this.#written += bytes.length;
    this.#stream.write(bytes, () => {
      this.#writing = false;
      this.#wake?.();
    });
  }

  /** Says that there is no more input, when it is hungry. */
  end(): void {
    this.#writing = true;
    this.#stream.end();
  }

  /** What comes next, in order. Throws what zlib found wrong. */
  async next(): Promise<Outcome> {
    while (true) {
      const piece = this.#stream.read();
      // Not the Buffer itself: whoever copies it with `slice()` would get a view.
      if (piece !== null) return new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
      const error = this.#stream.errored;
      if (error) throw error;
      if (this.#stream.destroyed && !this.#ended) throw new Error("it was closed");
      if (!this.#writing) return "hungry";
      if (this.#ended) return "over";
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }

  /** Frees its memory. */
  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}
