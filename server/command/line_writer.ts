// Lines on their way into a stream: those of one tick leave in one write, one write at a time, in
// order. Whoever puts more lines than the stream takes can wait for room, so that a reader that
// stands still costs neither lines nor memory.

/** Lines put beyond this many characters are too many to be waiting. */
const MAX_WAITING = 1024 * 1024;

/** Writes lines into a stream. */
export class LineWriter {
  readonly #write: (bytes: Uint8Array) => Promise<number>;
  readonly #onError: (error: unknown) => void;
  #failed = false;
  #waiting = "";
  #written: Promise<void> | undefined;

  /**
   * `write` writes some of the bytes and resolves with their number, as `Deno.stdout.write` does;
   * `onError` hears of its first failure, after which lines are dropped.
   */
  constructor(
    write: (bytes: Uint8Array) => Promise<number>,
    onError: (error: unknown) => void,
  ) {
    this.#write = write;
    this.#onError = onError;
  }

  /** Whether so much is waiting that nobody should put more. */
  get full(): boolean {
    return this.#waiting.length > MAX_WAITING;
  }

  /** Adds a line. */
  put(line: string): void {
    if (this.#failed) return;
    this.#waiting += `${line}\n`;
    this.#written ??= this.#drain();
  }

  /** Resolves when all that was put is written, or can no longer be. */
  async flush(): Promise<void> {
    while (this.#written !== undefined) await this.#written;
  }

  async #drain(): Promise<void> {
    const encoder = new TextEncoder();
    try {
      // The end of a microtask is too early: other connections' lines are about to come.
      await new Promise((resolve) => setTimeout(resolve));
      while (this.#waiting !== "") {
        const bytes = encoder.encode(this.#waiting);
        this.#waiting = "";
        for (let at = 0; at < bytes.length;) at += await this.#write(bytes.subarray(at));
      }
    } catch (error) {
      this.#failed = true;
      this.#waiting = "";
      this.#onError(error);
    } finally {
      this.#written = undefined;
    }
  }
}
