// A coded body made into a decoded one, within limits: on the size of what comes out, and on how much
// more that is than what went in, so that a small response cannot keep a client busy for long.

import { LimitError } from "../../wire/errors.ts";
import type { BodySource } from "../body_source.ts";
import { CodedBody } from "./coded_body.ts";
import type { Coding } from "./coding.ts";

/** How much may come out of a decoder. */
export interface DecodeLimits {
  /** Most bytes, decoded. Infinity: any number. */
  maxBytes: number;
  /** How many times longer than the coded body the decoded one may be, once it is over 1 MiB. */
  maxRatio: number;
}

/** Up to here the ratio does not count: a small body may well be one line, repeated a thousand times. */
const RATIO_FREE_BYTES = 1024 * 1024;

/**
 * The body without its codings, which are undone from the last to the first. It is read to its end even
 * when the decoded data ends before. Closing it closes the source; so does any error.
 */
export function decodeBody(
  source: BodySource,
  codings: readonly Coding[],
  limits: DecodeLimits,
): BodySource {
  const coded = new CountedBody(source, () => {});
  let body: BodySource = coded;
  for (const coding of codings.toReversed()) {
    // `maxBytes` is for the last result alone, the ratio for what lies between two codings, too.
    body = new CountedBody(new CodedBody(body, coding), (bytes) => {
      if (bytes > RATIO_FREE_BYTES && bytes > coded.bytes * limits.maxRatio) {
        throw new LimitError("maxDecodeRatio", limits.maxRatio, 413);
      }
    });
  }
  return new CountedBody(body, (bytes) => {
    if (bytes > limits.maxBytes) throw new LimitError("maxBodyBytes", limits.maxBytes, 413);
  });
}

/** Counts what goes through it, and closes it when the count is refused. */
class CountedBody implements BodySource {
  /** Bytes so far. */
  bytes = 0;
  readonly #source: BodySource;
  readonly #check: (bytes: number) => void;
  #refusal: unknown;

  constructor(source: BodySource, check: (bytes: number) => void) {
    this.#source = source;
    this.#check = check;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#refusal !== undefined) throw this.#refusal;
    const piece = await this.#source.read();
    if (piece === undefined) return undefined;
    this.bytes += piece.length;
    try {
      this.#check(this.bytes);
    } catch (error) {
      this.#refusal = error;
      this.close();
      throw error;
    }
    return piece;
  }

  close(): void {
    this.#source.close();
  }
}
