// Parts without a parser: their bodies fail or wait where a test says, and whether their source was
// cancelled is known.

import type { MultipartPart } from "../../multipart/parse/part.ts";

const encoder = new TextEncoder();

/** What a part is made of. */
export interface FakePart {
  name?: string;
  filename?: string;
  contentType?: string;
  /** Its pieces, asked for one at a time; may throw. */
  body?: Iterable<string | Uint8Array<ArrayBuffer>>;
}

/** A source of parts. */
export class FakeParts implements AsyncIterable<MultipartPart> {
  /** Whether the loop over the parts was left before their end. */
  cancelled = false;
  /** Pieces of all parts that were asked for. */
  pulled = 0;
  /** Runs when the loop is left. */
  onCancel: () => void | Promise<void> = () => {};

  readonly #parts: Iterable<FakePart>;

  /** The parts, asked for one at a time; may throw. */
  constructor(parts: Iterable<FakePart>) {
    this.#parts = parts;
  }

  [Symbol.asyncIterator](): AsyncIterator<MultipartPart> {
    const parts = this.#parts[Symbol.iterator]();
    return {
      // deno-lint-ignore require-await -- it shall reject, not throw
      next: async () => {
        const { done, value } = parts.next();
        return done ? { done, value: undefined } : { value: this.#make(value) };
      },
      return: async () => {
        this.cancelled = true;
        await this.onCancel();
        return { done: true, value: undefined };
      },
    };
  }

  #make({ name = "part", filename, contentType, body = [] }: FakePart): MultipartPart {
    const pieces = body[Symbol.iterator]();
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        const { done, value } = pieces.next();
        this.pulled++;
        if (done) controller.close();
        else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      },
    }, { highWaterMark: 0 });
    const bytes = () => new Response(stream).bytes();
    const text = () => new Response(stream).text();
    return { name, filename, contentType, headers: new Map(), body: stream, bytes, text };
  }
}
