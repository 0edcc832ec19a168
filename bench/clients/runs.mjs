// deno-lint-ignore-file explicit-module-boundary-types -- in JavaScript they are in comments
/**
 * What all clients of the bench share, under Deno and under Node.js: reading jobs, keeping so many
 * requests in flight until the time is over, counting, checking. What a client does for one request
 * is in its own file.
 *
 * @typedef {import("./job.ts").Job} Job
 * @typedef {import("./job.ts").Lane} Lane
 * @typedef {import("./job.ts").Result} Result
 */

import { createHash } from "node:crypto";
import process from "node:process";
import { createInterface } from "node:readline";

/**
 * Performs the jobs that come on standard input, until it ends.
 *
 * @param {(job: Job) => Promise<Result>} perform
 * @returns {Promise<void>}
 */
export async function serveJobs(perform) {
  for await (const line of createInterface({ input: process.stdin })) {
    let reply;
    try {
      reply = await perform(JSON.parse(line));
    } catch (error) {
      const cause = error.cause ? `: ${error.cause.message}` : "";
      reply = { error: `${error.message}${cause}` };
    }
    process.stdout.write(JSON.stringify(reply) + "\n");
  }
  process.exit(0); // kept connections would hold some clients back
}

/**
 * A performer of jobs that repeats single requests.
 *
 * @param {(job: Job) => Lane | Promise<Lane>} open Called for each request that is to be in flight.
 * @returns {(job: Job) => Promise<Result>}
 */
export function repeating(open) {
  return (job) => job.check ? checkOnce(open, job) : repeat(open, job);
}

/**
 * Throws unless an answer has status 200.
 *
 * @param {number | undefined} status
 * @returns {void}
 */
export function requireOk(status) {
  if (status !== 200) throw new Error(`status ${status}`);
}

/**
 * Digest of what a client saw: of the body, or the one in the answer to an upload.
 *
 * @param {Job} job
 * @returns {{ see: import("./job.ts").See, digest: () => string }}
 */
export function witness(job) {
  const hash = createHash("sha256");
  let answer = "";
  return job.work === "upload"
    ? { see: (text) => answer += text, digest: () => answer.split(" ")[1] ?? "" }
    : { see: (piece) => hash.update(piece), digest: () => hash.digest("hex") };
}

async function checkOnce(open, job) {
  const { see, digest } = witness(job);
  const startMs = performance.now();
  const lane = await open(job);
  const bytes = await lane.run(see);
  lane.close?.();
  return { count: 1, bytes, seconds: (performance.now() - startMs) / 1000, digest: digest() };
}

async function repeat(open, job) {
  const lanes = await Promise.all(Array.from({ length: job.inFlight }, () => open(job)));
  let count = 0;
  let bytes = 0;
  const startMs = performance.now();
  const endMs = startMs + job.seconds * 1000;
  await Promise.all(lanes.map(async ({ run }) => {
    do {
      const received = await run();
      bytes += received;
      count++;
    } while (performance.now() < endMs);
  }));
  const seconds = (performance.now() - startMs) / 1000;
  for (const { close } of lanes) close?.();
  return { count, bytes, seconds };
}
