// One line of the access log: in the common log format with the duration behind it, in the combined one, or as an
// object in JSON. Nothing that a client sends can end the line, end a quoted part of it, or reach a terminal as a
// control. Pure.

import { printable } from "../printable.ts";
import type { LogFormat } from "./settings.ts";

/** What is known of a request that was refused before it could be understood. */
export interface RefusalEntry {
  /** The client's address; empty where it has none. */
  readonly peer: string;
  /** When the request was received, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The status that was sent; 0 if none was. */
  readonly status: number;
  /** Why it was refused. */
  readonly reason?: string | undefined;
}

/** What is known of a request when its response is over. */
export interface LogEntry extends Omit<RefusalEntry, "reason"> {
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
  /** Who was let in by a password. */
  readonly user?: string | undefined;
  /** How the client reached the site, where a proxy tells. */
  readonly scheme?: string | undefined;
  /** The fields of that name, as sent. */
  readonly host?: string | undefined;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** A format that there are lines in. */
export type LineFormat = Exclude<LogFormat, "none">;

/** The line of a response, without its end. */
export function formatLogLine(entry: LogEntry, format: LineFormat = "common"): string {
  if (format === "json") return formatJson(entry);
  return format === "combined" ? formatCombined(entry) : formatCommon(entry);
}

/** The line of a refused request, without its end: there is no request line that could be trusted. */
export function formatRefusalLine(entry: RefusalEntry, format: LineFormat = "common"): string {
  const { peer, timeMs, status, reason } = entry;
  if (format === "json") {
    return toJson({ time: isoTime(timeMs), peer, status, refused: true, reason });
  }
  const line = `${peer || "-"} - - [${formatTime(timeMs)}] "-" ${status || "-"} -`;
  if (format === "combined") return `${line} "-" "-"`;
  return `${line} refused${reason === undefined ? "" : `: ${text(utf8(reason))}`}`;
}

/**
 * `127.0.0.1 - - [21/Nov/2026:09:05:01 +0000] "GET / HTTP/1.1" 200 512
 * 1.5ms`, and ` cut` behind it when the client did not get the whole response.
 */
function formatCommon(entry: LogEntry): string {
  return `${formatStart(entry)} ${entry.durationMs.toFixed(1)}ms${entry.completed ? "" : " cut"}`;
}

/** As Apache's and nginx's, to the letter, for the programs that read it. */
function formatCombined(entry: LogEntry): string {
  return `${formatStart(entry)} "${text(entry.referer)}" "${text(entry.userAgent)}"`;
}

function formatStart(entry: LogEntry): string {
  const { peer, user, timeMs, method, rawPath, minorVersion, status, bytesSent } = entry;
  return `${printable(peer) || "-"} - ${printable(utf8(user)) || "-"} [${formatTime(timeMs)}] ` +
    `"${printable(method)} ${printable(rawPath)} HTTP/1.${minorVersion}" ` +
    `${status || "-"} ${bytesSent}`;
}

/** A field in quotes: with its spaces. */
function text(value: string | undefined): string {
  return printable(value ?? "").replaceAll("\\x20", " ") || "-";
}

/** A character per byte of its UTF-8, as all else that clients send is. */
function utf8(value: string | undefined): string {
  return value === undefined ? "" : String.fromCharCode(...new TextEncoder().encode(value));
}

function formatJson(entry: LogEntry): string {
  const { peer, user, timeMs, scheme, host, method, rawPath, minorVersion } = entry;
  const { status, bytesSent, completed, durationMs, referer, userAgent } = entry;
  return toJson({
    ...{ time: isoTime(timeMs), peer, user, scheme, host, method, target: rawPath },
    ...{ version: `HTTP/1.${minorVersion}`, status, bytesSent, completed },
    ...{ durationMs: Math.round(durationMs * 1000) / 1000, referer, userAgent },
  });
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** JSON in visible ASCII and spaces alone; what is not known is left out. */
function toJson(value: Record<string, unknown>): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
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
