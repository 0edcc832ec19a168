// One line of the access log, in the common log format with the duration behind it. Nothing that a
// client sends can end the line, end a quoted part of it, or reach a terminal as a control. Pure.

import { printable } from "../printable.ts";

/** What is known of a request that was refused before it could be understood. */
export interface RefusalEntry {
  /** The client's address; empty where it has none. */
  readonly peer: string;
  /** When the request was received, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The status that was sent; 0 if none was. */
  readonly status: number;
}

/** What is known of a request when its response is over. */
export interface LogEntry extends RefusalEntry {
  /** The method, as sent. */
  readonly method: string;
  /** The target, as sent: a character per byte. */
  readonly rawPath: string;
  /** The x of HTTP/1.x. */
  readonly minorVersion: number;
  /** Bytes of the response body that the client's socket took. */
  readonly bytesSent: number;
  /** Whether that was the whole response. */
  readonly completed: boolean;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}

/**
 * The line, without its end: `127.0.0.1 - - [21/Nov/2026:09:05:01 +0000] "GET / HTTP/1.1" 200 512
 * 1.5ms`, and ` cut` behind it when the client did not get the whole response.
 */
export function formatLogLine(entry: LogEntry): string {
  const { peer, timeMs, method, rawPath, minorVersion, status, bytesSent, durationMs } = entry;
  return `${peer || "-"} - - [${formatTime(timeMs)}] ` +
    `"${printable(method)} ${printable(rawPath)} HTTP/1.${minorVersion}" ` +
    `${status || "-"} ${bytesSent} ${durationMs.toFixed(1)}ms${entry.completed ? "" : " cut"}`;
}

/** The line of a refused request, without its end: there is no request line that could be trusted. */
export function formatRefusalLine({ peer, timeMs, status }: RefusalEntry): string {
  return `${peer || "-"} - - [${formatTime(timeMs)}] "-" ${status || "-"} - refused`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
let cachedSecond = NaN;
let cachedTime = "";

/** The time as the common log format has it, in UTC; the last one is kept, since most lines share it. */
function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== cachedSecond) {
    const iso = new Date(second * 1000).toISOString();
    const month = MONTHS[Number(iso.slice(5, 7)) - 1];
    cachedSecond = second;
    cachedTime = `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
  }
  return cachedTime;
}
