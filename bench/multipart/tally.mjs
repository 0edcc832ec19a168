// deno-lint-ignore-file explicit-module-boundary-types -- in JavaScript they are in comments
/**
 * Who is told what a parser delivers: a tally, which only counts and is what parsers are measured
 * with, or a notary, which takes digests too and is what they are checked with.
 *
 * @typedef {import("./job.ts").FileWitness} FileWitness
 * @typedef {import("./job.ts").Right} Right
 */

import { createHash } from "node:crypto";

/**
 * What the digest of a form has in it for one part.
 *
 * @param {string} name
 * @param {string | undefined} filename
 * @param {string} contentDigest
 * @returns {string}
 */
export function witnessLine(name, filename, contentDigest) {
  return JSON.stringify([name, filename ?? null, contentDigest]) + "\n";
}

/** Counts. */
export class Tally {
  parts = 0;
  ended = 0;
  bytes = 0;
  nameChars = 0;

  /**
   * @param {string} name
   * @param {string} filename
   * @returns {FileWitness}
   */
  file(name, filename) {
    this.parts++;
    this.nameChars += name.length + filename.length;
    return this;
  }

  /**
   * @param {Uint8Array} piece
   * @returns {void}
   */
  add(piece) {
    this.bytes += piece.length;
  }

  /** @returns {void} */
  end() {
    this.ended++;
  }

  /**
   * The characters are counted: values are ASCII.
   *
   * @param {string} name
   * @param {string} value
   * @returns {void}
   */
  field(name, value) {
    this.parts++;
    this.ended++;
    this.nameChars += name.length;
    this.bytes += value.length;
  }
}

/** Takes the digest of names and contents, in the order in which parts begin, and counts. */
export class Notary {
  #tally = new Tally();
  /** @type {(() => string)[]} */
  #lines = [];

  /**
   * @param {string} name
   * @param {string} filename
   * @returns {FileWitness}
   */
  file(name, filename) {
    this.#tally.file(name, filename);
    const hash = createHash("sha256");
    this.#lines.push(() => witnessLine(name, filename, hash.digest("hex")));
    return {
      add: (piece) => {
        this.#tally.add(piece);
        hash.update(piece);
      },
      end: () => this.#tally.end(),
    };
  }

  /**
   * @param {string} name
   * @param {string} value
   * @returns {void}
   */
  field(name, value) {
    this.#tally.field(name, value);
    const digest = createHash("sha256").update(value).digest("hex");
    this.#lines.push(() => witnessLine(name, undefined, digest));
  }

  /** @returns {Tally} */
  get tally() {
    return this.#tally;
  }

  /** @returns {string} */
  digest() {
    const all = createHash("sha256");
    for (const line of this.#lines) all.update(line());
    return all.digest("hex");
  }
}

/**
 * Throws unless everything was delivered that is in the form.
 *
 * @param {Tally} tally
 * @param {Right} right
 * @returns {void}
 */
export function requireRight(tally, right) {
  if (tally.parts !== right.parts) throw new Error(`${tally.parts} parts of ${right.parts}`);
  if (tally.ended !== right.parts) throw new Error(`${tally.ended} whole parts of ${right.parts}`);
  if (tally.bytes !== right.bytes) throw new Error(`${tally.bytes} bytes of ${right.bytes}`);
  if (tally.nameChars !== right.nameChars) {
    throw new Error(`names of ${tally.nameChars} characters instead of ${right.nameChars}`);
  }
}
