// A server in Fetch's terms with a raw client on it, for tests: what it answers, and what it says of errors.

import { serve, type ServeHandler, type ServeOptions, type Server } from "../../../server/mod.ts";
import { RawClient, type RawResponse } from "../raw_client.ts";

/** A server that keeps what its `onError` heard. */
export class FetchServer implements AsyncDisposable {
  readonly server: Server<Deno.NetAddr>;
  readonly errors: unknown[] = [];

  constructor(handler: ServeHandler, options: ServeOptions = {}) {
    this.server = serve(handler, {
      port: 0,
      hostname: "127.0.0.1",
      onListen() {},
      onError: (error) => void this.errors.push(error),
      ...options,
    });
  }

  /** The URL of a path. */
  url(path = "/"): string {
    return `http://127.0.0.1:${this.server.addr.port}${path}`;
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.server);
  }

  /** One request over a connection of its own. */
  async ask(line: string, fields: string[] = [], body = ""): Promise<RawResponse> {
    using client = await this.connect();
    return await client.ask(line, fields, body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    await this.server.finished;
  }
}
