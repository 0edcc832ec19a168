// One part of a multipart body as its reader holds it: what its header says, and its content.

import type { PartContent } from "./part_content.ts";

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

/** A part of a body that is being read. */
export class Part implements MultipartPart {
  readonly #content: PartContent;
  #headers: Map<string, string> | undefined;

  constructor(content: PartContent) {
    this.#content = content;
  }

  get name(): string {
    return this.#content.head.name;
  }

  get filename(): string | undefined {
    return this.#content.head.filename;
  }

  get contentType(): string | undefined {
    return this.#content.head.contentType;
  }

  get headers(): ReadonlyMap<string, string> {
    if (this.#headers === undefined) {
      this.#headers = new Map();
      for (const { name, value } of this.#content.head.fields) {
        const before = this.#headers.get(name);
        this.#headers.set(name, before === undefined ? value : `${before}, ${value}`);
      }
    }
    return this.#headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#content.body;
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#content.bytes();
  }

  text(): Promise<string> {
    return this.#content.text();
  }
}
