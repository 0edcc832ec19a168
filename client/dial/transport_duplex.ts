// A transport as a stream of node: modules, for node:tls to run on. Destroying the stream closes the
// transport. It reads when asked, and then whatever is there. A read that fails ends the stream, so that what
// came before is not lost, and is told of by `failure`. A write that fails is told of by `onWriteFailure` only:
// an error would destroy the stream, and with it an answer that came before the other end closed.

import { Duplex } from "node:stream";
import { closeQuietly } from "./aborting.ts";
import type { Transport } from "./transport.ts";

/** What one read asks for, in bytes: a TLS record and what surrounds it. */
const READ_BYTES = 16640;

/** A stream on a transport, which it owns from now on. */
export class TransportDuplex extends Duplex {
  /** Why the incoming stream ended, where that was no proper end. */
  failure: unknown;
  /** Hears why writing failed; the write itself stays open. */
  onWriteFailure: (error: unknown) => void = () => {};
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super({ allowHalfOpen: true });
    this.#transport = transport;
  }

  override async _read(): Promise<void> {
    const bytes = new Uint8Array(READ_BYTES);
    try {
      const count = await this.#transport.read(bytes);
      this.push(count === null ? null : bytes.subarray(0, count));
    } catch (error) {
      this.failure = error;
      this.push(null);
    }
  }

  override async _write(
    bytes: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#transport.write(at === 0 ? bytes : bytes.subarray(at));
      }
      done();
    } catch (error) {
      this.onWriteFailure(error);
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#transport.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    closeQuietly(this.#transport);
    done(error);
  }
}
