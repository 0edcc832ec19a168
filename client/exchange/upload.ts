// The body of a request on its way out, while the response is already being read: it can be stopped at any
// time, and counts what the socket took.

import { BodyWriter } from "../../wire/body_writer.ts";
import type { ConnWriter } from "../../wire/conn_writer.ts";
import { copyFile } from "../../wire/copy_file.ts";
import { oneTurn } from "../../wire/event_loop.ts";
import { LARGE_BYTES } from "../../wire/large_pieces.ts";
import type { RawHeader } from "../../wire/headers.ts";
import type { SpeedWatch } from "./speed_watch.ts";
import type { OpenedFile } from "../file_body.ts";
import type { BodyOutput, OutgoingBody } from "../request_body.ts";

/**
 * After so many bytes the event loop gets a turn. A socket that takes everything at once would otherwise
 * not let it look for an early answer, or for anything else, for 16 MiB.
 */
const TURN_BYTES = 1024 * 1024;

/** The sending of one body. */
export class Upload implements BodyOutput {
  /** Whether all of it was accepted by the socket. */
  ended = false;
  /** Why nothing more is sent, once it was stopped. */
  #stopped: { readonly reason: unknown } | undefined;
  /** Bytes sent when the event loop had its last turn. */
  #sentAtTurn = 0;
  #reject: ((reason: unknown) => void) | undefined;
  readonly #body: OutgoingBody;
  readonly #out: BodyWriter;
  readonly #writer: ConnWriter;
  readonly #onAccepted: (sent: number) => void;
  readonly #speed: SpeedWatch | undefined;

  /**
   * `length`: what the head says, undefined: chunked. `onAccepted` hears how many bytes the socket took, and
   * `speed` of the time that it takes for that.
   */
  constructor(
    body: OutgoingBody,
    length: number | undefined,
    writer: ConnWriter,
    onAccepted: (sent: number) => void,
    speed?: SpeedWatch,
  ) {
    this.#body = body;
    this.#writer = writer;
    this.#speed = speed;
    this.#out = new BodyWriter(writer, length === undefined ? "chunked" : "length", length ?? 0);
    this.#onAccepted = onAccepted;
  }

  /** Sends the body, and the trailers. Resolves also when it was stopped; rejects when the source failed. */
  async run(gate: Promise<void> | undefined, trailers: RawHeader[] | undefined): Promise<void> {
    try {
      if (gate !== undefined) await this.race(gate);
      await this.#body.writeTo(this);
      if (!this.#out.complete) {
        throw new RangeError(
          `Cannot send body: it ended after ${this.#out.sent} bytes, ${this.#out.left} are missing`,
        );
      }
      this.#out.end(trailers);
      await this.#flush();
      this.ended = true;
    } catch (error) {
      // A broken connection is for the reader to report: the server may have answered before it.
      const isStop = this.#stopped !== undefined && error === this.#stopped.reason;
      if (!isStop && (error === undefined || error !== this.#writer.error)) throw error;
    } finally {
      this.#speed?.stop();
    }
  }

  /** Sends nothing more. The source is told the reason. */
  stop(reason: unknown = new Error("Cannot send body: the server wants no more of it")): void {
    this.#stopped ??= { reason };
    this.#reject?.(this.#stopped.reason);
  }

  async write(bytes: Uint8Array): Promise<void> {
    // A source of empty pieces must not keep everybody else from running.
    if (bytes.length === 0) await oneTurn();
    for (let at = 0; at < bytes.length; at += LARGE_BYTES) {
      this.#out.put(bytes.subarray(at, at + LARGE_BYTES));
      await this.#flush();
    }
  }

  async writeFile(file: OpenedFile, path: string, count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const size = Math.min(left, LARGE_BYTES);
      await copyFile(file, path, size, this.#out, this.#writer);
      left -= size;
      await this.#flush();
    }
  }

  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) reject(this.#stopped.reason);
      this.#reject = reject;
      promise.then(resolve, reject);
    });
  }

  async #flush(): Promise<void> {
    this.#check();
    this.#speed?.resume();
    try {
      await this.#writer.flush();
    } catch (error) {
      // Who stopped it has closed the connection; that says more than how the socket failed of it.
      this.#check();
      throw error;
    }
    this.#check();
    this.#onAccepted(this.#out.sent);
    this.#speed?.pause();
    if (this.#out.sent - this.#sentAtTurn < TURN_BYTES) return;
    this.#sentAtTurn = this.#out.sent;
    await oneTurn();
    this.#check();
  }

  #check(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason;
  }
}
