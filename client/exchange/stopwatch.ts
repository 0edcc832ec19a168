// Where the time of a request goes.

import type { Timings } from "../response.ts";

/** Runs from the beginning of a request. */
export class Stopwatch {
  readonly #startMs = performance.now();
  #phase: "dns" | "connect" | "proxy" | "tls" | undefined;
  #phaseMs = 0;
  readonly #spentMs = { dns: 0, connect: 0, proxy: 0, tls: 0 };
  #firstByteMs = 0;

  /** A phase of dialing begins; undefined: the last one ends. */
  enter(phase: "dns" | "connect" | "proxy" | "tls" | undefined): void {
    const now = performance.now();
    if (this.#phase !== undefined) this.#spentMs[this.#phase] += now - this.#phaseMs;
    this.#phase = phase;
    this.#phaseMs = now;
  }

  /** The first byte of the response is there. */
  firstByte(): void {
    this.#firstByteMs = performance.now();
  }

  /** What was measured, as of now. */
  read(): Timings {
    const { dns, connect, proxy, tls } = this.#spentMs;
    return {
      dns: dns / 1000,
      connect: (connect + proxy) / 1000,
      tls: tls / 1000,
      firstByte: (this.#firstByteMs - this.#startMs) / 1000,
      total: (performance.now() - this.#startMs) / 1000,
    };
  }
}
