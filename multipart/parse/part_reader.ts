// The parts of a body, one after the other, and their content: the scanner fed from a source. What is
// there already is read without waiting; reads that must wait are served in the order in which they came.

import { LimitError } from "../../wire/errors.ts";
import { tryAscii } from "./ascii.ts";
import type { ByteSource } from "./byte_source.ts";
import { Collector } from "./collector.ts";
import { type MultipartPart, Part } from "./part.ts";
import { type ContentReader, PartContent } from "./part_content.ts";
import type { PullSource } from "./pull_stream.ts";
import type { Scanner, Token } from "./scanner.ts";

/** What a step returns that cannot be made before more bytes are there. */
const NEED = Symbol("need");
type Step<T> = () => T | typeof NEED;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads one body. */
export class PartReader implements ContentReader, PullSource<MultipartPart> {
  /** Not before its end was read. */
  readonly isComplete = false;
  /** Ends the stream of the parts, which fails with everything else. */
  failStream: ((error: unknown) => void) | undefined;

  readonly #scanner: Scanner;
  readonly #source: ByteSource;
  readonly #maxFieldBytes: number;
  /** The part whose content comes next. */
  #part: PartContent | undefined;
  /** The last of the reads that wait. */
  #waiting: Promise<unknown> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(scanner: Scanner, source: ByteSource, maxFieldBytes: number) {
    this.#scanner = scanner;
    this.#source = source;
    this.#maxFieldBytes = maxFieldBytes;
  }

  /** What `made` makes of the next part, or of undefined when there is none; skips what is left of the last. */
  next<T>(made: (part: MultipartPart | undefined) => T): Promise<T> {
    return this.#run(() => {
      const part = this.#tryNext();
      return part === NEED ? NEED : made(part && new Part(part));
    });
  }

  readPiece<R>(
    part: PartContent,
    made: (piece: Uint8Array<ArrayBuffer> | undefined) => R,
  ): Promise<R> {
    return this.#run(() => {
      const piece = this.#tryPiece(part);
      return piece === NEED ? NEED : made(piece);
    });
  }

  readBytes(part: PartContent): Promise<Uint8Array<ArrayBuffer>> {
    return this.#collect(
      part,
      (collected) => collected?.take() ?? new Uint8Array(this.#scanner.view),
    );
  }

  readText(part: PartContent): Promise<string> {
    return this.#collect(part, (collected) => {
      if (collected !== undefined) return decoder.decode(collected.view());
      const { bytes, start, end } = this.#scanner;
      return tryAscii(bytes, start, end) ?? decoder.decode(this.#scanner.view);
    });
  }

  /** Gives up: the source is cancelled, nothing follows. */
  async cancel(reason: unknown): Promise<void> {
    this.#leavePart("the form was cancelled");
    this.#failure ??= { error: new TypeError("Cannot read form: it was cancelled") };
    await this.#source.cancel(reason);
  }

  /** Does a step, now if possible. */
  #run<T>(step: Step<T>): Promise<T> {
    if (this.#waiting !== undefined) return this.#wait(this.#waiting, step);
    try {
      const result = this.#try(step);
      if (result !== NEED) return Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#wait(undefined, step);
  }

  /** Does a step after those that wait, and again whenever there are more bytes. */
  #wait<T>(turn: Promise<unknown> | undefined, step: Step<T>): Promise<T> {
    const waiting = this.#feed(turn, step).finally(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    return this.#waiting = waiting;
  }

  async #feed<T>(turn: Promise<unknown> | undefined, step: Step<T>): Promise<T> {
    let result: T | typeof NEED = NEED;
    if (turn !== undefined) {
      // How the reads before it ended is their own business.
      await turn.catch(() => {});
      result = this.#try(step);
    }
    while (result === NEED) {
      await this.#readChunk();
      result = this.#try(step);
    }
    return result;
  }

  async #readChunk(): Promise<void> {
    try {
      const chunk = await this.#source.read();
      if (chunk === undefined) this.#scanner.finish();
      else this.#scanner.push(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  #try<T>(step: Step<T>): T | typeof NEED {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#source.wasAborted) this.#fail(this.#source.abortReason);
    return step();
  }

  #token(): Token {
    try {
      return this.#scanner.next();
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Nothing can be read any more. */
  #fail(error: unknown): never {
    this.#failure ??= { error };
    this.failStream?.(error);
    this.#part?.fail(() => error);
    // The error is what the reader hears of; how the source takes it is of no interest any more.
    this.#source.cancel(error).catch(() => {});
    throw this.#failure.error;
  }

  #tryNext(): PartContent | undefined | typeof NEED {
    this.#leavePart("the next part was asked for");
    while (true) {
      switch (this.#token()) {
        case "need":
          // What follows the close delimiter is dropped, but it must come to its end.
          return this.#source.isOver ? undefined : NEED;
        case "part":
          return this.#part = new PartContent(this, this.#scanner.head!);
      }
    }
  }

  #leavePart(why: string): void {
    const part = this.#part;
    if (part === undefined) return;
    this.#part = undefined;
    if (!part.isComplete) part.fail(() => part.error(why));
  }

  #checkCurrent(part: PartContent): void {
    if (part !== this.#part) throw part.error("the next part was asked for");
  }

  #tryPiece(part: PartContent): Uint8Array<ArrayBuffer> | undefined | typeof NEED {
    if (part.isComplete) return undefined;
    this.#checkCurrent(part);
    const token = this.#token();
    if (token === "need") return NEED;
    part.isComplete = token === "done" || this.#scanner.last;
    return token === "done" ? undefined : this.#scanner.own();
  }

  /** What `made` makes of all content of a part: what was collected of it, or the scanner's view if that is all. */
  #collect<T>(part: PartContent, made: (collected: Collector | undefined) => T): Promise<T> {
    const scanner = this.#scanner;
    const max = this.#maxFieldBytes;
    let collected: Collector | undefined;
    return this.#run(() => {
      this.#checkCurrent(part);
      while (!part.isComplete) {
        const token = this.#token();
        if (token === "need") return NEED;
        part.isComplete = token === "done" || scanner.last;
        if (token === "done") {
          collected ??= new Collector();
          break;
        }
        if (scanner.length + (collected?.length ?? 0) > max) {
          throw new LimitError("maxFieldBytes", max, 413);
        }
        if (!part.isComplete) collected ??= new Collector();
        collected?.add(scanner.view);
      }
      return made(collected);
    });
  }
}
