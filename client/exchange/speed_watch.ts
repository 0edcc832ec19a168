// The slowest transfer that is put up with: counts bytes in windows of time.

import { Deadline } from "../../wire/deadline.ts";

/** Watches a transfer until it is stopped. */
export class SpeedWatch {
  #bytes = 0;
  readonly #deadline: Deadline;

  /** Calls back once when a window had fewer bytes. */
  constructor(least: { bytes: number; windowMs: number }, onTooSlow: () => void) {
    this.#deadline = new Deadline(() => {
      if (this.#bytes < least.bytes) return onTooSlow();
      this.#bytes = 0;
      this.#deadline.arm(least.windowMs);
    });
    this.#deadline.arm(least.windowMs);
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
