// What the client needs of a connection, whoever made it: the runtime's TCP, TLS and unix connections
// are transports as they are; sockets of node:net and node:tls are made into ones.

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
