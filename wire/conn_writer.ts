// The only code that writes a socket: output is put into a borrowed buffer and leaves on flush, one
// write at a time, however many pieces it was made of. A connection with nothing to send holds no
// buffer. Flushing waits until the socket accepted the bytes: that is the backpressure.

import { borrowBuffer, BULK_BYTES, returnBuffer } from "./buffer_pool.ts";
import { encoder, putLatin1 } from "./bytes.ts";
import { Deadline } from "./deadline.ts";
import { ClosedError, TimeoutError } from "./errors.ts";

/** What a writer needs of a connection. */
export interface ByteSink {
  /** Writes some of the bytes, resolves with their number. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends the connection at once; a write under way rejects. */
  close(): void;
}

/** Output that is complete. */
interface Piece {
  readonly bytes: Uint8Array;
  /** How many of them count. */
  readonly length: number;
  /** The buffer to give back behind it. */
  readonly lent?: Uint8Array<ArrayBuffer>;
}

const NOTHING = new Uint8Array(0);
const DONE = Promise.resolve();

/** Writes one connection. */
export class ConnWriter {
  /** Bytes accepted by the socket so far. */
  bytesWritten = 0;
  /** Writes begun so far: what each of them held may have left, whatever became of it. */
  writesBegun = 0;
  /** Bytes put so far: where in the output the next byte will stand. */
  bytesPut = 0;
  /** The first failure; nothing can be written any more. */
  error: ClosedError | TimeoutError | undefined;
  /** Longest wait between two acceptances by the socket; 0: none. */
  timeoutMs: number;
  readonly #sink: ByteSink;
  readonly #deadline: Deadline;
  /** What stands before the bytes. */
  #pieces: Piece[] = [];
  #pieceBytes = 0;
  #bytes: Uint8Array<ArrayBuffer> = NOTHING;
  #length = 0;
  /** ASCII that stands behind the bytes and is not encoded yet. */
  #text = "";
  #writing: Promise<void> | undefined;
  #kept: Uint8Array = NOTHING;
  readonly #onKept = (count: number): Promise<void> | undefined => this.#acceptKept(count);
  readonly #onBroken = (cause: unknown): void => this.#fail(cause);

