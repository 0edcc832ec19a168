/**
 * A program of the bench that is told jobs on its standard input, as lines of JSON, and answers each
 * with a line: clients and multipart parsers.
 */

import { startTalking } from "./process.ts";

/** Such a program in a process of its own. */
export interface RunningWorker<Job, Result> extends AsyncDisposable {
  pid: number;
  perform: (job: Job) => Promise<Result>;
}

/** Starting, and the last request or form of a run, which is finished however long it takes. */
const GRACE_MS = 30_000;

/** Starts a worker; `parse` reads what it answers, and throws unless all of that is right. */
export function startWorker<Job extends { seconds: number }, Result>(
  program: string,
  args: string[],
  signal: AbortSignal,
  parse: (line: string, job: Job) => Result,
): RunningWorker<Job, Result> {
  // Some of them would ask the environment's proxy for what is on loopback.
  const env = { NO_PROXY: "*", no_proxy: "*" };
  const worker = startTalking(program, args, { signal, env, listens: true });
  return {
    pid: worker.pid,
    perform: async (job) => {
      try {
        return parse(await worker.ask(JSON.stringify(job), job.seconds * 1000 + GRACE_MS), job);
      } catch (error) {
        signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`Cannot measure "${[program, ...args].join(" ")}": ${reason}`);
      }
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}
