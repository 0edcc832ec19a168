// A transport as a stream of node: modules, for node:tls to run on. Destroying the stream closes the
// transport. It reads when asked, and then whatever is there.

import { Duplex } from "node:stream";
import { closeQuietly } from "./aborting.ts";
import type { Transport } from "./transport.ts";

/** What one read asks for, in bytes: a TLS record and what surrounds it. */
const READ_BYTES = 16640;

/** A stream on a transport, which it owns from now on. */
export class TransportDuplex extends Duplex {
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
      this.destroy(error as Error);
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
      done(error as Error);
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