  /** `timeoutMs` may be changed between two flushes. */
  constructor(sink: ByteSink, timeoutMs: number) {
    this.#sink = sink;
    this.timeoutMs = timeoutMs;
    this.#deadline = new Deadline(() => {
      this.error = new TimeoutError("write", this.timeoutMs);
      sink.close();
    });
  }

  /** Bytes that were put and not yet handed to the socket. */
  get pending(): number {
    return this.#pieceBytes + this.#length + this.#text.length;
  }

  /** Whether bytes were handed to the socket that it has neither accepted nor refused yet. */
  get writing(): boolean {
    return this.#writing !== undefined;
  }

  /** Adds text that has only characters below 0x80. It is encoded together with what follows it. */
  putAscii(text: string): void {
    this.#text += text;
    this.bytesPut += text.length;
  }

  /** Encodes the text that waits for that. */
  #encode(): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    this.#reserve(text.length);
    const at = this.#length;
    encoder.encodeInto(text, at === 0 ? this.#bytes : this.#bytes.subarray(at));
    this.#length = at + text.length;
  }

  /** Adds text that has only characters below 0x100, a byte each. */
  putLatin1(text: string): void {
    this.#encode();
    this.#reserve(text.length);
    putLatin1(text, this.#bytes, this.#length);
    this.advance(text.length);
  }

  /** Adds a copy of bytes. */
  putBytes(bytes: Uint8Array): void {
    this.#encode();
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.advance(bytes.length);
  }

  /**
   * Adds bytes that nobody changes, without copying them; for many at a time, as they have a write of their own. The
   * same bytes may be on their way to several peers.
   */
  putKept(bytes: Uint8Array): void {
    this.#encode();
    if (this.#length > 0) this.#addPiece(this.#takeBuffer());
    this.#addPiece({ bytes, length: bytes.length });
    this.bytesPut += bytes.length;
  }

  #addPiece(piece: Piece): void {
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
  }

  /** What is in the buffer, as a piece; the next bytes go into another one. */
  #takeBuffer(): Piece {
    this.#encode();
    const piece = { bytes: this.#bytes, length: this.#length, lent: this.#bytes };
    this.#bytes = NOTHING;
    this.#length = 0;
    return piece;
  }

  #takePiece(): Piece {
    const piece = this.#pieces.shift();
    if (piece === undefined) return this.#takeBuffer();
    this.#pieceBytes -= piece.length;
    return piece;
  }

  /** Room for `count` more bytes, to be filled by the caller and then announced with `advance`. */
  space(count: number): Uint8Array<ArrayBuffer> {
    this.#encode();
    this.#reserve(count);
    return this.#bytes.subarray(this.#length, this.#length + count);
  }

  /** Announces that `count` bytes of the last `space` were filled. */
  advance(count: number): void {
    this.#length += count;
    this.bytesPut += count;
  }

  /** Resolves when all that was put is accepted by the socket; rejects when the peer is gone. */
  async flush(): Promise<void> {
    await this.settle();
    if (this.error !== undefined) throw this.error;
  }

  /** Like `flush`, but never rejects: afterwards either nothing is pending or `error` is set. */
  settle(): Promise<void> {
    if (this.#writing !== undefined) return this.#writing;
    if (this.pending === 0 || this.error !== undefined) return DONE;
    return this.#writing = this.#drain();
  }

  /**
   * `putKept` and `settle` in one: at once, when nothing else waits.
   */
  settleKept(bytes: Uint8Array): Promise<void> {
    if (this.#writing !== undefined || this.pending > 0 || this.error !== undefined) {
      this.putKept(bytes);
      return this.settle();
    }
    this.bytesPut += bytes.length;
    this.writesBegun++;
    this.#deadline.arm(this.timeoutMs);
    this.#kept = bytes;
    return this.#writing = this.#sink.write(bytes).then(this.#onKept, this.#onBroken);
  }

  #acceptKept(count: number): Promise<void> | undefined {
    const bytes = this.#kept;
    this.#kept = NOTHING;
    this.bytesWritten += count;
    if (count < bytes.length || this.pending > 0) {
      return this.#drain({ bytes: bytes.subarray(count), length: bytes.length - count });
    }
    this.#done();
  }

  #fail(cause: unknown): void {
    this.error ??= new ClosedError(
      `Cannot write: the connection is closed after ${this.bytesWritten} bytes`,
      { cause },
    );
    this.#done();
  }

  #done(): void {
    this.#deadline.disarm();
    this.#writing = undefined;
  }

  /** Writes all that is put, behind `rest`. */
  async #drain(rest?: Piece): Promise<void> {
    try {
      while (rest !== undefined || this.pending > 0) {
        const { bytes, length, lent } = rest ?? this.#takePiece();
        rest = undefined;
        for (let at = 0; at < length;) {
          this.#deadline.arm(this.timeoutMs);
          this.writesBegun++;
          const count = await this.#sink.write(
            at === 0 && length === bytes.length ? bytes : bytes.subarray(at, length),
          );
          at += count;
          this.bytesWritten += count;
        }
        if (lent !== undefined) returnBuffer(lent);
      }
    } catch (cause) {
      return this.#fail(cause);
    }
    this.#done();
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = borrowBuffer(
      needed > BULK_BYTES ? Math.max(needed, this.#bytes.length * 2) : needed,
    );
    if (this.#length > 0) bytes.set(this.#bytes.subarray(0, this.#length));
    if (this.#bytes.length > 0) returnBuffer(this.#bytes);
    this.#bytes = bytes;
  }

  /** Stops the deadline and drops what was not flushed. */
  release(): void {
    this.#deadline.remove();
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#bytes = NOTHING;
    this.#length = 0;
    this.#text = "";
  }
}
