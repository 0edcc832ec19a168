// The heads of a response as they come in: those before the final one are reported and skipped, within a
// bound (RFC 9110 15.2).

import { ProtocolError } from "../../wire/errors.ts";
import { REMEMBERED_BYTES } from "../../wire/head_memory.ts";
import {
  checkResponseStart,
  parseResponseHead,
  type ResponseHead,
} from "../../wire/response_head.ts";
import type { HttpConnection } from "./connection.ts";
import type { Settings } from "../settings.ts";

/** Most responses before the final one. */
const MAX_INFORMATIONAL = 32;
/** The shortest field line: a name of one letter, a colon, the end of the line. */
const LINE_BYTES = 4;

/** Who is told of what comes before the final head. */
export interface HeadsListener {
  /** The server said `100 Continue`. */
  onContinue(): void;
  /** The caller's `onInformational` is async, and failed. */
  onError(error: unknown): void;
}

/** Reads the heads of one response. */
export class ResponseHeads {
  #informational = 0;
  readonly #connection: HttpConnection;
  readonly #settings: Settings;
  readonly #listener: HeadsListener;

  constructor(connection: HttpConnection, settings: Settings, listener: HeadsListener) {
    this.#connection = connection;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** The final head, if it is all there. */
  tryFinal(): ResponseHead | undefined {
    const { reader, memory } = this.#connection;
    const { maxHeadBytes, maxFields } = this.#settings;
    // What is remembered was within the limits of its own request.
    if (maxHeadBytes >= REMEMBERED_BYTES && maxFields * LINE_BYTES >= REMEMBERED_BYTES) {
      const known = memory.recall(reader);
      if (known !== undefined) return known;
    }
    while (reader.start < reader.end) {
      checkResponseStart(reader.bytes, reader.start, reader.end);
      const end = reader.tryHeadEnd(maxHeadBytes);
      if (end < 0) return undefined;
      const head = parseResponseHead(reader.bytes, reader.start, end, { maxFields });
      const isFinal = head.status >= 200 || head.status === 101;
      if (isFinal) memory.learn(reader, end, head.fields.text, head);
      reader.endHead(end);
      if (isFinal) return head;
      this.#report(head);
    }
    return undefined;
  }

  #report(head: ResponseHead): void {
    if (++this.#informational > MAX_INFORMATIONAL) {
      throw new ProtocolError(
        "bad_framing",
        `Cannot read response: more than ${MAX_INFORMATIONAL} informational responses`,
      );
    }
    if (head.status === 100) this.#listener.onContinue();
    const told: unknown = this.#settings.onInformational?.({
      code: head.status,
      status: head.reason,
      headers: head.fields.record(),
      rawHeaders: head.fields.raw(),
    });
    if (told instanceof Promise) told.catch(this.#listener.onError);
  }
}
