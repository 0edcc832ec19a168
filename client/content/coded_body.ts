// A body with one content coding, undone while it is read. What node:zlib lets pass is checked here: that
// brotli and zstd data is whole, and that nothing follows on the end of any.

import { concatBytes } from "../../wire/concat_bytes.ts";
import { ClosedError } from "../../wire/errors.ts";
import type { BodySource } from "../body_source.ts";
import { badContent, type Coding } from "./coding.ts";
import { type Outcome, zlibDecoder, ZlibDriver, type ZlibFormat } from "../../wire/zlib_driver.ts";
import { ZstdFrames } from "./zstd_frames.ts";

/**
 * The decoded form of a body, of which no more than some 128 KiB are decoded ahead of what is read. The
 * source is always read to its end, and closed when that cannot be. No bytes at all are an empty body.
 */
export class CodedBody implements BodySource {
  readonly #source: BodySource;
  readonly #coding: Coding;
  readonly #frames: ZstdFrames = new ZstdFrames();
  #driver: ZlibDriver | undefined;
  /** What the source gave last: a view, valid until it is read again. */
  #input: Uint8Array = new Uint8Array(0);
  /** How much of that the driver was given. */
  #given = 0;
  /** The data is over, and only zeros may follow. */
  #padding = false;
  /** The input is over, and brotli's decoder was given one more byte, to see whether it still waits for data. */
  #probing = false;
  #sourceEnded = false;
  #ended = false;
  #error: unknown;

  constructor(source: BodySource, coding: Coding) {
    this.#source = source;
    this.#coding = coding;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#error !== undefined) throw this.#error;
    try {
      while (!this.#ended) {
        const piece = await this.#step();
        if (this.#error !== undefined) break;
        if (piece !== undefined) return piece;
      }
    } catch (error) {
      // If it was closed meanwhile, that is the reason of all that failed since.
      this.#error ??= error;
    }
    this.#driver?.[Symbol.dispose]();
    if (this.#error === undefined) return undefined;
    this.#source.close();
    throw this.#error;
  }

  close(): void {
    if (this.#ended || this.#error !== undefined) return;
    this.#error = new ClosedError("Cannot read body: it was closed");
    this.#driver?.[Symbol.dispose]();
    this.#source.close();
  }

  /** Goes on by a piece of output, or some input. */
  async #step(): Promise<Uint8Array | undefined> {
    if (this.#driver === undefined || this.#padding) {
      await this.#takeInput();
      return undefined;
    }
    const outcome = await this.#next(this.#driver);
    const { unused } = this.#driver;
    if (outcome === "over") this.#ended = true;
    else if (outcome === "hungry" && unused > 0) this.#endData(unused);
    else if (this.#probing) throw this.#cutShort();
    else if (outcome === "hungry") await this.#takeInput();
    else return outcome;
  }

  async #takeInput(): Promise<void> {
    if (this.#given < this.#input.length) this.#giveInput();
    else if (this.#sourceEnded) this.#endInput();
    else await this.#readInput();
  }

  async #next(driver: ZlibDriver): Promise<Outcome> {
    try {
      return await driver.next();
    } catch (cause) {
      // Decoders complain of data that ends early only when they are told that there is no more.
      if (this.#probing || (cause as { code?: string }).code === "Z_BUF_ERROR") {
        throw this.#cutShort(cause);
      }
      throw this.#damaged((cause as Error).message, cause);
    }
  }

  async #readInput(): Promise<void> {
    // One byte is too few to tell the two kinds of deflate apart: it is put in front of what comes next.
    const held = this.#driver === undefined ? new Uint8Array(this.#input) : undefined;
    const input = await this.#source.read();
    if (input === undefined) {
      this.#sourceEnded = true;
      return;
    }
    this.#input = held === undefined || held.length === 0 ? input : concatBytes([held, input]);
    this.#given = 0;
    if (this.#padding) return this.#checkPadding(this.#input);
    if (this.#driver !== undefined || this.#input.length === 0) return;
    const format = formatOf(this.#coding, this.#input);
    if (format === undefined) this.#given = this.#input.length;
    else this.#driver = new ZlibDriver(zlibDecoder(format));
  }

  #giveInput(): void {
    const from = this.#given;
    this.#given = this.#coding === "zstd" ? this.#endOfStretch(from) : this.#input.length;
    this.#driver!.write(this.#input.subarray(from, this.#given));
  }

  /**
   * In Deno 2.9, an error in zstd data that comes up after output has filled a buffer ends the process:
   * it is thrown out of a callback. Given no more than a block at once, the decoder finds errors before
   * it makes output.
   */
  #endOfStretch(from: number): number {
    try {
      return this.#frames.next(this.#input, from);
    } catch (cause) {
      throw this.#damaged((cause as Error).message, cause);
    }
  }

  /** The driver leaves bytes alone: these come after the end of the data. */
  #endData(unused: number): void {
    if (this.#probing) {
      this.#ended = true;
      return;
    }
    this.#padding = true;
    this.#checkPadding(this.#input.subarray(this.#input.length - unused));
  }

  /** As tapes and some servers do it, gzip data may be filled up with zeros. */
  #checkPadding(bytes: Uint8Array): void {
    if (this.#coding !== "gzip" || bytes.some((byte) => byte !== 0)) {
      throw badContent(`something follows on the end of its ${this.#coding} data`);
    }
    this.#given = this.#input.length;
  }

  #endInput(): void {
    if (this.#padding) this.#ended = true;
    else if (this.#driver === undefined) {
      if (this.#input.length > 0) throw this.#cutShort();
      this.#ended = true;
    } else if (this.#coding === "zstd") {
      if (!this.#frames.complete) throw this.#cutShort();
      this.#ended = true;
    } else if (this.#coding === "br") {
      // Unlike the others, brotli's decoder takes it silently that its data ends early. But given one more
      // byte, it uses that only if it still waits for data; if it is done, the byte is left over.
      this.#probing = true;
      this.#driver.write(Uint8Array.of(0));
    } else {
      this.#driver.end();
    }
  }

  #cutShort(cause?: unknown): Error {
    return badContent(`its ${this.#coding} data ends early`, cause);
  }

  #damaged(why: string, cause: unknown): Error {
    return badContent(`its ${this.#coding} data is damaged: ${why}`, cause);
  }
}

/** What the first bytes are to be decoded as, or undefined if there are too few of them. */
function formatOf(coding: Coding, start: Uint8Array): ZlibFormat | undefined {
  if (coding === "br") return "brotli";
  if (coding !== "deflate") return coding;
  if (start.length < 2) return undefined;
  // RFC 9110 8.4.1.2 means zlib's format, but some servers send it bare. RFC 1950 2.2: the method, and a
  // checksum of two bytes. Bare data would begin with four unused bits that are not all zero.
  const [first, second] = start as unknown as [number, number];
  return (first & 15) === 8 && (first << 8 | second) % 31 === 0 ? "zlib" : "raw";
}
