// The slowest transfer that is put up with: counts bytes in windows of time, in which only what is waited for
// at the socket counts. A slow source or a slow consumer of the caller's is not the peer's fault.

import { Deadline } from "../../wire/deadline.ts";
import { type ClientPhase, TimeoutError } from "../../wire/errors.ts";

/** How many bytes must move in each window of so many milliseconds. */
export interface LeastSpeed {
  readonly bytes: number;
  readonly windowMs: number;
}

/** The error of a transfer that was slower, in a phase of its request. */
export function tooSlow({ bytes, windowMs }: LeastSpeed, phase: ClientPhase): TimeoutError {
  const fault = `fewer than ${bytes} bytes moved in ${windowMs / 1000} s, the least`;
  return new TimeoutError(phase, windowMs, "minSpeed", fault);
}

/** Watches one direction of a transfer, from the first `resume` until it is stopped. */
export class SpeedWatch {
  readonly #least: LeastSpeed;
  readonly #onTooSlow: () => void;
  readonly #moved: () => number;
  /** What had moved when the window began. */
  #before: number;
  #stopped = false;
  /** What is left of the window. */
  #leftMs: number;
  /** Since when it runs, in `performance.now()`; undefined: it is paused. */
  #sinceMs: number | undefined;
  readonly #deadline: Deadline;

  /** `moved` tells how many bytes moved so far. Calls back once when a window had too few. */
  constructor(least: LeastSpeed, moved: () => number, onTooSlow: () => void) {
    this.#least = least;
    this.#moved = moved;
    this.#before = moved();
    this.#leftMs = least.windowMs;
    this.#onTooSlow = onTooSlow;
    this.#deadline = new Deadline(() => {
      this.#sinceMs = undefined;
      if (this.#judge()) this.resume();
    });
  }

  /** The end of a window; whether another one begins. */
  #judge(): boolean {
    const moved = this.#moved();
    if (moved - this.#before < this.#least.bytes) {
      this.stop();
      this.#onTooSlow();
      return false;
    }
    this.#before = moved;
    this.#leftMs = this.#least.windowMs;
    return true;
  }

  /** The peer is waited for from now on. */
  resume(): void {
    if (this.#sinceMs !== undefined || this.#stopped) return;
    this.#sinceMs = performance.now();
    this.#deadline.arm(this.#leftMs);
  }

  /** It is not. */
  pause(): void {
    if (this.#sinceMs === undefined) return;
    this.#leftMs -= performance.now() - this.#sinceMs;
    this.#sinceMs = undefined;
    this.#deadline.disarm();
    // The deadline passes late, and not at all when the waits are short: what they add up to is judged here.
    if (this.#leftMs <= 0) this.#judge();
  }

  /** Stops watching. */
  stop(): void {
    this.#stopped = true;
    this.#deadline.remove();
  }
}
