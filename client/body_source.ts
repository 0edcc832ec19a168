// The body of a response on its way to whoever wants it: pulled piece by piece.

/** A source of bytes that is pulled. */
export interface BodySource {
  /** The next bytes, which stay valid until the next call only; undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  /** Gives up what was not read. Does nothing after the end. */
  close(): void;
}
