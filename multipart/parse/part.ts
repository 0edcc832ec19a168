// One part of a multipart body as its reader holds it. Its content is read where it stands in the body, so
// it is there until the next part is asked for.

import type { PartHead } from "./part_head.ts";
import { type PullSource, PullStream } from "./pull_stream.ts";

/**
 * A part of a multipart body. Its content can be read once, as `body`, `bytes()` or `text()`, and until the
 * next part is asked for: what was not read by then is skipped, and reading it is a TypeError.
 */
export interface MultipartPart {
  /**
   * Name of the field. As sent: line breaks and quotes in it were escaped (`%22`) by who sent it, which
   * cannot be undone. Empty for a part without a name, in bodies that are no forms.
   */
  readonly name: string;
  /**
   * Name of the file as sent, perhaps empty or with a foreign path in it: never a path to write to.
   * Undefined for a part that is no file.
   */
  readonly filename: string | undefined;
  /** The part's own Content-Type, as sent. Undefined where there is none, which means text. */
  readonly contentType: string | undefined;
  /** All fields of the part, by name in lower case; repeats are joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** The content as it comes, read from the source only as it is read itself. Chunks may be transferred. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * All of the content.
   *
   * @returns The bytes.
   * @throws {LimitError} When there are more than `maxFieldBytes`.
   * @throws {MultipartError} When the body turns out to be malformed.
   * @throws {TypeError} When it was read before, or the next part was asked for.
   */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * All of the content as UTF-8, whatever its Content-Type says; what is none becomes U+FFFD.
   *
   * @returns The text.
   * @throws {LimitError} As `bytes()` does, and likewise all others.
   */
  text(): Promise<string>;
}

/** What reads the content of parts. */
export interface PartContent {
  /** What `made` makes of the next piece, or of undefined at the end. */
  readPiece<R>(
    part: Part,
    made: (piece: Uint8Array<ArrayBuffer> | undefined) => R,
  ): Promise<R>;
  readBytes(part: Part): Promise<Uint8Array<ArrayBuffer>>;
  readText(part: Part): Promise<string>;
}

/** A part, and how far its content was read. */
export class Part implements MultipartPart, PullSource<Uint8Array<ArrayBuffer>> {
  readonly #content: PartContent;
  readonly #head: PartHead;
  #headers: Map<string, string> | undefined;
  #body: PullStream<Uint8Array<ArrayBuffer>> | undefined;
  #use: "none" | "stream" | "whole" = "none";
  /** Whether all of its content was given out. */
  isComplete = false;

  constructor(content: PartContent, head: PartHead) {
    this.#content = content;
    this.#head = head;
  }

  get name(): string {
    return this.#head.name;
  }

  get filename(): string | undefined {
    return this.#head.filename;
  }

  get contentType(): string | undefined {
    return this.#head.contentType;
  }

  get headers(): ReadonlyMap<string, string> {
    if (this.#headers === undefined) {
      this.#headers = new Map();
      for (const { name, value } of this.#head.fields) {
        const before = this.#headers.get(name);
        this.#headers.set(name, before === undefined ? value : `${before}, ${value}`);
      }
    }
    return this.#headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#body ??= new PullStream(this);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#claim() ? this.#content.readBytes(this) : Promise.reject(this.#usedError());
  }

  text(): Promise<string> {
    return this.#claim() ? this.#content.readText(this) : Promise.reject(this.#usedError());
  }

  /** The next piece, for the body. */
  next<R>(made: (piece: Uint8Array<ArrayBuffer> | undefined) => R): Promise<R> {
    if (this.#use === "whole") return Promise.reject(this.#usedError());
    this.#use = "stream";
    return this.#content.readPiece(this, made);
  }

  /** The body is given up; what is left of it will be skipped. */
  cancel(): void {
    this.#use = "stream";
  }

  /** Ends the body with an error, if somebody has it and it is not over. */
  fail(error: () => unknown): void {
    this.#body?.fail(error());
  }

  /** Why its content cannot be read. */
  error(why: string): TypeError {
    return new TypeError(`Cannot read body of part ${JSON.stringify(this.name)}: ${why}`);
  }

  #usedError(): TypeError {
    return this.error("it was read already");
  }

  /** Notes that the content is read as a whole; whether it can be. */
  #claim(): boolean {
    if (this.#use !== "none" || this.#body?.locked) return false;
    this.#use = "whole";
    return true;
  }
}
