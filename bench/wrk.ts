/**
 * Runs wrk against a server and reads its report. A run in which anything but complete 2xx answers
 * came back is an error, never a number.
 */

import { runTool } from "./process.ts";

/** What wrk reports about one run. */
export interface WrkReport {
  requests: number;
  /** Answers a second. */
  rate: number;
  /** Bytes received; wrk rounds them to three or four digits. */
  bytes: number;
  /** Answers with a status of 400 and above. */
  badStatuses: number;
  socketErrors: { connect: number; read: number; write: number; timeout: number };
}

/** What to ask wrk for. */
export interface WrkRun {
  url: string;
  connections: number;
  seconds: number;
  pipeline: number;
  /** JSON to post, instead of a GET. */
  json?: string;
  /** The entity tag that the client says it has. */
  etag?: string;
  /** Length of a right body. */
  bodyBytes: number;
  signal: AbortSignal;
}

const POST_SCRIPT = `${import.meta.dirname}/post.lua`;
const PIPELINE_SCRIPT = `${import.meta.dirname}/pipeline.lua`;
const BYTE_UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];

/** Reads the text that wrk prints; throws when its counts are missing. */
export function parseWrk(text: string): WrkReport {
  const total = /^ +(\d+) requests in [\d.]+\w+, ([\d.]+)([KMGTP]?B) read$/m.exec(text);
  const rate = /^Requests\/sec: +([\d.]+)$/m.exec(text);
  if (!total || !rate) throw new Error(`Cannot read the report of wrk: ${JSON.stringify(text)}`);
  const bad = /^ +Non-2xx or 3xx responses: (\d+)$/m.exec(text);
  const errors = /^ +Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)$/m
    .exec(text);
  const [connect, read, write, timeout] = (errors ?? [0, 0, 0, 0, 0]).slice(1).map(Number);
  return {
    requests: Number(total[1]),
    rate: Number(rate[1]),
    bytes: Number(total[2]) * 1024 ** BYTE_UNITS.indexOf(total[3]),
    badStatuses: Number(bad?.[1] ?? 0),
    socketErrors: { connect, read, write, timeout },
  };
}

/** What makes a report worthless, or undefined. */
export function wrkFault(report: WrkReport, bodyBytes: number): string | undefined {
  if (report.requests === 0) return "no answers";
  if (report.badStatuses > 0) return `${report.badStatuses} answers were errors`;
  const errors = Object.entries(report.socketErrors).filter(([, count]) => count > 0);
  if (errors.length > 0) {
    return "socket errors: " + errors.map(([kind, count]) => `${kind} ${count}`).join(", ");
  }
  // 2 % for wrk's rounding; answers cut off by the end of the run only add bytes.
  if (report.bytes < report.requests * bodyBytes * 0.98) {
    return `received ${report.bytes} bytes in ${report.requests} answers of ${bodyBytes}`;
  }
  return undefined;
}

/** Runs wrk once, with one thread: the server under test gets the other processor. */
export async function runWrk(run: WrkRun): Promise<WrkReport> {
  const args = ["-t1", `-c${run.connections}`, `-d${run.seconds}s`];
  const [script, argument] = run.json !== undefined
    ? [POST_SCRIPT, run.json]
    : run.pipeline > 1
    ? [PIPELINE_SCRIPT, String(run.pipeline)]
    : [];
  if (script !== undefined) args.push("-s", script);
  if (run.etag !== undefined) args.push("-H", `If-None-Match: ${run.etag}`);
  args.push(run.url);
  if (argument !== undefined) args.push("--", argument);
  const text = await runTool("wrk", args, {
    signal: run.signal,
    timeoutMs: run.seconds * 1000 + 15_000,
  });
  const report = parseWrk(text);
  const fault = wrkFault(report, run.bodyBytes);
  if (fault) throw new Error(`Cannot measure "${run.url}": ${fault}`);
  return report;
}
