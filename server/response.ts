// One response on its way out: what the handler sent is kept in memory until it flushes or ends, so
// that a small response leaves in one write with Content-Length; after that it streams.
//
//   unsent ──start──> streaming ──finish──> ended
//     └───────────────finish───────────────^

import { BodyWriter, type OutgoingKind, shortAsciiOrBytes } from "../wire/body_writer.ts";
import { encoder } from "../wire/bytes.ts";
import type { ConnWriter } from "../wire/conn_writer.ts";
import { ClosedError, TimeoutError } from "../wire/errors.ts";
import type { RawHeader } from "../wire/headers.ts";
import { ResponseFields, statusLine } from "./response_head.ts";

/** What became of a response. */
export interface ResponseOutcome {
  /** The status that was sent; 0 if none was. */
  readonly status: number;
  /** Bytes of the body that the socket accepted, as they stand on the wire. */
  readonly bytesSent: number;
  /** Whether the whole response was accepted by the socket. */
  readonly completed: boolean;
  /** What prevented that. */
  readonly error?: unknown;
}

const NOTHING: readonly never[] = [];

type State = "unsent" | "streaming" | "ended";

/** A response being made. */
export class OutgoingResponse {
  /** The status to send. */
  status = 200;
  /** The reason phrase to send, when it is not the standard one. */
  reason: string | undefined;
  /** Its fields. */
  readonly fields: ResponseFields = new ResponseFields();
  /** Trailers to send after a chunked body. */
  trailers: RawHeader[] | undefined;
  /** Whether the connection persists after it, as its head says; asked when the head is written. */
  keepAlive = false;
  #state: State = "unsent";
  #pending: readonly (string | Uint8Array)[] = NOTHING;
  #body: BodyWriter | undefined;
  #bodyAt = 0;
  #bodyEnd = Infinity;
  /** Set when what was announced was not sent, and can no longer be. */
  #broken = false;
  #senders: Set<Promise<void>> | undefined;
  #settled = false;
  #outcome: ResponseOutcome | undefined;
  #resolve: ((outcome: ResponseOutcome) => void) | undefined;
  #done: Promise<ResponseOutcome> | undefined;
  readonly #writer: ConnWriter;
  readonly #method: string;
  readonly #minorVersion: number;
  readonly #mayPersist: () => boolean;

  /** `mayPersist` is asked, when the head is written, whether the connection may be reused. */
  constructor(
    writer: ConnWriter,
    method: string,
    minorVersion: number,
    mayPersist: () => boolean,
  ) {
    this.#writer = writer;
    this.#method = method;
    this.#minorVersion = minorVersion;
    this.#mayPersist = mayPersist;
  }

  /** Whether nothing of it was put into the output yet. */
  get unsent(): boolean {
    return this.#state === "unsent";
  }

  /** Whether it is over. */
  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Whether the body is as long as its head announced. */
  get complete(): boolean {
    return !this.#broken && (this.#body?.complete ?? true);
  }

