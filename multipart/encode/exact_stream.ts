// A stream whose length was announced: one that gives more or fewer bytes is an error, before a byte too
// many was passed on. Cancelling it cancels the stream below.

/** The bytes of `stream`, which must be `size` of them; `what` names it in errors. */
export function exactStream(
  stream: ReadableStream<Uint8Array>,
  size: number,
  what: string,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  let left = size;

  const fail = (error: Error): never => {
    // The error is what the reader hears of; how the stream takes it is of no interest any more.
    reader.cancel(error).catch(() => {});
    throw error;
  };

  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) {
        if (left > 0) {
          throw new RangeError(`Cannot send ${what}: it had ${size - left} of ${size} bytes`);
        }
        return controller.close();
      }
      if (!(value instanceof Uint8Array)) {
        return fail(new TypeError(`Cannot send ${what}: it gave a ${typeof value}, not bytes`));
      }
      if (value.length > left) {
        return fail(new RangeError(`Cannot send ${what}: it has more than ${size} bytes`));
      }
      left -= value.length;
      // Empty ones, too: whoever reads decides how long that may go on.
      controller.enqueue(ownBytes(value));
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** The bytes as they are, unless their memory is shared: then a copy. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? bytes as Uint8Array<ArrayBuffer>
    : new Uint8Array(bytes);
}
