// A connection in memory for the client's tests: what arrives is scripted, what is written is recorded.

import type { Transport } from "../../../client/dial/transport.ts";
import { FakeSink, FakeSource } from "../../wire/fakes.ts";

/** A transport without a socket; it behaves like TCP. */
export class FakeTransport implements Transport {
  readonly localAddr: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 50000 };
  readonly remoteAddr: Deno.Addr;
  readonly source: FakeSource;
  readonly sink: FakeSink = new FakeSink();
  /** Whether it keeps the process alive. */
  isRef = true;
  /** Calls of `close`. */
  closes = 0;
  /** Whether the outgoing stream was ended. */
  hasEnded = false;

  constructor(...arrivals: (string | Uint8Array | Error | null)[]) {
    this.source = new FakeSource(...arrivals);
    this.remoteAddr = { transport: "tcp", hostname: "192.0.2.7", port: 80 };
  }

  /** As sockets of TCP have it. */
  setNoDelay(): void {}

  /** All that was written. */
  get text(): string {
    return this.sink.text;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.closes > 0;
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.closed) return Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
    return this.source.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.sink.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.hasEnded = true;
    return Promise.resolve();
  }

  /** Like the runtime's, it throws when it is closed already. */
  close(): void {
    this.closes++;
    if (this.closes > 1) throw new Deno.errors.BadResource("Bad resource ID");
    this.sink.close();
    this.source.push(new Deno.errors.Interrupted("operation canceled"));
  }

  ref(): void {
    this.isRef = true;
  }

  unref(): void {
    this.isRef = false;
  }
}
