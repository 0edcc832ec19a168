/**
 * A client under measurement: a process that is told jobs and answers each with a result. A result
 * in which anything but whole, right answers came back is an error, never a number.
 */

import type { Job, Reply, Result } from "./clients/job.ts";
import { startTalking } from "./process.ts";

/** A client in a process of its own. */
export interface RunningClient extends AsyncDisposable {
  pid: number;
  perform: (job: Job) => Promise<Result>;
}

/** Starting, and the last request of a run, which is finished however long it takes. */
const GRACE_MS = 30_000;

/** Starts a program of clients/. */
export function startClient(program: string, args: string[], signal: AbortSignal): RunningClient {
  // Some of them would ask the environment's proxy for what is on loopback.
  const env = { NO_PROXY: "*", no_proxy: "*" };
  const client = startTalking(program, args, { signal, env, listens: true });
  return {
    pid: client.pid,
    perform: async (job) => {
      try {
        return parseReply(
          await client.ask(JSON.stringify(job), job.seconds * 1000 + GRACE_MS),
          job,
        );
      } catch (error) {
        signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`Cannot measure "${[program, ...args].join(" ")}": ${reason}`);
      }
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
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
