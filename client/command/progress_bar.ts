// The progress of a transfer on a terminal: one line, drawn over itself five times a second, and a last line
// that stays. What is sent and what is received are counted each for itself.

import type { Progress } from "../options.ts";
import { finalLine, progressLine, type ProgressState, waitingLine } from "./progress_line.ts";

/** Where the bar is drawn. */
export interface Terminal {
  /** Writes text. */
  write(text: string): void;
  /** Characters in a line. */
  readonly columns: number;
  /** Milliseconds of a clock that does not go back. */
  now(): number;
}

const REDRAW_MS = 200;
/** Over how long the rate is taken. */
const RATE_MS = 5000;

/** What moved in one direction. */
class Meter {
  #startMs: number;
  #samples: { ms: number; bytes: number }[] = [];
  /** Bytes that were there before. */
  #first: number;
  bytes: number;
  total: number | undefined;
  /** When the last bytes moved. */
  #lastMs: number;

  constructor(startMs: number, bytes: number) {
    this.#startMs = this.#lastMs = startMs;
    this.#first = this.bytes = bytes;
  }

  get isComplete(): boolean {
    return this.bytes === this.total;
  }

  update(ms: number, bytes: number, total: number | undefined): void {
    // It began anew, as after a redirect.
    if (bytes < this.bytes) {
      this.#startMs = ms;
      this.#samples = [];
      this.#first = 0;
    }
    this.#lastMs = ms;
    this.bytes = bytes;
    this.total = total;
  }

  /** How it goes, with the rate of the last seconds. */
  now(ms: number): ProgressState {
    const samples = this.#samples;
    if (samples.length === 0) samples.push({ ms: this.#startMs, bytes: this.#first });
    while (samples.length > 1 && samples[1]!.ms <= ms - RATE_MS) samples.shift();
    const [oldest] = samples;
    samples.push({ ms, bytes: this.bytes });
    const rate = perSecond(this.bytes - oldest!.bytes, ms - oldest!.ms);
    return { bytes: this.bytes, total: this.total, rate, elapsedMs: ms - this.#startMs };
  }

  /** How it went, until then or its last byte. */
  inAll(ms: number = this.#lastMs): ProgressState {
    const elapsedMs = ms - this.#startMs;
    const rate = perSecond(this.bytes - this.#first, elapsedMs);
    return { bytes: this.bytes, total: this.total, rate, elapsedMs };
  }
}

function perSecond(bytes: number, ms: number): number {
  return bytes / Math.max(ms, 1) * 1000;
}

/** A bar under way. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #name: string | undefined;
  readonly #startMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #up: Meter | undefined;
  #down: Meter | undefined;
  #isDrawn = false;

  /** Begins; `end` has to be called. The last line begins with `name`. */
  constructor(terminal: Terminal, name?: string) {
    this.#terminal = terminal;
    this.#name = name;
    this.#startMs = terminal.now();
    this.#timer = setInterval(() => this.draw(), REDRAW_MS);
  }

  /** Takes note of how far it is; drawing is another matter. What is received at first was not moved. */
  update({ direction, bytes, total }: Progress): void {
    const ms = this.#terminal.now();
    if (direction === "up") (this.#up ??= new Meter(this.#startMs, 0)).update(ms, bytes, total);
    else {
      const startMs = this.#up === undefined ? this.#startMs : ms;
      (this.#down ??= new Meter(startMs, bytes)).update(ms, bytes, total);
    }
  }

  /** Draws the line as things are. */
  draw(): void {
    const ms = this.#terminal.now();
    const { columns } = this.#terminal;
    const meter = this.#down ?? this.#up;
    if (meter === undefined) return;
    const isWaiting = meter === this.#up && meter.isComplete;
    const state = meter.now(ms);
    this.#put(isWaiting ? waitingLine(state, columns) : progressLine(state, columns));
  }

  /** Draws the last line, if there is anything to tell. */
  end(isWhole: boolean): void {
    clearInterval(this.#timer);
    const meter = this.#down ?? this.#up;
    if (meter === undefined) return;
    const ms = this.#terminal.now();
    if (isWhole) this.#put(this.#lastLine(ms));
    else this.#put(progressLine(meter.inAll(ms), this.#terminal.columns));
    this.#terminal.write("\n");
  }

  #lastLine(ms: number): string {
    const parts: string[] = [];
    if (this.#up !== undefined) parts.push(`sent ${finalLine(this.#up.inAll())}`);
    // An empty answer to an upload is not worth a word.
    if (this.#down !== undefined && (this.#up === undefined || this.#down.bytes > 0)) {
      parts.push(`${this.#up === undefined ? "" : "received "}${finalLine(this.#down.inAll(ms))}`);
    }
    return `${this.#name === undefined ? "" : `${this.#name}: `}${parts.join(", ")}`;
  }

  #put(line: string): void {
    // Back to the first column, and away with what is right of the new line.
    this.#terminal.write(`${this.#isDrawn ? "\r" : ""}${line}\x1b[K`);
    this.#isDrawn = true;
  }
}
