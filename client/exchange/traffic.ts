// Which bytes of a connection are those of one request and its response, from the moment that it begins.

import type { HttpConnection } from "./connection.ts";

/** What moved for one request. */
export class Traffic {
  readonly #connection: HttpConnection;
  readonly #sentBefore: number;
  readonly #writesBefore: number;
  readonly #receivedBefore: number;

  constructor(connection: HttpConnection) {
    const { reader, writer } = connection;
    this.#connection = connection;
    this.#sentBefore = writer.bytesWritten;
    this.#writesBefore = writer.writesBegun;
    this.#receivedBefore = reader.bytesRead;
  }

  /** Bytes of the request that the socket accepted. */
  get bytesSent(): number {
    return this.#connection.writer.bytesWritten - this.#sentBefore;
  }

  /**
   * Whether nothing of the request can have reached the server: a write under way may have, and one that
   * failed too, unless it was a single call of the system.
   */
  get isUnsent(): boolean {
    const { writer, writesAreCalls } = this.#connection;
    if (writesAreCalls) return this.bytesSent === 0 && !writer.writing;
    return writer.writesBegun === this.#writesBefore;
  }

  /** Bytes of the response that arrived. */
  get bytesReceived(): number {
    return this.#connection.reader.bytesRead - this.#receivedBefore;
  }
}
