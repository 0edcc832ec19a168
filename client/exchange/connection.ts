// One connection of a client: its transport with the reader and the writer, and what it is doing.
//
//   busy ──> idle ──> busy       between requests a read is parked: it sees the end of the stream, or
//    │        ├──> closed        bytes that nobody asked for, at once, and will bring the next response
//    │        └──> taken         by whoever asked for the socket
//    ├──> closed
//    └──> taken                  once it is upgraded: it speaks another protocol then

import { BULK_BYTES } from "../../wire/buffer_pool.ts";
import { ConnReader } from "../../wire/conn_reader.ts";
import type { FieldSection } from "../../wire/field_section.ts";
import { ConnWriter } from "../../wire/conn_writer.ts";
import { HeadMemory } from "../../wire/head_memory.ts";
import type { ResponseHead } from "../../wire/response_head.ts";
import { closeQuietly } from "../dial/aborting.ts";
import type { Transport } from "../dial/transport.ts";

/** Where a connection stands. */
export type ConnectionState = "busy" | "idle" | "closed" | "taken";

/** For so many milliseconds after a response, a connection that served two requests is taken to be open. */
const TRUSTED_MS = 1;

/** Who is told of what happens to a connection. */
export interface ConnectionOwner {
  /** It has closed, for whatever reason. */
  closed(connection: HttpConnection): void;
}

/** Takes back a connection that may serve another request, with the fields of the last response. */
export type Release = (connection: HttpConnection, fields: FieldSection) => void;

let lastId = 0;

/** One connection, busy from its beginning. */
export class HttpConnection {
  /** Tells it from all others of this process. */
  readonly id: number = ++lastId;
  /** Origin and route: what a request must have to use it. */
  readonly key: string;
  readonly transport: Transport;
  readonly reader: ConnReader;
  readonly writer: ConnWriter;
  /** The head of its last response. */
  readonly memory: HeadMemory<ResponseHead> = new HeadMemory();
  state: ConnectionState = "busy";
  /** Whether it speaks another protocol now, and waits for somebody to take it. */
  upgraded = false;
  /** Requests that began on it. */
  uses = 0;
  /** When its last response ended, in `performance.now()`. */
  releasedAt = 0;
  /** Called when the deadline of the reader passes while busy. */
  onLate: (() => void) | undefined;
  readonly #owner: ConnectionOwner;

  constructor(transport: Transport, key: string, owner: ConnectionOwner) {
    this.transport = transport;
    this.key = key;
    this.#owner = owner;
    this.reader = new ConnReader(transport, () => this.#late(), BULK_BYTES);
    this.writer = new ConnWriter(transport, 0);
  }

  /** Whether it served another request before the one under way. */
  get reused(): boolean {
    return this.uses > 1;
  }

  /** Whether a write is one call of the system, which has taken nothing if it fails: not so with TLS. */
  get writesAreCalls(): boolean {
    return "setNoDelay" in this.transport && !("handshake" in this.transport);
  }

  /** Whether the server may have closed it unnoticed: some do after one answer, others after a while. */
  get isDoubtful(): boolean {
    if (this.uses < 2) return this.uses > 0;
    return performance.now() - this.releasedAt > TRUSTED_MS;
  }

  /** Whether something arrived that nobody asked for, or the end. */
  get isStale(): boolean {
    const { reader, state } = this;
    return reader.start !== reader.end || reader.ended || state === "closed";
  }

  /** Whether nothing is left to be sent, and nothing has come that was not asked for. */
  get isQuiet(): boolean {
    const { reader, writer, state } = this;
    return state === "busy" && writer.pending === 0 && writer.error === undefined &&
      reader.start === reader.end && !reader.ended;
  }

  /** The deadline passed: of the idle time, or of whoever waits. */
  #late(): void {
    if (this.state === "idle") this.close();
    else this.onLate?.();
  }

  /** Goes idle for `idleMs` at most. */
  park(idleMs: number): void {
    const { reader } = this;
    this.state = "idle";
    this.onLate = undefined;
    reader.narrow();
    reader.deadline.arm(idleMs);
    reader.fill().then(this.#stirred, this.#stirred);
    this.transport.unref();
  }

  /** The parked read ended. While idle that is the end of the connection: nothing was asked for. */
  readonly #stirred = (): void => {
    if (this.state === "idle") this.close();
  };

  /** Begins a request; on a connection that has closed, it will fail. */
  use(): void {
    this.uses++;
    if (this.state !== "idle") return;
    this.reader.deadline.disarm();
    this.transport.ref();
    this.state = "busy";
  }

  /** Ends it. */
  close(): void {
    if (this.state === "closed" || this.state === "taken") return;
    this.state = "closed";
    this.reader.release();
    this.writer.release();
    closeQuietly(this.transport);
    this.#owner.closed(this);
  }

  /** Gives the socket away, with the bytes read ahead: a promise of them where the parked read goes on. */
  take(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const { reader, state } = this;
    if (state === "idle") this.transport.ref();
    this.state = "taken";
    this.writer.release();
    this.#owner.closed(this);
    if (state !== "idle" || reader.start !== reader.end || reader.ended) return reader.takeRest();
    reader.release();
    const rest = reader.fill().then(() => reader.takeRest());
    rest.catch(() => {}); // for whoever reads, if anybody does
    return rest;
  }
}
