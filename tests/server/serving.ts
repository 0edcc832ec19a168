// A server on loopback with one client connected to it, both gone with the test:
// `await using it = await serve((con) => con.send("hello"))`. Errors that a handler throws fail the
// test, unless it takes them.

import { type Connection, type Handler, listen, type ListenOptions } from "../../server/mod.ts";
import type { ResponseOutcome, Server } from "../../server/mod.ts";
import { RawClient } from "./raw_client.ts";

/** A server and its client. */
export class Serving implements AsyncDisposable {
  readonly server: Server;
  readonly client: RawClient;
  readonly #errors: unknown[];

  constructor(server: Server, client: RawClient, errors: unknown[]) {
    this.server = server;
    this.client = client;
    this.#errors = errors;
  }

  /** What `onError` heard since the last call. */
  takeErrors(): unknown[] {
    return this.#errors.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client[Symbol.dispose]();
    await this.server.shutdown();
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}

/** Serves with `handler` and connects a client. */
export async function serve(handler: Handler, options: ListenOptions = {}): Promise<Serving> {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const server = listen("127.0.0.1", 0, { onError, ...options }, handler);
  return new Serving(server, await RawClient.connect(server), errors);
}

/** Keeps the `done` of the first response that a handler makes. */
export function watchDone(
  handler: Handler,
): { handler: Handler; done: Promise<ResponseOutcome> } {
  const first = Promise.withResolvers<ResponseOutcome>();
  return {
    done: first.promise,
    handler: (con: Connection, req) => {
      con.done.then(first.resolve);
      return handler(con, req);
    },
  };
}
