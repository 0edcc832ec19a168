// deno-lint-ignore-file explicit-module-boundary-types -- in JavaScript they are in comments
/**
 * How parsers that are a Writable of Node.js are fed and read.
 *
 * @typedef {import("../job.ts").Witness} Witness
 */

import { Buffer } from "node:buffer";

/**
 * A chunk as Node.js hands them out; nothing is copied.
 *
 * @param {Uint8Array<ArrayBuffer>} chunk
 * @returns {Buffer<ArrayBuffer>}
 */
export function asBuffer(chunk) {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}

/**
 * Writes the chunks, as fast as the parser takes them, and resolves when it has emitted `last`.
 *
 * @param {import("node:stream").Writable} parser
 * @param {string} last
 * @param {Iterable<Uint8Array>} chunks
 * @returns {Promise<void>}
 */
export function feed(parser, last, chunks) {
  return new Promise((resolve, reject) => {
    parser.on(last, resolve).on("error", reject);
    const iterator = chunks[Symbol.iterator]();
    const write = () => {
      for (let next; !(next = iterator.next()).done;) {
        if (!parser.write(next.value)) return parser.once("drain", write);
      }
      parser.end();
    };
    write();
  });
}

/**
 * Reads a file by its `data` events.
 *
 * @param {Witness} witness
 * @param {string} name
 * @param {string} filename
 * @param {import("node:stream").Readable} file
 * @returns {void}
 */
export function witnessFile(witness, name, filename, file) {
  const seen = witness.file(name, filename);
  file.on("data", (piece) => seen.add(piece)).on("end", () => seen.end());
}
