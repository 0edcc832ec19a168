// The slowest transfer that is put up with: counts bytes in windows of time, in which only what is waited for
// at the socket counts. A slow source or a slow consumer of the caller's is not the peer's fault.

import { Deadline } from "../../wire/deadline.ts";

/** How many bytes must move in each window of so many milliseconds. */
export interface LeastSpeed {
  readonly bytes: number;
  readonly windowMs: number;
}

/** Watches one direction of a transfer, from the first `resume` until it is stopped. */
export class SpeedWatch {
  #bytes = 0;
  /** What is left of the window. */
  #leftMs: number;
  /** Since when it runs, in `performance.now()`; undefined: it is paused. */
  #sinceMs: number | undefined;
  readonly #deadline: Deadline;

  /** Calls back once when a window had fewer bytes. */
  constructor(least: LeastSpeed, onTooSlow: () => void) {
    this.#leftMs = least.windowMs;
    this.#deadline = new Deadline(() => {
      this.#sinceMs = undefined;
      if (this.#bytes < least.bytes) return onTooSlow();
      this.#bytes = 0;
      this.#leftMs = least.windowMs;
      this.resume();
    });
  }

  /** The peer is waited for from now on. */
  resume(): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = performance.now();
    this.#deadline.arm(this.#leftMs);
  }

  /** It is not. */
  pause(): void {
    if (this.#sinceMs === undefined) return;
    // A window that is over is judged by the deadline, which passes late: there is always something left of it.
    this.#leftMs = Math.max(1, this.#leftMs - (performance.now() - this.#sinceMs));
    this.#sinceMs = undefined;
    this.#deadline.disarm();
  }

  /** Bytes moved. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Stops watching. */
  stop(): void {
    this.#deadline.remove();
  }
}
