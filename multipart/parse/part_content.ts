// The content of a part, and in which way it is read: once, and where it stands in the body, so that it is
// there until the next part is asked for.

import type { PartHead } from "./part_head.ts";
import { type PullSource, PullStream } from "./pull_stream.ts";

/** What reads the content of parts. */
export interface ContentReader {
  /** What `made` makes of the next piece, or of undefined at the end. */
  readPiece<R>(
    content: PartContent,
    made: (piece: Uint8Array<ArrayBuffer> | undefined) => R,
  ): Promise<R>;
  readBytes(content: PartContent): Promise<Uint8Array<ArrayBuffer>>;
  readText(content: PartContent): Promise<string>;
}

/** The content of one part. */
export class PartContent implements PullSource<Uint8Array<ArrayBuffer>> {
  /** What the part says of itself. */
  readonly head: PartHead;
  /** Whether all of it was given out. */
  isComplete = false;
  readonly #reader: ContentReader;
  #use: "none" | "stream" | "whole" = "none";
  #body: PullStream<Uint8Array<ArrayBuffer>> | undefined;
  #failBody: ((error: unknown) => void) | undefined;

  constructor(reader: ContentReader, head: PartHead) {
    this.#reader = reader;
    this.head = head;
  }

  /** It as a stream, always the same one. */
  get body(): PullStream<Uint8Array<ArrayBuffer>> {
    return this.#body ??= new PullStream(this, (fail) => this.#failBody = fail);
  }

  /** All of it. */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#claim() ? this.#reader.readBytes(this) : Promise.reject(this.#usedError());
  }

  /** All of it, as UTF-8. */
  text(): Promise<string> {
    return this.#claim() ? this.#reader.readText(this) : Promise.reject(this.#usedError());
  }

  /** The next piece, for the body. */
  next<R>(made: (piece: Uint8Array<ArrayBuffer> | undefined) => R): Promise<R> {
    if (this.#use === "whole") return Promise.reject(this.#usedError());
    this.#use = "stream";
    return this.#reader.readPiece(this, made);
  }

  /** The body is given up; what is left of it will be skipped. */
  cancel(): void {
    this.#use = "stream";
  }

  /** Ends the body with an error, if somebody has it and it is not over. */
  fail(error: () => unknown): void {
    this.#failBody?.(error());
  }

  /** Why it cannot be read. */
  error(why: string): TypeError {
    return new TypeError(`Cannot read body of part ${JSON.stringify(this.head.name)}: ${why}`);
  }

  #usedError(): TypeError {
    return this.error("it was read already");
  }

  /** Notes that it is read as a whole; whether it can be. */
  #claim(): boolean {
    if (this.#use !== "none" || this.#body?.locked) return false;
    this.#use = "whole";
    return true;
  }
}
