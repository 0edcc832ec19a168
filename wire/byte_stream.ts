// A standard stream of bytes that is read as it is pulled: nothing ahead of whoever reads it.

/** What such a stream comes from. */
export interface ByteStreamSource {
  /**
   * The next bytes; none, or undefined, at the end. They are the stream's from then on, with the buffer that they are
   * in. `most`: how many the reader has room for, where it says so; what is beyond them is kept for its next read.
   */
  next(most: number | undefined): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Nobody wants the rest; called with the reason that was given. */
  cancel?(reason: unknown): void | Promise<void>;
}

/** A stream of what a source gives. */
export function byteStream(source: ByteStreamSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const piece = await source.next(controller.byobRequest?.view?.byteLength);
      if (piece !== undefined && piece.length > 0) return controller.enqueue(piece);
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: (reason) => source.cancel?.(reason),
  }, { highWaterMark: 0 });
}

const READ_BYTES = 65536;

/** A source that reads into a buffer, as a connection does. */
export async function readBytes(
  read: (into: Uint8Array<ArrayBuffer>) => Promise<number | null>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const into = new Uint8Array(READ_BYTES);
  const count = await read(into);
  return count === null ? undefined : into.subarray(0, count);
}
