// The synchronous parser: bytes in, the documented events out.

import type { HeaderEvent } from "./parse/header_block.ts";
import { type MultipartLimits, resolveLimits } from "./parse/limits.ts";
import { readMultipartType } from "./parse/content_type.ts";
import { Scanner } from "./parse/scanner.ts";

/** Content of a part. */
export interface BodyEvent {
  /** What it is. */
  type: "body";
  /** Bytes, which are the receiver's; perhaps none when `done`. */
  data: Uint8Array<ArrayBuffer>;
  /** Whether the part is complete with them: true exactly once for each part. */
  done: boolean;
}

/** The close delimiter was there. */
export interface EndEvent {
  /** What it is. */
  type: "end";
}

/** What a multipart body consists of: for each part its fields, then its content; at last the end. */
export type MultipartEvent = HeaderEvent | BodyEvent | EndEvent;

const NOTHING = new Uint8Array(0);

/**
 * A parser without input or output: bytes are pushed as they come, and events are pulled until it needs
 * more. What the events say does not depend on how the bytes were cut, and content comes out as soon as
 * it cannot be part of a delimiter.
 *
 * @example Push, and pull what there is
 * ```ts
 * import { MultipartParser } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n--b--\r\n';
 * const parser = new MultipartParser("multipart/form-data; boundary=b");
 * const seen: string[] = [];
 * for (const piece of [body.slice(0, 51), body.slice(51)]) {
 *   parser.push(new TextEncoder().encode(piece));
 *   for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
 *     if (event.type === "header") seen.push(`${event.name}: ${event.value}`);
 *     else if (event.type === "body") seen.push(new TextDecoder().decode(event.data));
 *     else seen.push("end");
 *   }
 * }
 * parser.end();
 * parser.pull(); // throws if the body was cut
 * assertEquals(seen, ['content-disposition: form-data; name="a"', "va", "lue", "end"]);
 * ```
 */
export class MultipartParser {
  readonly #scanner: Scanner;
  /** Fields of the part that began, and how many of them were pulled. */
  #fields: HeaderEvent[] = [];
  #pulled = 0;

  /**
   * A parser of one body.
   *
   * @param boundaryOrContentType The boundary, or the Content-Type that names it (which is what looks like
   * `type/subtype`). A body of the type
   * `multipart/form-data`, and one of which only the boundary is given, is held to RFC 7578: each part
   * must be form-data and have a name. Parts of all others need neither.
   * @param limits What may be how long.
   * @throws {MultipartError} When it names no boundary; with status 415 when it is not multipart.
   * @throws {RangeError} When a limit is not a whole number.
   */
  constructor(boundaryOrContentType: string, limits: MultipartLimits = {}) {
    this.#scanner = new Scanner(readMultipartType(boundaryOrContentType), resolveLimits(limits));
  }

  /**
   * Gives the next bytes of the body. They belong to the parser from now on: events hand out pieces of
   * them, of chunks that share their buffer with others copies.
   *
   * @param chunk The bytes.
   * @throws {TypeError} When it is not a Uint8Array, and after `end()`.
   */
  push(chunk: Uint8Array): void {
    this.#scanner.push(chunk);
  }

  /** Says that the body is over. What is missing then, `pull()` throws. */
  end(): void {
    this.#scanner.finish();
  }

  /**
   * The next event, or undefined when the parser needs more bytes, and when all is over.
   *
   * @returns The event.
   * @throws {MultipartError} When the body is malformed, or has ended too early. Every further call throws
   * it again.
   * @throws {LimitError} When something in it exceeds a limit; likewise.
   */
  pull(): MultipartEvent | undefined {
    if (this.#pulled < this.#fields.length) return this.#fields[this.#pulled++];
    const scanner = this.#scanner;
    while (true) {
      switch (scanner.next()) {
        case "need":
          return undefined;
        case "part":
          this.#fields = scanner.head!.fields;
          this.#pulled = 1;
          if (this.#fields.length > 0) return this.#fields[0];
          break;
        case "data":
          return { type: "body", data: scanner.own(), done: scanner.last };
        case "done":
          return { type: "body", data: NOTHING.slice(), done: true };
        case "end":
          return { type: "end" };
      }
    }
  }
}
