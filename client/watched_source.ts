// The body of a response that a caller reads: when it is at its end or given up is told, once, and its errors
// say of which request.

import type { BodySource } from "./body_source.ts";

/** Who is told. */
export interface SourceWatcher {
  /** The body has ended: `isWhole`, or it failed or was given up. */
  onEnd(isWhole: boolean): void;
  /** Says of an error what is known of its request. */
  explain(error: unknown): unknown;
  /** The outcome of what is done with the body, or the reason of the request's end. */
  race<T>(promise: Promise<T>): Promise<T>;
}

/** A watched body. */
export class WatchedSource implements BodySource {
  readonly #source: BodySource;
  readonly #watcher: SourceWatcher;
  #ended = false;

  constructor(source: BodySource, watcher: SourceWatcher) {
    this.#source = source;
    this.#watcher = watcher;
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      const piece = await this.#source.read();
      if (piece === undefined) this.#end(true);
      return piece;
    } catch (error) {
      this.#end(false);
      throw this.#watcher.explain(error);
    }
  }

  close(): void {
    this.#source.close();
    this.#end(false);
  }

  /** Says of an error of whoever reads it what is known of its request. */
  explain(error: unknown): unknown {
    return this.#watcher.explain(error);
  }

  /** Waits for what is done with a piece, no longer than the request may take. */
  race<T>(promise: Promise<T>): Promise<T> {
    return this.#ended ? promise : this.#watcher.race(promise);
  }

  #end(isWhole: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watcher.onEnd(isWhole);
  }
}
