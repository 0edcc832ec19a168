// The progress of a download on a terminal: one line, drawn over itself five times a second, and a last line
// that stays.

import { format } from "@std/fmt/bytes";
import type { Progress } from "../options.ts";

/** Where the bar is drawn. */
export interface Terminal {
  /** Writes text. */
  write(text: string): void;
  /** Characters in a line. */
  readonly columns: number;
  /** Milliseconds of a clock that does not go back. */
  now(): number;
}

/** What a line tells. */
export interface ProgressState {
  readonly bytes: number;
  readonly total: number | undefined;
  /** Bytes a second, lately. */
  readonly rate: number;
  /** Milliseconds since the beginning. */
  readonly elapsedMs: number;
}

const REDRAW_MS = 200;
/** Over how long the rate is taken. */
const RATE_MS = 5000;
const MAX_BAR = 40;
const MIN_BAR = 4;

/** A bar under way. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #startMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #samples: { ms: number; bytes: number }[] = [];
  #bytes = 0;
  #total: number | undefined;
  /** Bytes that were there before. */
  #first: number | undefined;
  #isDrawn = false;

  /** Begins; `end` has to be called. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#startMs = terminal.now();
    this.#timer = setInterval(() => this.draw(), REDRAW_MS);
  }

  /** Takes note of how far it is; drawing is another matter. What is there at first was not moved. */
  update({ bytes, total }: Progress): void {
    this.#first ??= bytes;
    this.#bytes = bytes;
    this.#total = total;
  }

  /** Draws the line as things are. */
  draw(): void {
    if (this.#first === undefined) return;
    const ms = this.#terminal.now();
    if (this.#samples.length === 0) this.#samples.push({ ms: this.#startMs, bytes: this.#first });
    while (this.#samples.length > 1 && this.#samples[1]!.ms <= ms - RATE_MS) this.#samples.shift();
    const [oldest] = this.#samples;
    this.#samples.push({ ms, bytes: this.#bytes });
    const rate = (this.#bytes - oldest!.bytes) / Math.max(ms - oldest!.ms, 1) * 1000;
    this.#put(progressLine(this.#state(rate), this.#terminal.columns));
  }

  /** Draws the last line, if there is anything to tell. */
  end(isWhole: boolean): void {
    clearInterval(this.#timer);
    if (this.#first === undefined) return;
    const { elapsedMs } = this.#state(0);
    const rate = (this.#bytes - this.#first) / Math.max(elapsedMs, 1) * 1000;
    const state = this.#state(rate);
    const line = isWhole ? finalLine(state) : progressLine(state, this.#terminal.columns);
    this.#put(line);
    this.#terminal.write("\n");
  }

  #state(rate: number): ProgressState {
    const elapsedMs = this.#terminal.now() - this.#startMs;
    return { bytes: this.#bytes, total: this.#total, rate, elapsedMs };
  }

  #put(line: string): void {
    // Back to the first column, and away with what is right of the new line.
    this.#terminal.write(`${this.#isDrawn ? "\r" : ""}${line}\x1b[K`);
    this.#isDrawn = true;
  }
}

/** `[######----]  52%  5.2 MB / 10 MB  1.3 MB/s  0:04 left`, in less than `columns` characters. */
export function progressLine(state: ProgressState, columns: number): string {
  const { bytes, total, rate, elapsedMs } = state;
  const speed = `${format(rate, { maximumFractionDigits: 1 })}/s`;
  if (total === undefined || total < bytes) {
    return fit([size(bytes), speed, clock(elapsedMs)], columns);
  }
  const share = total === 0 ? 1 : bytes / total;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const left = rate > 0 ? `${clock((total - bytes) / rate * 1000)} left` : "stalled";
  const words = [percent, `${size(bytes)} / ${size(total)}`, speed, left];
  const width = Math.min(MAX_BAR, columns - fit(words, columns).length - 5);
  if (width < MIN_BAR) return fit(words, columns);
  const done = Math.floor(share * width);
  return `[${"#".repeat(done)}${"-".repeat(width - done)}] ${fit(words, columns)}`;
}

/** `10 MB in 0:07 (1.4 MB/s)`. */
export function finalLine({ bytes, rate, elapsedMs }: ProgressState): string {
  return `${size(bytes)} in ${clock(elapsedMs)} (${format(rate, { maximumFractionDigits: 1 })}/s)`;
}

/** As many words as there is room for; a full line would wrap. */
function fit(words: string[], columns: number): string {
  let line = words[0]!;
  for (const word of words.slice(1)) {
    if (line.length + 2 + word.length >= columns) break;
    line += `  ${word}`;
  }
  return line;
}

function size(bytes: number): string {
  return format(bytes, { maximumFractionDigits: 1 });
}

/** `0:07`, `1:02:03`; days and more are only many hours. */
function clock(ms: number): string {
  const seconds = Math.min(Math.round(ms / 1000), 359_999);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const tail = `${pad(seconds % 60)}`;
  if (minutes < 60) return `${minutes}:${tail}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${tail}`;
}
