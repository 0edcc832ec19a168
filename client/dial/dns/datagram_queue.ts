// Datagrams that arrived, for one who waits for them.

/** A queue of datagrams. */
export class DatagramQueue {
  readonly #arrived: Uint8Array[] = [];
  #failure: unknown;
  #wake: (() => void) | undefined;

  /** Adds one. */
  put(bytes: Uint8Array): void {
    this.#arrived.push(bytes);
    this.#wake?.();
  }

  /** Ends all waiting with an error. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  /** The next one; undefined when none comes in time. */
  async take(timeoutMs: number): Promise<Uint8Array | undefined> {
    if (this.#arrived.length === 0 && this.#failure === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, timeoutMs);
      await promise;
      clearTimeout(timer);
      this.#wake = undefined;
    }
    if (this.#failure !== undefined) throw this.#failure;
    return this.#arrived.shift();
  }
}
