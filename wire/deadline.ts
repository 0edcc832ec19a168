// One coarse ticker for every deadline of every connection: arming and disarming store a number,
// no timer is created. A deadline passes at a tick after its time: never early, and late by three
// ticks at most while the event loop runs. The ticker runs only while deadlines are registered.

import { refreshDate } from "./date.ts";

const TICK_MS = 100;
/** The most that our clock advances at a tick. */
const MAX_STEP_MS = 2 * TICK_MS;

const registered = new Set<Deadline>();
let ticker: ReturnType<typeof setInterval> | undefined;
/** Our own clock: while the event loop stands still, for whatever reason, it does too. */
let nowMs = 0;
let lastTickMs = 0;

function tick(): void {
  const realMs = performance.now();
  // A peer is not late because we were: what it sent may wait to be read.
  nowMs += Math.min(realMs - lastTickMs, MAX_STEP_MS);
  lastTickMs = realMs;
  refreshDate();
  for (const deadline of registered) deadline.check(nowMs);
}

/** A point in time that can be moved for the price of an addition. */
export class Deadline {
  #atMs = Infinity;
  readonly #onPassed: () => void;

  /** Registers a deadline that is not armed; call `remove()` when it is no longer needed. */
  constructor(onPassed: () => void) {
    this.#onPassed = onPassed;
    registered.add(this);
    if (ticker === undefined) {
      lastTickMs = performance.now();
      refreshDate();
      ticker = setInterval(tick, TICK_MS);
      // What is waited for (a socket) keeps the process alive, not the watch over it.
      Deno.unrefTimer(ticker);
    }
  }

  /** Calls back unless disarmed or armed again within `ms`; 0 and Infinity never pass. */
  arm(ms: number): void {
    // Our clock may be about to make a step, so the largest one is added: late, never early.
    this.#atMs = ms > 0 ? nowMs + ms + MAX_STEP_MS : Infinity;
  }

  /** Stops waiting. */
  disarm(): void {
    this.#atMs = Infinity;
  }

  /** Calls back, once, if the time has come. Called by the ticker. */
  check(now: number): void {
    if (now < this.#atMs) return;
    this.#atMs = Infinity;
    this.#onPassed();
  }

  /** Takes the deadline out of the ticker for good. */
  remove(): void {
    this.#atMs = Infinity;
    registered.delete(this);
    if (registered.size === 0 && ticker !== undefined) {
      clearInterval(ticker);
      ticker = undefined;
    }
  }
}
