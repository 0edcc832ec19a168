// One stream of node:zlib, driven by hand: bytes in, pieces out, in turns. It takes no more input before
// the last one is used up, and makes no more than two pieces ahead of what is read.

import zlib from "node:zlib";

/** What a stream of node:zlib can decode. */
export type ZlibFormat = "gzip" | "zlib" | "raw" | "brotli" | "zstd";

/** A piece of output, "hungry" for more input, or "over" after `end()`. */
export type Outcome = Uint8Array<ArrayBuffer> | "hungry" | "over";

/** With a high-water mark of the same size, the stream stops after each piece that is not taken. */
const PIECE_BYTES = 65536;
const OPTIONS = { chunkSize: PIECE_BYTES, readableHighWaterMark: PIECE_BYTES };

const MAKE: Record<ZlibFormat, () => ZlibStream> = {
  gzip: () => zlib.createGunzip(OPTIONS),
  zlib: () => zlib.createInflate(OPTIONS),
  raw: () => zlib.createInflateRaw(OPTIONS),
  brotli: () => zlib.createBrotliDecompress(OPTIONS),
  zstd: () => zlib.createZstdDecompress(OPTIONS),
};
type ZlibStream = zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress | zlib.ZstdDecompress;

/** Decodes. Only one call of `next` may wait at a time. */
export class ZlibDriver implements Disposable {
  readonly #stream: ZlibStream;
  #writing = false;
  #written = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(format: ZlibFormat) {
    const wake = (): void => this.#wake?.();
    this.#stream = MAKE[format]();
    this.#stream.on("readable", wake);
    this.#stream.on("close", wake);
    this.#stream.on("end", () => {
      this.#ended = true;
      wake();
    });
    this.#stream.on("error", wake);
  }

  /** How much of all that was written the decoder had no use for, since its data is over. */
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

  /** What comes next, in the order in which it is decoded. Throws what zlib found wrong. */
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
