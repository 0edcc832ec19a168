// deno-lint-ignore-file explicit-module-boundary-types -- in JavaScript they are in comments
/**
 * A form with one long file that comes into being while it is read, each chunk in a buffer of its
 * own as if from a socket: who keeps what was parsed is seen to grow.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Chunk
 */

import { createHash } from "node:crypto";
import { Notary } from "./tally.mjs";

export const STREAM_BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
export const STREAM_NAME = "file";
export const STREAM_FILENAME = "file.bin";

const CHUNK_BYTES = 64 * 1024;

/**
 * The chunks of a form whose file has `bytes`.
 *
 * @param {number} bytes
 * @returns {Generator<Chunk>}
 */
export function* streamedForm(bytes) {
  const encoder = new TextEncoder();
  yield encoder.encode(
    `--${STREAM_BOUNDARY}\r\nContent-Disposition: form-data; name="${STREAM_NAME}"; ` +
      `filename="${STREAM_FILENAME}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  yield* contents(bytes);
  yield encoder.encode(`\r\n--${STREAM_BOUNDARY}--\r\n`);
}

/**
 * The digest of that form, as a notary takes it.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function streamedFormDigest(bytes) {
  const notary = new Notary();
  const file = notary.file(STREAM_NAME, STREAM_FILENAME);
  for (const chunk of contents(bytes)) file.add(chunk);
  file.end();
  return notary.digest();
}

/**
 * @param {number} bytes
 * @returns {Generator<Chunk>}
 */
function* contents(bytes) {
  const block = noiseBlock();
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES));
    chunk.set(block.subarray(0, chunk.length));
    yield chunk;
  }
}

/** @returns {Chunk} The same in every process. */
function noiseBlock() {
  const block = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; at < CHUNK_BYTES; at += 32) {
    block.set(createHash("sha256").update(String(at)).digest(), at);
  }
  return block;
}
