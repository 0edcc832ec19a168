// A server of WebSockets that tells what happens to them: `await using it = new Sockets()`. Messages go back as they
// came, unless a test has its own handler.

import type { Server } from "../../../server/listen.ts";
import { serve, type ServeOptions } from "../../../server/serve.ts";
import type { UpgradeWebSocketOptions } from "../../../server/websocket/options.ts";
import { type ServerWebSocket, upgradeWebSocket } from "../../../server/websocket/upgrade.ts";
import { until, within } from "../../conformance/waiting.ts";
import { RawWebSocket } from "./raw_websocket.ts";

/** What a test does with a socket that is not open yet. */
type Use = (socket: ServerWebSocket, request: Request) => void;

/** A server. */
export class Sockets implements AsyncDisposable {
  readonly server: Server<Deno.NetAddr>;
  /** `open`, `text "a"`, `binary 2`, `error …`, `close 1000 "bye" clean`, of all sockets. */
  readonly events: string[] = [];
  readonly sockets: ServerWebSocket[] = [];
  /** What `onError` heard. */
  readonly errors: unknown[] = [];

  constructor(options: UpgradeWebSocketOptions = {}, use: Use = echo, more: ServeOptions = {}) {
    this.server = serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen() {},
      onError: (error) => void this.errors.push(error),
      ...more,
    }, (request) => {
      const { socket, response } = upgradeWebSocket(request, options);
      this.sockets.push(socket);
      this.#watch(socket);
      use(socket, request);
      return response;
    });
  }

  /** A client with an open WebSocket. */
  open(fields: string[] = []): Promise<RawWebSocket> {
    return RawWebSocket.open(this.server, "/", fields);
  }

  /** Waits until an event happened. */
  async until(event: string): Promise<void> {
    await until(event, () => this.events.includes(event));
  }

  #watch(socket: ServerWebSocket): void {
    socket.addEventListener("open", () => this.events.push("open"));
    socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") this.events.push(`binary ${data.byteLength}`);
      else if (data.length > 5000) this.events.push(`text of ${data.length}`);
      else this.events.push(`text ${JSON.stringify(data)}`);
    });
    socket.addEventListener("error", (event) => {
      this.events.push(`error ${(event as ErrorEvent).message}`);
    });
    socket.addEventListener("close", ({ code, reason, wasClean }) => {
      const why = reason === "" ? "" : ` ${JSON.stringify(reason)}`;
      this.events.push(`close ${code}${why}${wasClean ? " clean" : ""}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    await within("the server ends", this.server.finished);
  }
}

/** Sends every message back. */
export function echo(socket: ServerWebSocket): void {
  socket.addEventListener("message", ({ data }) => socket.send(data));
}
