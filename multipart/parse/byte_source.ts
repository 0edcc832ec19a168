// Where the bytes of a body come from, pulled one chunk at a time: a stream, whatever can be iterated, or
// bytes that are there. An abort ends a wait at once.

/** What a body may be given as. */
export type MultipartBody =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | Uint8Array
  | null;

/** What both a reader of a stream and an iterator amount to. */
interface Pulled {
  next(): PromiseLike<{ done?: boolean; value?: unknown }> | { done?: boolean; value?: unknown };
  /** Gives up what was not pulled. */
  cancel(reason: unknown): unknown;
  /** Lets go of it after its end. */
  release?(): void;
}

/** Pulls the chunks of one body. */
export class ByteSource {
  readonly #pulled: Pulled;
  readonly #signal: AbortSignal | undefined;
  /** Ends the read that waits. */
  #rejectRead: ((reason: unknown) => void) | undefined;
  #wasAborted = false;
  #isOver = false;

  constructor(body: MultipartBody, signal?: AbortSignal) {
    this.#signal = signal;
    this.#pulled = open(body);
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort);
  }

  /** Whether it was read to its end, or given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the signal ended the reading. */
  get wasAborted(): boolean {
    return this.#wasAborted;
  }

  /** Why, if so. */
  get abortReason(): unknown {
    return this.#signal?.reason;
  }

  /** The next chunk, or undefined at the end. Rejects with the reason of the signal when that aborts. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#wasAborted) throw this.#signal!.reason;
    if (this.#isOver) return undefined;
    const { done, value } = await this.#pull();
    this.#rejectRead = undefined;
    if (done) {
      this.#finish();
      this.#pulled.release?.();
      return undefined;
    }
    if (!(value instanceof Uint8Array)) {
      throw new TypeError(`Cannot parse multipart: the body gave a ${typeof value}, not bytes`);
    }
    return value;
  }

  /** Pulls once, with an ear for the signal. Not by a race with a promise for all reads: that keeps every chunk. */
  #pull(): ReturnType<Pulled["next"]> {
    const next = this.#pulled.next();
    if (this.#signal === undefined) return next;
    return new Promise((resolve, reject) => {
      this.#rejectRead = reject;
      Promise.resolve(next).then(resolve, reject);
    });
  }

  /** Gives up what was not read; without effect after the end. */
  async cancel(reason: unknown): Promise<void> {
    if (this.#isOver) return;
    this.#finish();
    await this.#pulled.cancel(reason);
    this.#pulled.release?.();
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#signal!;
    this.#wasAborted = true;
    this.#rejectRead?.(reason);
    // The reason is what matters, not that the source takes it badly.
    this.cancel(reason).catch(() => {});
  };

  #finish(): void {
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

function open(body: MultipartBody): Pulled {
  if (body instanceof ReadableStream) {
    const reader = body.getReader();
    return {
      next: () => reader.read(),
      cancel: (reason) => reader.cancel(reason),
      release: () => reader.releaseLock(),
    };
  }
  const chunks = body === null ? [] : body instanceof Uint8Array ? [body] : body;
  const iterator = typeof chunks === "object" ? iteratorOf(chunks) : undefined;
  if (iterator === undefined) {
    const kind = Object.prototype.toString.call(body).slice(8, -1);
    throw new TypeError(
      `Cannot parse multipart: ${kind} is not a stream, bytes, or chunks of bytes`,
    );
  }
  return { next: () => iterator.next(), cancel: () => iterator.return?.() };
}

function iteratorOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined {
  if (Symbol.asyncIterator in chunks) return chunks[Symbol.asyncIterator]();
  return Symbol.iterator in chunks ? chunks[Symbol.iterator]() : undefined;
}
