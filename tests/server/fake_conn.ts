// A connection in memory, and the channel around it: what the connection loop is tested on where
// the order of arrivals, writes and turns matters.

import { Channel, type ChannelHost } from "../../server/channel.ts";
import { Guests } from "../../server/guests.ts";
import { Folder } from "../../server/files/folder.ts";
import { resolveOptions, type ServerOptions } from "../../server/options.ts";
import { FakeSink, FakeSource } from "../wire/fakes.ts";

/** An error that `onError` heard of, and where it came from. */
export type Heard = [source: string, error: unknown];

/** A connection whose arrivals are scripted and whose writes are recorded. */
export class FakeConn {
  readonly source: FakeSource;
  readonly sink: FakeSink = new FakeSink();
  readonly remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.7", port: 1234 };
  /** Calls of `closeWrite` and `close`, with what had been written until then. */
  readonly ends: [call: string, written: number][] = [];
  /** What `closeWrite` fails with. */
  closeWriteError: Error | undefined;

  constructor(...arrivals: (string | Error | null)[]) {
    this.source = new FakeSource(...arrivals);
  }

  /** All that was written, as text. */
  get text(): string {
    return this.sink.text;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.source.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.sink.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.ends.push(["closeWrite", this.text.length]);
    return this.closeWriteError === undefined
      ? Promise.resolve()
      : Promise.reject(this.closeWriteError);
  }

  close(): void {
    this.ends.push(["close", this.text.length]);
    this.sink.close();
    this.source.push(new Deno.errors.Interrupted("operation canceled"));
  }
}

/** A host that can be told to drain and remembers what `onError` heard. */
export class FakeHost implements ChannelHost {
  readonly heard: Heard[] = [];
  readonly settings: ChannelHost["settings"];
  readonly folder: Folder;
  readonly counters: ChannelHost["counters"] = {
    accepted: 0,
    requests: 0,
    openFiles: 0,
    bytesRead: 0,
    bytesWritten: 0,
  };
  readonly guests: Guests = new Guests(() => {});
  hot: ChannelHost["hot"];
  readonly scheme = "http";
  draining: boolean = false;
  /** Channels that were closed under their handlers. */
  readonly cut: Channel[] = [];

  constructor(options: ServerOptions = {}) {
    this.settings = resolveOptions(options, (error, { source }) => {
      this.heard.push([source, error]);
    });
    this.folder = new Folder(this.settings.files);
  }

  onCut(channel: Channel): void {
    this.cut.push(channel);
  }
}

/** A channel over a connection in memory. */
export function channelOf(conn: FakeConn, host: ChannelHost = new FakeHost()): Channel {
  return new Channel(conn as unknown as Deno.TcpConn, host);
}
