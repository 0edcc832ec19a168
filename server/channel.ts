// One accepted connection with all that belongs to it: reader, writer, settings, counters, and the
// state that the loop in serve_connection.ts moves through.
//
//   handshake ──> idle ──> head ──> handler ──> finishing ──> idle
//                  │        └─────────┴─────────────┴──> lingering ──> closed
//                  └──> closed                └──> upgraded

import { BULK_BYTES } from "../wire/buffer_pool.ts";
import { ConnReader } from "../wire/conn_reader.ts";
import { ConnWriter } from "../wire/conn_writer.ts";
import type { Folder } from "./files/folder.ts";
import type { HotAnswers } from "./hot/hot_answers.ts";
import type { Guests } from "./guests.ts";
import type { Settings } from "./options.ts";
import { type PeerAddr, peerAddr } from "./peer_addr.ts";

/** Where a connection stands. */
export type ChannelState =
  | "handshake"
  | "idle"
  | "head"
  | "handler"
  | "finishing"
  | "lingering"
  | "upgraded"
  | "closed";

/** The kinds of connections that listeners hand out. */
export type AnyConn = Deno.TcpConn | Deno.TlsConn | Deno.UnixConn;

/** What all connections of a server count together. */
export interface Counters {
  /** Connections accepted. */
  accepted: number;
  /** Requests whose head was read. */
  requests: number;
  /** Files that are open now. */
  openFiles: number;
  /** Bytes read from connections that are closed. */
  bytesRead: number;
  /** Bytes written to connections that are closed. */
  bytesWritten: number;
}

/** What a connection needs of its server. */
export interface ChannelHost {
  /** The checked options. */
  readonly settings: Settings;
  /** The folder of `serveFile`. */
  readonly folder: Folder;
  /** Whole answers in memory, where the handler has such. */
  readonly hot: HotAnswers | undefined;
  /** Shared counts. */
  readonly counters: Counters;
  /** Connections that left HTTP and end with the server. */
  readonly guests: Guests;
  /** Whether the server is shutting down: no connection is kept any more. */
  readonly draining: boolean;
  /** Told of a connection that was closed under its handler, which may never return. */
  readonly onCut: (channel: Channel) => void;
  /** What the connections speak. */
  readonly scheme: "http" | "https";
}

/** What was read of a connection that was given away. */
export interface Detached {
  /** The bytes that are there. */
  readonly buffered: Uint8Array<ArrayBuffer>;
  /** Those that a read which is under way will bring. */
  readonly parked?: Promise<Uint8Array<ArrayBuffer>>;
}

/** One connection. */
export class Channel {
  /** The socket. */
  readonly conn: AnyConn;
  /** Its server. */
  readonly host: ChannelHost;
  /** Reads it. */
  readonly reader: ConnReader;
  /** Writes it. */
  readonly writer: ConnWriter;
  /** Where it stands. */
  state: ChannelState = "idle";
  /** Set when a deadline passed while the loop waited for a head. */
  onLate: (() => void) | undefined;
  /** Called when the server begins to shut down: by whoever watches over the request under way. */
  onShutdown: (() => void) | undefined;
  /** Called when the socket was closed. */
  onClosed: (() => void) | undefined;
  #addr: PeerAddr | undefined;

  constructor(conn: AnyConn, host: ChannelHost) {
    this.conn = conn;
    this.host = host;
    this.reader = new ConnReader(conn, () => this.#late(), BULK_BYTES);
    this.writer = new ConnWriter({
      write: (bytes) => conn.write(bytes),
      close: () => this.close(),
    }, host.settings.writeMs);
  }

  /** The peer's address. */
  get remoteAddr(): PeerAddr {
    return this.#addr ??= peerAddr(this.conn.remoteAddr);
  }

  #late(): void {
    if (this.state === "head" && this.onLate !== undefined) this.onLate();
    else this.close();
  }

  /** Closes the socket at once; pending operations on it reject. May be called again. */
  close(): void {
    if (this.state === "closed" || this.state === "upgraded") return;
    const cut = this.state === "handler";
    this.state = "closed";
    this.#account();
    this.conn.close();
    this.onClosed?.();
    if (cut) this.host.onCut(this);
  }

  /** Lets go of the socket without closing it: it belongs to somebody else now. */
  detach(): Detached {
    const { reader } = this;
    this.state = "upgraded";
    this.#account();
    const buffered = reader.takeRest();
    return reader.reading
      ? { buffered, parked: reader.fill().then(() => reader.takeRest()) }
      : { buffered };
  }

  #account(): void {
    this.host.counters.bytesRead += this.reader.bytesRead;
    this.host.counters.bytesWritten += this.writer.bytesWritten;
    this.reader.release();
    this.writer.release();
  }
}
