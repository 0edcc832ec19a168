// Coded data for the tests of decoding, and a source of it that is as unkind as its contract allows.

import zlib from "node:zlib";
import type { BodySource } from "../../../client/body_source.ts";
import type { Coding } from "../../../client/content/coding.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The ways to code data; `raw` is deflate as some servers send it. */
export type Encoder = Coding | "raw";
export const ENCODERS: readonly Encoder[] = ["gzip", "deflate", "raw", "br", "zstd"];

/** What a response would name the coding. */
export function codingOf(encoder: Encoder): Coding {
  return encoder === "raw" ? "deflate" : encoder;
}

/** Codes data; zstd with a checksum. */
export function encode(encoder: Encoder, data: Uint8Array): Bytes {
  const { BROTLI_PARAM_QUALITY, ZSTD_c_checksumFlag } = zlib.constants;
  const coded = {
    gzip: () => zlib.gzipSync(data),
    deflate: () => zlib.deflateSync(data),
    raw: () => zlib.deflateRawSync(data),
    br: () => zlib.brotliCompressSync(data, { params: { [BROTLI_PARAM_QUALITY]: 3 } }),
    zstd: () => zlib.zstdCompressSync(data, { params: { [ZSTD_c_checksumFlag]: 1 } }),
  }[encoder]();
  return new Uint8Array(coded);
}

export function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function concat(...parts: Uint8Array[]): Bytes {
  return new Uint8Array(parts.flatMap((it) => [...it]));
}

/** Data that is coded to somewhat less than it is. */
export function patterned(size: number): Bytes {
  let state = 1;
  return new Uint8Array(size).map(() => {
    state = Math.imul(state, 1103515245) + 12345;
    return state >>> 16 & 31;
  });
}

/** Gives pieces as views of one buffer, each of which is overwritten when the next one is asked for. */
export class UnkindSource implements BodySource {
  /** Calls of `close`. */
  closed = 0;
  /** Calls of `read`. */
  reads = 0;
  /** Whether its end was read. */
  ended = false;
  readonly #pieces: Iterator<Uint8Array | Error>;
  readonly #buffer: Bytes;

  constructor(pieces: Iterable<Uint8Array | Error>) {
    this.#pieces = pieces[Symbol.iterator]();
    this.#buffer = new Uint8Array(1 << 20);
  }

  async read(): Promise<Uint8Array | undefined> {
    this.reads++;
    this.#buffer.fill(0xee);
    await Promise.resolve();
    const { done, value } = this.#pieces.next();
    if (done) {
      this.ended = true;
      return undefined;
    }
    if (value instanceof Error) throw value;
    this.#buffer.set(value);
    return this.#buffer.subarray(0, value.length);
  }

  close(): void {
    this.closed++;
    this.#buffer.fill(0xee);
  }
}

/** A source of data in one piece, in two, in single bytes, or in pieces of `size`. */
export function* cut(data: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

/** Everything that a body gives. */
export async function readAll(body: BodySource): Promise<Bytes> {
  const pieces: Bytes[] = [];
  for (let it = await body.read(); it !== undefined; it = await body.read()) {
    pieces.push(new Uint8Array(it));
  }
  return await new Blob(pieces).bytes();
}

/** A body of brotli that holds `times` times 16 MiB of zeros. */
export async function brotliBomb(times: number): Promise<Uint8Array[]> {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = zlib.constants;
  const encoder = zlib.createBrotliCompress({
    params: { [BROTLI_PARAM_QUALITY]: 5, [BROTLI_PARAM_LGWIN]: 16 },
  });
  const zeros = new Uint8Array(16 * 1024 * 1024);
  const pieces: Bytes[] = [];
  encoder.on("data", (piece) => pieces.push(new Uint8Array(piece)));
  const coded = async (): Promise<Bytes> => {
    await new Promise((resolve) => encoder.write(zeros, resolve));
    await new Promise<void>((resolve) => encoder.flush(resolve));
    return concat(...pieces.splice(0));
  };
  // Flushed data ends with a byte, and that of the same state is the same and can be repeated.
  const first = await coded();
  const second = await coded();
  const ended = new Promise((resolve) => encoder.on("end", resolve));
  encoder.end();
  await ended;
  const repeated = Array.from({ length: times - 1 }, () => second);
  return [first, ...repeated, concat(...pieces)];
}
