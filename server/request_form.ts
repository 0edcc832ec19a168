// The form in a request's body, read event by event: what `con.readFormData` does, and the state that it
// keeps as `req.form`.

import { type EndEvent, type MultipartEvent, MultipartParser } from "../multipart/parser.ts";
import { readMultipartType } from "../multipart/parse/content_type.ts";
import type { MultipartLimits } from "../multipart/parse/limits.ts";
import { MultipartError } from "../multipart/parse/multipart_error.ts";

/** The body that a form is read from. */
export interface FormSource {
  /** The next bytes; empty at the end. */
  readPiece(timeout?: number): Promise<Uint8Array<ArrayBuffer>>;
  /** How many bytes of it were read. */
  readonly received: number;
}

/** How far the form of a request was read, by `con.readFormData`. */
export class RequestForm {
  #parser: MultipartParser | undefined;
  /** Bytes of the body that the parser got. */
  #received = 0;
  #parts = 0;
  #isPartOpen = false;
  /** The last event, as soon as it was there. */
  #end: EndEvent | undefined;
  #isDone = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** How many parts have begun. */
  get parts(): number {
    return this.#parts;
  }

  /** Whether its end was read. */
  get done(): boolean {
    return this.#isDone;
  }

  /** @ignore The next event. Calls that come meanwhile get those that follow it. */
  read(
    body: FormSource,
    contentType: string | undefined,
    limits: MultipartLimits,
    timeout: number | undefined,
  ): Promise<MultipartEvent> {
    const event = this.#turn.then(() => this.#read(body, contentType, limits, timeout));
    // How one call ends is none of the next one's business.
    this.#turn = event.catch(() => {});
    return event;
  }

  async #read(
    body: FormSource,
    contentType: string | undefined,
    limits: MultipartLimits,
    timeout: number | undefined,
  ): Promise<MultipartEvent> {
    if (this.#isDone) return { type: "end" };
    const parser = this.#parser ??= openParser(contentType, limits);
    let event: MultipartEvent | undefined = this.#end ?? parser.pull();
    while (event === undefined) {
      await this.#readPiece(parser, body, timeout);
      event = parser.pull();
    }
    if (event.type === "end") {
      this.#end = event;
      // What follows the form is of no interest, but that the body is whole, and within its limit. When this
      // takes too long, the next call goes on with it.
      do parser.pull(); while (await this.#readPiece(parser, body, timeout));
      this.#isDone = true;
    } else if (!this.#isPartOpen) {
      this.#parts++;
    }
    this.#isPartOpen = event.type === "header" || (event.type === "body" && !event.done);
    return event;
  }

  /** Gives the parser what comes next, or tells it that nothing does. */
  async #readPiece(parser: MultipartParser, body: FormSource, timeout?: number): Promise<boolean> {
    if (body.received !== this.#received) {
      throw new TypeError("Cannot read form: some of the body was read already, in another way");
    }
    const piece = await body.readPiece(timeout);
    this.#received += piece.length;
    if (piece.length === 0) parser.end();
    else parser.push(piece);
    return piece.length > 0;
  }
}

function openParser(contentType: string | undefined, limits: MultipartLimits): MultipartParser {
  if (!readMultipartType(contentType).isForm) {
    throw new MultipartError('Content-Type is not "multipart/form-data"', undefined, 415);
  }
  return new MultipartParser(contentType!, limits);
}
