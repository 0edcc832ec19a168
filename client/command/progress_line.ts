// The lines that tell how far a transfer is. Pure.

import { format } from "@std/fmt/bytes";

/** What a line tells. */
export interface ProgressState {
  readonly bytes: number;
  readonly total: number | undefined;
  /** Bytes a second, lately. */
  readonly rate: number;
  /** Milliseconds since the beginning. */
  readonly elapsedMs: number;
}

const MAX_BAR = 40;
const MIN_BAR = 4;

/** `[######----]  52%  5.2 MB / 10 MB  1.3 MB/s  0:04 left`, in less than `columns` characters. */
export function progressLine(state: ProgressState, columns: number): string {
  const { bytes, total, rate, elapsedMs } = state;
  const speed = `${size(rate)}/s`;
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

/** `10 MB sent  waiting for the server  0:07`, in less than `columns` characters. */
export function waitingLine({ bytes, elapsedMs }: ProgressState, columns: number): string {
  return fit([`${size(bytes)} sent`, "waiting for the server", clock(elapsedMs)], columns);
}

/** `10 MB in 0:07 (1.4 MB/s)`. */
export function finalLine({ bytes, rate, elapsedMs }: ProgressState): string {
  return `${size(bytes)} in ${clock(elapsedMs)} (${size(rate)}/s)`;
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
