// The body of a Request, of which nothing tells how long it is: read ahead a little. Most are short, and then are
// sent with their length, and again where a redirect asks for that; the others are sent in chunks.

import { concatBytes } from "../../wire/concat_bytes.ts";

/** How much is read ahead, at least: a piece may be longer. */
const AHEAD_BYTES = 65536;
/** How long that may take, in milliseconds: what comes bit by bit must not wait for its end. */
const AHEAD_MS = 100;

type Piece = ReadableStreamReadResult<Uint8Array>;

/** All of a stream, if it is short and there; else what sends it as it comes. Rejects when it fails. */
export async function readStreamAhead(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer> | StreamRest> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let total = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), AHEAD_MS);
  });
  try {
    while (true) {
      const reading: Promise<Piece> = reader.read();
      const result = await Promise.race([reading, late]);
      if (result === undefined) return new StreamRest(pieces, reader, reading);
      if (result.done) return concatBytes(pieces, total);
      pieces.push(result.value);
      // A piece that is no bytes is refused by whoever sends it.
      total += result.value instanceof Uint8Array ? result.value.length : Infinity;
      if (total > AHEAD_BYTES) return new StreamRest(pieces, reader, undefined);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What was read ahead, then what is being read, then the rest of a stream. */
export class StreamRest implements AsyncIterableIterator<Uint8Array> {
  readonly #pieces: Uint8Array[];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #reading: Promise<Piece> | undefined;

  constructor(
    pieces: Uint8Array[],
    reader: ReadableStreamDefaultReader<Uint8Array>,
    reading: Promise<Piece> | undefined,
  ) {
    this.#pieces = pieces;
    this.#reader = reader;
    this.#reading = reading;
    reading?.catch(() => {}); // for whoever asks for it
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const ahead = this.#pieces.shift();
    if (ahead !== undefined) return { done: false, value: ahead };
    const reading = this.#reading ?? this.#reader.read();
    this.#reading = undefined;
    const { done, value } = await reading;
    return done ? { done, value: undefined } : { done, value };
  }

  /** Cancels the stream, with the reason. */
  async return(reason?: unknown): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.#reader.cancel(reason);
    return { done: true, value: undefined };
  }
}