  /** The body being streamed; starts it if need be. */
  start(): BodyWriter {
    if (this.#state === "ended") throw new TypeError("Cannot send: the response has ended");
    if (this.#body !== undefined) return this.#body;
    const kind = this.#streamKind();
    const pieces = this.#encodePending();
    // Now it can still become a 500; once the head is out it no longer can.
    if (kind === "length") this.#checkLength(lengthOf(pieces));
    this.#putHead(kind);
    const body = new BodyWriter(this.#writer, kind, this.fields.contentLength ?? 0);
    this.#body = body;
    for (const piece of pieces) body.put(piece);
    this.#pending = NOTHING;
    return body;
  }

  /** Adds to the body: in memory while unsent, in the output afterwards. */
  send(value: string | Uint8Array): void {
    if (this.#state === "ended") throw new TypeError("Cannot send: the response has ended");
    if (this.#body !== undefined) {
      if (value.length > 0) this.#checkBody();
      return this.#body.put(value);
    }
    // Bytes are copied, since their owner may go on to change them; text cannot change.
    this.#keep(typeof value === "string" ? value : new Uint8Array(value));
  }

  /** Like `send`, for bytes that nobody changes any more. */
  sendKept(bytes: Uint8Array): void {
    if (this.#state === "unsent") this.#keep(bytes);
    else this.send(bytes);
  }

  #keep(piece: string | Uint8Array): void {
    // Most responses are one piece; an array that grows would have room for seventeen.
    if (this.#pending.length === 0) this.#pending = [piece];
    else (this.#pending as (string | Uint8Array)[]).push(piece);
  }

  /** Drops what was sent and kept in memory, and what was said about its length. */
  dropBody(): void {
    this.#pending = NOTHING;
    this.fields.contentLength = undefined;
  }

  /** What is still being sent by calls that nobody awaited; the response is not over before that. */
  get sending(): Promise<unknown> | undefined {
    return this.#senders === undefined || this.#senders.size === 0
      ? undefined
      : Promise.all(this.#senders);
  }

  /** Takes note of a call that sends; if it fails half-way the response is broken. */
  async track(sending: Promise<void>): Promise<void> {
    const senders = this.#senders ??= new Set();
    senders.add(sending);
    try {
      await sending;
    } catch (error) {
      if (this.#state !== "unsent") this.#broken = true;
      throw error;
    } finally {
      senders.delete(sending);
    }
  }

  /** Puts what is left into the output, once. Returns false if the body is shorter than announced. */
  finish(): boolean {
    if (this.#state === "ended") return this.complete;
    // Trailers stand behind chunks.
    if (this.#state === "unsent" && this.trailers !== undefined) this.start();
    if (this.#state === "unsent") this.#putWhole();
    else if (this.complete) this.#body?.end(this.trailers);
    else this.#body?.close();
    this.#state = "ended";
    this.#bodyEnd = this.#writer.bytesPut;
    return this.complete;
  }

  /** A response that was kept in memory: head and body in one go. */
  #putWhole(): void {
    const pieces = this.#encodePending();
    const length = lengthOf(pieces);
    const kind = this.#wholeKind(length);
    this.#putHead(kind);
    this.#pending = NOTHING;
    if (kind === "none") return;
    if (length < this.fields.contentLength!) this.#broken = true;
    for (const piece of pieces) {
      if (typeof piece === "string") this.#writer.putAscii(piece);
      else if (piece.length < KEPT_BYTES) this.#writer.putBytes(piece);
      // Nobody changes what is pending; and who reads slowly has no copy of it to himself.
      else this.#writer.putKept(piece);
    }
  }

  /** What is kept in memory, each piece with as many bytes as its length says; to be put at once. */
  #encodePending(): readonly (string | Uint8Array)[] {
    const pending = this.#pending;
    if (pending.length === 1) {
      const only = pending[0]!;
      return [typeof only === "string" ? shortAsciiOrBytes(only) : only];
    }
    // Not in the buffer that short texts share: it holds one of them at a time.
    return pending.map((piece) => typeof piece === "string" ? encoder.encode(piece) : piece);
  }

  /** Throws if a body of `length` bytes is longer than was announced. */
  #checkLength(length: number): void {
    const announced = this.fields.contentLength ?? Infinity;
    if (length <= announced) return;
    throw new RangeError(
      `Cannot send body: ${length} bytes are more than Content-Length ${announced}`,
    );
  }

  /** Throws if the status does not allow a body. */
  #checkBody(): void {
    if (hasNoBody(this.status) || this.status === RESET_CONTENT) {
      throw new TypeError(`Cannot send a body with status ${this.status}`);
    }
  }

  /** The framing of a body of which all is known. */
  #wholeKind(length: number): OutgoingKind {
    const { fields } = this;
    if (length > 0) this.#checkBody();
    if (hasNoBody(this.status)) return "none";
    if (this.#method === "HEAD") {
      // A handler that sent nothing to HEAD has not said how long the body of GET is.
      if (length > 0) fields.contentLength ??= length;
      return "none";
    }
    this.#checkLength(length);
    fields.contentLength ??= length;
    return "length";
  }

  /** The framing of a body of which the end is not known. */
  #streamKind(): OutgoingKind {
    if (this.#pending.length > 0) this.#checkBody();
    if (hasNoBody(this.status)) return "none";
    if (this.status === RESET_CONTENT) this.fields.contentLength = 0;
    if (this.#method === "HEAD") return "none";
    if (this.fields.contentLength !== undefined) return "length";
    return this.#minorVersion === 0 ? "close" : "chunked";
  }

  #putHead(kind: OutgoingKind): void {
    const { fields, status } = this;
    if (this.trailers !== undefined && fields.contentLength !== undefined) {
      throw new TypeError("Cannot send trailers: the response has a Content-Length");
    }
    if (this.#method === "CONNECT" && status < 300) {
      throw new TypeError(`Cannot answer CONNECT with ${status}: use con.upgrade()`);
    }
    this.keepAlive = kind !== "close" && !fields.close && this.#mayPersist();
    let text = statusLine(status, this.reason) + fields.text();
    if (kind === "chunked") text += "Transfer-Encoding: chunked\r\n";
    else if (fields.contentLength !== undefined && status !== 204) {
      text += `Content-Length: ${fields.contentLength}\r\n`;
    }
    text += this.#connectionLine();
    text += "\r\n";
    if (fields.ascii && this.reason === undefined) this.#writer.putAscii(text);
    else this.#writer.putLatin1(text);
    this.#state = "streaming";
    this.#bodyAt = this.#writer.bytesPut;
  }

  #connectionLine(): string {
    const { fields } = this;
    // RFC 9110 7.8: who sends Upgrade names it in Connection, lest it be passed on.
    const upgrade = fields.has("upgrade");
    if (!this.keepAlive) return `Connection: close${upgrade ? ", upgrade" : ""}\r\n`;
    if (upgrade) return "Connection: upgrade\r\n";
    return this.#minorVersion === 0 ? "Connection: keep-alive\r\n" : "";
  }

  /** Puts the head of a 101 or a 2xx to CONNECT, after which the connection is the handler's. */
  putUpgradeHead(): void {
    this.keepAlive = true;
    const text = statusLine(this.status, this.reason) + this.fields.text() + this.#connectionLine();
    this.#writer.putLatin1(`${text}\r\n`);
    this.#state = "ended";
    this.#bodyAt = this.#bodyEnd = this.#writer.bytesPut;
  }

  /**
   * Takes everything back, so that an error can be answered; only while unsent. After one that says that the
   * connection was not in time, or broke, it closes.
   */
  reset(error: unknown): void {
    this.status = 200;
    this.reason = undefined;
    this.trailers = undefined;
    this.fields.clear();
    this.fields.close = error instanceof TimeoutError || error instanceof ClosedError;
    this.#pending = NOTHING;
  }

  /** Ends it for good, whatever its state. */
  abandon(): void {
    this.#state = "ended";
    this.#body?.close();
    this.#bodyEnd = this.#writer.bytesPut;
    this.#pending = NOTHING;
  }

  /** Whether it is known what became of it. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Why it was not sent, once that is known. */
  get failure(): unknown {
    return this.#outcome?.error;
  }

  /** What became of it; resolves when the last byte was accepted or can no longer be. */
  get done(): Promise<ResponseOutcome> {
    if (this.#settled) return Promise.resolve(this.#outcome ??= this.#conclude());
    return this.#done ??= new Promise((resolve) => this.#resolve = resolve);
  }

  /** Records what became of it; only the first call counts. */
  settle(error?: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    if (error === undefined && this.#resolve === undefined) return;
    this.#outcome = this.#conclude(error);
    this.#resolve?.(this.#outcome);
  }

  #conclude(error?: unknown): ResponseOutcome {
    const accepted = Math.min(this.#writer.bytesWritten, this.#bodyEnd) - this.#bodyAt;
    return {
      status: this.#bodyAt === 0 ? 0 : this.status,
      bytesSent: this.#bodyAt === 0 ? 0 : Math.max(0, accepted),
      completed: error === undefined,
      ...(error === undefined ? {} : { error }),
    };
  }
}

/** From this size on a write of its own costs less than a copy, in bytes. */
const KEPT_BYTES = 16384;

function lengthOf(pieces: readonly (string | Uint8Array)[]): number {
  let sum = 0;
  for (const { length } of pieces) sum += length;
  return sum;
}

/** A status whose responses have a body of no bytes, and say so (RFC 9110 15.3.6). */
const RESET_CONTENT = 205;

/** Statuses whose responses never have a body (RFC 9110 6.4.1). */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}
