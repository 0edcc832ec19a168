// Reading a stream in large pieces: one of the runtime's own, of a file or a connection, fills any buffer, where its
// pieces would else be of 64 KiB at most. Each read is a way to another thread and back.

import { BULK_BYTES } from "./buffer_pool.ts";
import { ownSymbol } from "./own_symbol.ts";

/**
 * Where the runtime notes that a stream is that of a file or connection of its own. Where the runtime no longer has
 * this, a stream is read in pieces of the runtime's choice.
 */
const BACKED: symbol | undefined = ownSymbol(new ReadableStream(), "[[resourceBacking]]");
/** The size of a write; with what frames a chunk it fits into one buffer of a writer. */
export const LARGE_BYTES: number = BULK_BYTES - 4096;
/** The first piece may be so long, and each twice as long as one that filled its buffer. */
const FIRST_BYTES = 65536;
const LONGEST_BYTES = 4 * LARGE_BYTES;

/** What reads a stream. */
export type PieceReader = Pick<ReadableStreamDefaultReader<unknown>, "read" | "cancel">;

/**
 * Reads a stream, which gets locked. A piece of one of the runtime's own stays valid until the call after the next; it
 * is `longest` bytes long at most.
 */
export function readPieces(
  stream: ReadableStream<unknown>,
  longest: number = LONGEST_BYTES,
): PieceReader {
  const isBacked = BACKED !== undefined &&
    (stream as unknown as Record<symbol, unknown>)[BACKED];
  if (!isBacked) return stream.getReader();
  const reader = stream.getReader({ mode: "byob" });
  /** The buffers of the last two pieces. */
  const buffers: ArrayBuffer[] = [];
  let size = FIRST_BYTES;
  return {
    async read(): Promise<ReadableStreamReadResult<unknown>> {
      const free = buffers.length === 2 ? buffers.shift() : undefined;
      const into = free?.byteLength === size ? free : new ArrayBuffer(size);
      const result = await reader.read(new Uint8Array(into));
      if (result.value !== undefined) {
        buffers.push(result.value.buffer);
        if (result.value.length === size) size = Math.min(size * 2, longest);
      }
      return result;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}
