// deno-lint-ignore-file explicit-module-boundary-types -- in JavaScript they are in comments
/**
 * What all parsers of the bench share, under Deno and under Node.js: the body in memory, cut into
 * chunks, parsing until the time is over, and looking at what was delivered. How a parser is fed and
 * read is in its own file.
 *
 * @typedef {import("./job.ts").Parse} Parse
 * @typedef {import("./job.ts").ParseJob} ParseJob
 * @typedef {import("./job.ts").ParserJob} ParserJob
 * @typedef {import("./job.ts").ParserResult} ParserResult
 * @typedef {import("./job.ts").StreamJob} StreamJob
 * @typedef {Uint8Array<ArrayBuffer>} Chunk
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import { STREAM_BOUNDARY, STREAM_FILENAME, STREAM_NAME, streamedForm } from "./stream_source.mjs";
import { Notary, requireRight, Tally } from "./tally.mjs";

const CHUNK_BYTES = 64 * 1024;
/** How often memory is looked at: every 8 MB. */
const CHUNKS_A_LOOK = 128;

/**
 * A performer of jobs by one parser.
 *
 * @param {Parse} parse
 * @param {(chunk: Chunk) => Chunk} [wrap] Makes of a chunk what the parser likes best.
 * @returns {(job: ParserJob) => Promise<ParserResult>}
 */
export function parsing(parse, wrap = (chunk) => chunk) {
  let file = "";
  /** @type {Chunk[]} */
  let chunks = [];
  return async (job) => {
    if (job.work === "stream") return await stream(parse, wrap, job);
    if (file !== job.file) {
      chunks = [...cut(readFileSync(job.file))].map(wrap);
      file = job.file;
    }
    return job.check ? await checkOnce(parse, chunks, job) : await repeat(parse, chunks, job);
  };
}

/**
 * Cuts a body into chunks, each in a buffer of its own, as they come from a socket.
 *
 * @param {Uint8Array} body
 * @returns {Generator<Chunk>}
 */
export function* cut(body) {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    yield new Uint8Array(body.subarray(at, at + CHUNK_BYTES));
  }
}

async function checkOnce(parse, chunks, { boundary, right }) {
  const notary = new Notary();
  const startMs = performance.now();
  await parse(chunks, boundary, notary);
  requireRight(notary.tally, right);
  return { count: 1, seconds: (performance.now() - startMs) / 1000, digest: notary.digest() };
}

async function repeat(parse, chunks, { boundary, right, seconds }) {
  let count = 0;
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  do {
    const tally = new Tally();
    await parse(chunks, boundary, tally);
    requireRight(tally, right);
    count++;
  } while (performance.now() < endMs);
  return { count, seconds: (performance.now() - startMs) / 1000 };
}

async function stream(parse, wrap, { bytes, check }) {
  const notary = check ? new Notary() : undefined;
  const witness = notary ?? new Tally();
  const before = keptMemory();
  const memory = { before, peak: before };
  const look = () => memory.peak = Math.max(memory.peak, keptMemory());
  const startMs = performance.now();
  await parse(watched(bytes, wrap, look), STREAM_BOUNDARY, witness);
  look();
  const seconds = (performance.now() - startMs) / 1000;
  const nameChars = STREAM_NAME.length + STREAM_FILENAME.length;
  requireRight(notary?.tally ?? witness, { parts: 1, bytes, nameChars });
  return { count: 1, seconds, memory, digest: notary?.digest() };
}

/**
 * What the process has in memory when its garbage is collected: how much of that piles up before is the
 * runtime's business, and differs by up to 90 MB from run to run without any parser.
 */
function keptMemory() {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

function* watched(bytes, wrap, look) {
  let count = 0;
  for (const chunk of streamedForm(bytes)) {
    if (++count % CHUNKS_A_LOOK === 0) look();
    yield wrap(chunk);
  }
}
