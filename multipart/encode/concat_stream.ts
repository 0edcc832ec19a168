// Several supplies of bytes, one after the other, as one stream. Nothing is read before it is asked for,
// and when the stream is cancelled or a supply fails, it and all that were to follow are closed.

/** Bytes that are pulled. */
export interface ByteSupply {
  /** The next bytes, which belong to the caller; undefined at the end. Opens what it reads from. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Gives up what was not read; also called after the end, or when nothing was read at all. */
  close(reason?: unknown): void | Promise<void>;
}

/** Bytes that are there already. */
export class BytesSupply implements ByteSupply {
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    return Promise.resolve(bytes);
  }

  close(): void {
    this.#bytes = undefined;
  }
}

/** A stream that is opened when it is read, or only to be cancelled. */
export class StreamSupply implements ByteSupply {
  readonly #open: () => ReadableStream<Uint8Array<ArrayBuffer>>;
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;

  constructor(open: () => ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#open = open;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#reader ??= this.#open().getReader();
    const { value } = await this.#reader.read();
    return value;
  }

  /** Cancels it; after its end or its failure, or where it cannot be opened, that does nothing. */
  async close(reason?: unknown): Promise<void> {
    try {
      this.#reader ??= this.#open().getReader();
    } catch {
      return;
    }
    await this.#reader.cancel(reason);
  }
}

/** The bytes of all supplies, which are asked for one at a time. */
export function concatStream(
  supplies: Iterable<ByteSupply>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const following = supplies[Symbol.iterator]();
  let current: ByteSupply | undefined;
  let cancelled = false;

  const advance = (): ByteSupply | undefined => {
    const next = following.next();
    return current = next.done ? undefined : next.value;
  };
  /** Closes all at once, also behind one that cannot be closed; resolves when all are. */
  const closeAll = (reason: unknown): Promise<unknown> => {
    const closed: Promise<void>[] = [];
    for (let it = current ?? advance(); it !== undefined; it = advance()) {
      closed.push(close(it, reason));
    }
    return Promise.all(closed);
  };

  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        for (let it = current ?? advance(); it !== undefined; it = advance()) {
          const bytes = await it.read();
          if (cancelled) return;
          if (bytes !== undefined) return controller.enqueue(bytes);
          await it.close();
        }
      } catch (error) {
        if (cancelled) return;
        // What failed is what matters, not whether and when something else can be closed.
        closeAll(error).catch(() => {});
        throw error;
      }
      if (!cancelled) controller.close();
    },
    async cancel(reason) {
      cancelled = true;
      await closeAll(reason);
    },
  }, { highWaterMark: 0 });
}

/** Rejects where closing throws. */
async function close(supply: ByteSupply, reason: unknown): Promise<void> {
  await supply.close(reason);
}
