/**
 * A peer that ends connections with a reset and nothing before it, which the sockets of Deno cannot: they
 * send the end of the stream first. It reads a head, says so, and does what it is told.
 */

import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** A server of connections that can be reset. */
export class ResetPeer implements AsyncDisposable {
  /** Connections so far. */
  count = 0;
  /** Heads that were read. */
  readonly heads: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** `onHead` is called with each head that arrived. */
  constructor(onHead: (conn: ResetConn, head: string) => void | Promise<void>) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.count++;
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      // A client may leave as it likes.
      socket.on("error", () => {});
      let text = "";
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1");
        for (let end; (end = text.indexOf("\r\n\r\n")) >= 0;) {
          const head = text.slice(0, end + 4);
          text = text.slice(end + 4);
          this.heads.push(head);
          onHead(new ResetConn(socket), head);
        }
      });
    });
  }

  /** Listens on a free port. */
  static async open(
    onHead: (conn: ResetConn, head: string) => void | Promise<void>,
  ): Promise<ResetPeer> {
    const peer = new ResetPeer(onHead);
    peer.#server.listen(0, "127.0.0.1");
    await once(peer.#server, "listening");
    return peer;
  }

  /** A URL here. */
  url(path: string = "/"): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** One of its connections. */
export class ResetConn {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Sends text, a byte per character; resolves when the kernel has it. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => this.#socket.write(text, "latin1", () => resolve()));
  }

  /** Ends the connection with a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
