// The body of one message on its way out, once its head is written: counted against the announced
// length, cut into chunks, or plain until the connection closes. The mirror of body_reader.ts.

import { encoder } from "./bytes.ts";
import type { ConnWriter } from "./conn_writer.ts";
import { isAscii, isFieldValue, isToken, type RawHeader } from "./headers.ts";

/** How the end of an outgoing body is marked; `"none"`: it is dropped, as for HEAD. */
export type OutgoingKind = "none" | "length" | "chunked" | "close";

const SCRATCH = new Uint8Array(65536);

/** Writes one body. */
export class BodyWriter {
  /** Bytes of the body put so far, without the chunked coding. */
  sent = 0;
  readonly kind: OutgoingKind;
  #ended = false;
  readonly #writer: ConnWriter;
  readonly #length: number;

  /** `length` is what the head announced, where `kind` is `"length"`. */
  constructor(writer: ConnWriter, kind: OutgoingKind, length: number) {
    this.#writer = writer;
    this.kind = kind;
    this.#length = length;
  }

  /** Whether as many bytes were put as the head announced. */
  get complete(): boolean {
    return this.kind !== "length" || this.sent === this.#length;
  }

  /** Bytes that may still be put. */
  get left(): number {
    return this.kind === "length" ? this.#length - this.sent : Infinity;
  }

  /** Adds body bytes to the output. Throws RangeError when they exceed the announced length. */
  put(data: string | Uint8Array): void {
    const piece = typeof data === "string" ? shortAsciiOrBytes(data) : data;
    if (piece.length === 0) return;
    this.claim(piece.length);
    if (this.kind === "none") return;
    if (this.kind === "chunked") this.#writer.putAscii(`${piece.length.toString(16)}\r\n`);
    if (typeof piece === "string") this.#writer.putAscii(piece);
    else this.#writer.putBytes(piece);
    if (this.kind === "chunked") this.#writer.putAscii("\r\n");
  }

  /**
   * Counts bytes that are put by other means. Throws RangeError when they are too many, and TypeError
   * when the body has ended.
   */
  claim(count: number): void {
    if (this.#ended) throw new TypeError("Cannot send body: the response has ended");
    if (count > this.left) {
      throw new RangeError(
        `Cannot send body: ${this.sent + count} bytes are more than Content-Length ${this.#length}`,
      );
    }
    this.sent += count;
  }

  /** Lets nothing more be put, without marking the end of the body. */
  close(): void {
    this.#ended = true;
  }

  /** Ends the body; trailers are for chunked bodies only. */
  end(trailers?: readonly RawHeader[]): void {
    this.close();
    if (this.kind !== "chunked") return;
    let text = "0\r\n";
    for (const [name, value] of trailers ?? []) text += `${name}: ${value}\r\n`;
    this.#writer.putLatin1(text + "\r\n");
  }
}

/** Text this long is not looked through for ASCII, but encoded at once. */
const SHORT_TEXT = 256;

/** Short ASCII text as it is, all other text as UTF-8 in a buffer that must be copied at once. */
export function shortAsciiOrBytes(text: string): string | Uint8Array {
  return text.length <= SHORT_TEXT && isAscii(text) ? text : encodeText(text);
}

/** UTF-8 of text: in a shared buffer when it is short, so the result must be copied at once. */
export function encodeText(text: string): Uint8Array {
  if (text.length * 3 > SCRATCH.length) return encoder.encode(text);
  return SCRATCH.subarray(0, encoder.encodeInto(text, SCRATCH).written);
}

/** Fields that must not be trailers: they frame, route or describe the message (RFC 9110 6.5.1). */
const NOT_IN_TRAILERS = new Set(
  ("authorization cache-control connection content-encoding content-length content-range " +
    "content-type expect host keep-alive max-forwards pragma proxy-authenticate " +
    "proxy-authorization proxy-connection range set-cookie te trailer transfer-encoding " +
    "upgrade www-authenticate").split(" "),
);

/** Why a field cannot be sent as a trailer, if so. */
export function flawOfTrailer(name: string, value: unknown): string | undefined {
  if (!isToken(name) || NOT_IN_TRAILERS.has(name.toLowerCase())) {
    return "is not a field name allowed in trailers";
  }
  if (typeof value !== "string" || !isFieldValue(value)) {
    return `has the value ${JSON.stringify(String(value))}, which is not a field value`;
  }
  return undefined;
}

/** Checks trailer fields that are to be sent; throws TypeError. */
export function checkTrailers(trailers: Record<string, string>): RawHeader[] {
  return Object.entries(trailers).map(([name, value]) => {
    const flaw = flawOfTrailer(name, value);
    if (flaw !== undefined) throw new TypeError(`Cannot send trailer "${name}": it ${flaw}`);
    return [name, value];
  });
}
