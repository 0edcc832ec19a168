// The body of a request as its handler reads it: in pieces, whole, as a stream. A client that waits for
// permission to send it gets that with the first read.

import type { BodyReader } from "../wire/body_reader.ts";
import { BULK_BYTES } from "../wire/buffer_pool.ts";
import { byteStream } from "../wire/byte_stream.ts";
import type { FieldSection } from "../wire/field_section.ts";
import type { Channel } from "./channel.ts";
import { ClosedError } from "../wire/errors.ts";
import { toMs } from "./check_arguments.ts";
import { observed } from "./observed.ts";
import type { OutgoingResponse } from "./response.ts";

/** Bytes that are asked for where nobody says how many. */
const PIECE_BYTES = BULK_BYTES;

/** The body of one request. */
export class RequestBody {
  readonly #channel: Channel;
  readonly #response: OutgoingResponse;
  readonly #body: BodyReader;
  /** Whether somebody began to read it. */
  touched = false;
  #whenDone: PromiseWithResolvers<true> | undefined;
  #awaitsContinue: boolean;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor(
    channel: Channel,
    response: OutgoingResponse,
    body: BodyReader,
    awaitsContinue: boolean,
  ) {
    this.#channel = channel;
    this.#response = response;
    this.#body = body;
    this.#awaitsContinue = awaitsContinue;
  }

  /** Whether it was consumed. */
  get done(): boolean {
    return this.#body.done;
  }

  /** Resolves when it was consumed, never if it is not; rejects when the connection broke in it. */
  get whenDone(): Promise<true> {
    this.#whenDone ??= Promise.withResolvers();
    if (this.#body.done) this.#whenDone.resolve(true);
    return observed(this.#whenDone.promise);
  }

  /** The fields behind it, once it was consumed and had such. */
  get trailers(): FieldSection | undefined {
    return this.#body.trailers;
  }

  /** How many bytes of it were read. */
  get received(): number {
    return this.#body.received;
  }

  /** The next bytes, up to `count` of them, or without that all of the rest; empty at the end. */
  async read(count?: number, timeout?: number): Promise<Uint8Array<ArrayBuffer>> {
    if (count !== undefined && !(Number.isInteger(count) && count > 0)) {
      throw new RangeError(`Cannot read body: count ${count} is not a whole number above 0`);
    }
    const { settings } = this.#channel.host;
    const timeoutMs = toMs(timeout, settings.bodyMs);
    if (!this.#body.done) await this.#continue();
    return await this.#observe(
      count === undefined
        ? this.#body.readAll(settings.maxBufferedBody, timeoutMs)
        : this.#body.read(count, timeoutMs),
    );
  }

  /** Waits for a read, and tells of the end that it may have met. */
  async #observe<T>(reading: Promise<T>): Promise<T> {
    this.touched = true;
    try {
      const read = await reading;
      if (this.#body.done) this.#whenDone?.resolve(true);
      return read;
    } catch (error) {
      if (error instanceof ClosedError) this.#whenDone?.reject(error);
      throw error;
    }
  }

  /** The next bytes, as many as have arrived within reason; empty at the end. */
  readPiece(timeout?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.read(PIECE_BYTES, timeout);
  }

  /** Reads and drops the rest. */
  async discard(): Promise<void> {
    if (this.#body.done) return;
    await this.#continue();
    await this.#observe(this.#body.discard(Infinity, this.#channel.host.settings.bodyMs));
  }

  /** It as a stream of bytes, always the same one. What is left when that is cancelled is left unread. */
  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#stream ??= byteStream({
      next: (most = PIECE_BYTES) => this.read(Math.min(most, PIECE_BYTES)),
    });
  }

  /** Whether the exchange lets the connection persist, as far as the body tells. */
  mayPersist(): boolean {
    const { lingerBytes } = this.#channel.host.settings;
    // A client that was never told to continue may send its body or not: nobody can know.
    const isWaiting = this.#awaitsContinue && !this.#body.done;
    return !isWaiting && !this.#body.failed && (this.#body.remaining ?? 0) <= lingerBytes;
  }

  /** Permits the body, if the client waits for that, and the final answer is not under way. */
  async #continue(): Promise<void> {
    if (!this.#awaitsContinue || !this.#response.unsent) return;
    this.#awaitsContinue = false;
    const { reader, writer } = this.#channel;
    if (reader.end > reader.start) return;
    writer.putAscii("HTTP/1.1 100 Continue\r\n\r\n");
    await writer.flush();
  }
}
