/**
 * A client under measurement: a process that is told jobs and answers each with a result. A result
 * in which anything but whole, right answers came back is an error, never a number.
 */

import type { Job, Reply, Result } from "./clients/job.ts";
import { type RunningWorker, startWorker } from "./worker_process.ts";

/** A client in a process of its own. */
export type RunningClient = RunningWorker<Job, Result>;

/** Starts a program of clients/. */
export function startClient(program: string, args: string[], signal: AbortSignal): RunningClient {
  return startWorker<Job, Result>(program, args, signal, parseReply);
}

/** Reads what a client printed; throws unless it is the result of answers that were all right. */
export function parseReply(line: string, job: Pick<Job, "bodyBytes">): Result {
  const reply: Reply = JSON.parse(line);
  if ("error" in reply) throw new Error(reply.error);
  const { count, bytes, seconds } = reply;
  if (!(count > 0 && seconds > 0)) throw new Error(`${count} answers in ${seconds} s`);
  if (bytes !== count * job.bodyBytes) {
    throw new Error(`${bytes} bytes in ${count} bodies of ${job.bodyBytes}`);
  }
  return reply;
}
