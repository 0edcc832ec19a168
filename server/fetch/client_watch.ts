// Tells when the client of a request leaves before it has its response, or the server shuts down. To see it leave,
// the window is filled as far as there is room, but not while a body is being read: who does that sees it too.

import type { Channel } from "../channel.ts";
import type { RequestBody } from "../request_body.ts";
import type { OutgoingResponse } from "../response.ts";
import { ClosedError } from "../../wire/errors.ts";

/** How far the window grows for a body that nobody reads, in bytes. */
const MAX_WINDOW_BYTES = 65536;

/** Watches over one exchange. */
export class ClientWatch {
  readonly #channel: Channel;
  readonly #body: RequestBody;
  readonly #onLeave: ((reason: ClosedError) => void)[] = [];
  readonly #onShutdown: (() => void)[] = [];
  #left: ClosedError | undefined;
  #over = false;
  #looking = false;

  constructor(channel: Channel, body: RequestBody, response: OutgoingResponse) {
    this.#channel = channel;
    this.#body = body;
    // Whatever is read or said on the connection now is no longer about this request.
    if (response.settled) {
      if (response.failure !== undefined) this.#leave(response.failure);
      this.#over = true;
      return;
    }
    const tell = (): void => this.#onShutdown.forEach((it) => it());
    channel.onShutdown = tell;
    response.done.then(({ completed, error }) => {
      if (!completed) this.#leave(error);
      this.#over = true;
      if (channel.onShutdown === tell) channel.onShutdown = undefined;
    });
    if (!body.done) body.whenDone.then(() => this.#look(), (error) => this.#leave(error));
    this.#look();
  }

  /** Why the client is known to have left, if it has. */
  get left(): ClosedError | undefined {
    return this.#left;
  }

  /** Calls `tell` when the client leaves, or has left already. */
  onLeave(tell: (reason: ClosedError) => void): void {
    if (this.#left !== undefined) tell(this.#left);
    else this.#onLeave.push(tell);
  }

  /** Calls `tell` when the server begins to shut down, or does so already. */
  onShutdown(tell: () => void): void {
    if (this.#over) return;
    if (this.#channel.host.draining) tell();
    else this.#onShutdown.push(tell);
  }

  /** Waits for the end of what the client sends; what it sends before stays in the window. */
  #look(): void {
    const { reader } = this.#channel;
    if (this.#over || this.#left !== undefined || this.#looking) return;
    if (this.#body.touched && !this.#body.done) return;
    if (reader.ended) return this.#leave();
    if (!this.#hasRoom()) return;
    // It may be the read that an idle connection keeps.
    if (this.#body.done) reader.narrow();
    this.#looking = true;
    reader.fill().then((more) => {
      this.#looking = false;
      if (more) this.#look();
      else if (!this.#over) this.#leave();
    }, (error) => {
      this.#looking = false;
      if (!this.#over) this.#break(error);
    });
  }

  /** Whether more may be read: a body that nobody reads may make the window larger, requests that are sent ahead may not. */
  #hasRoom(): boolean {
    const { start, end, bytes } = this.#channel.reader;
    return start === end || end < bytes.length ||
      (!this.#body.done && bytes.length < MAX_WINDOW_BYTES);
  }

  /** The connection broke: nothing can be sent any more. */
  #break(error: unknown): void {
    this.#leave(error);
    this.#channel.close();
  }

  #leave(cause?: unknown): void {
    if (this.#over || this.#left !== undefined) return;
    const reason = cause instanceof ClosedError
      ? cause
      : new ClosedError("Cannot send response: the client left", { cause });
    this.#left = reason;
    for (const tell of this.#onLeave) tell(reason);
  }
}
