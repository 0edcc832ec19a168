/**
 * A multipart parser under measurement: a process that is told jobs. What it delivered it has
 * compared itself, form by form; here a digest must be there when one was asked for, and be right.
 */

import { type RunningWorker, startWorker } from "../worker_process.ts";
import type { ParserJob, ParserReply, ParserResult } from "./job.ts";

/** A parser in a process of its own. */
export type RunningParser = RunningWorker<ParserJob, ParserResult>;

/** Starts a program of parsers/. */
export function startParser(program: string, args: string[], signal: AbortSignal): RunningParser {
  return startWorker(program, args, signal, parseParserReply);
}

/** Reads what a parser printed; throws unless it is the result of at least one form. */
export function parseParserReply(line: string, job: ParserJob): ParserResult {
  const reply: ParserReply = JSON.parse(line);
  if ("error" in reply) throw new Error(reply.error);
  const { count, seconds, digest, memory } = reply;
  if (!(count > 0 && seconds > 0)) throw new Error(`${count} forms in ${seconds} s`);
  if (job.check && digest !== job.digest) throw new Error(`another form: SHA-256 "${digest}"`);
  if (job.work === "stream" && !(memory && memory.peak >= memory.before && memory.before > 0)) {
    throw new Error("no figures of its memory");
  }
  return reply;
}
