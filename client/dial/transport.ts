// What the client needs of a connection, whoever made it: the runtime's TCP, TLS and unix connections
// are transports as they are; sockets of node:net and node:tls are made into ones. And of a socket for datagrams.

import type { ByteSource } from "../../wire/conn_reader.ts";
import type { ByteSink } from "../../wire/conn_writer.ts";

/** A connected byte stream. After `close`, reads and writes under way reject. */
export interface Transport extends ByteSource, ByteSink {
  /** Where it ends here. */
  readonly localAddr: Deno.Addr;
  /** Where it ends there: the address that was dialed. */
  readonly remoteAddr: Deno.Addr;
  /** Sends the end of the stream; reading goes on. */
  closeWrite(): Promise<void>;
  /** Lets it keep the process alive, as it does at first. */
  ref(): void;
  /** Lets the process end while it waits for a read. */
  unref(): void;
}

/** Datagrams to and from one address, nobody else. */
export interface DatagramSocket {
  send(bytes: Uint8Array): Promise<void>;
  /** The next datagram; undefined when none comes in time. Rejects after `close`. */
  receive(timeoutMs: number): Promise<Uint8Array | undefined>;
  close(): void;
}
