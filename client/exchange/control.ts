// What ends a request as a whole: its signal, its `timeout`, its client. Whatever waits registers how it is
// cancelled; the first reason wins and is what the request rejects with. Deadlines of single steps are theirs.

import { Deadline } from "../../wire/deadline.ts";
import { type ClientPhase, TimeoutError } from "../../wire/errors.ts";

/** The life of one request, over all its redirects and attempts. */
export class Control {
  /** Where the request stands; errors carry it. */
  phase: ClientPhase = "queue";
  /** Whether it was ended early. */
  failed = false;
  /** Why. */
  failure: unknown;
  #cancel: (() => void) | undefined;
  #abort: AbortController | undefined;
  #racing: Set<(reason: unknown) => void> | undefined;
  #deadline: Deadline | undefined;
  #signal: AbortSignal | undefined;

  /** `timeoutMs`: the whole request, 0: no limit. */
  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    if (timeoutMs > 0) {
      this.#deadline = new Deadline(() => {
        this.fail(new TimeoutError(this.phase, timeoutMs, "timeout"));
      });
      this.#deadline.arm(timeoutMs);
    }
    if (signal !== undefined) {
      this.#signal = signal;
      if (signal.aborted) this.fail(signal.reason);
      else signal.addEventListener("abort", this.#onAbort);
    }
  }

  readonly #onAbort = (): void => {
    this.fail(this.#signal!.reason);
  };

  /** Ends the request with a reason, unless it has one already. */
  fail(reason: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.failure = reason;
    this.#cancel?.();
    this.#abort?.abort(reason);
    for (const reject of this.#racing ?? []) reject(reason);
  }

  /** Throws the reason if the request was ended. */
  check(): void {
    if (this.failed) throw this.failure;
  }

  /** How to cancel what is waited for now: replaces what was said before. Not called after `end`. */
  set onFail(cancel: (() => void) | undefined) {
    this.#cancel = cancel;
    if (this.failed) cancel?.();
  }

  /** The same as a standard signal, made when first asked for. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.failed) this.#abort.abort(this.failure);
    }
    return this.#abort.signal;
  }

  /** The outcome of a promise that knows nothing of this request, or the reason of its end. */
  race<T>(promise: PromiseLike<T>): Promise<T> {
    // Not Promise.race: on a promise that stays pending each call would leave something behind.
    return new Promise((resolve, reject) => {
      // The promise is still observed, so that a late rejection is not an unhandled one.
      if (this.failed) reject(this.failure);
      const racing = this.#racing ??= new Set();
      racing.add(reject);
      promise.then(
        (value) => {
          racing.delete(reject);
          resolve(value);
        },
        (error) => {
          racing.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** The request is over: nothing ends it any more. */
  end(): void {
    this.#cancel = undefined;
    this.#deadline?.remove();
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
