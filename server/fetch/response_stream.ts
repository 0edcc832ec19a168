// The body of a Response that is a stream, on its way to the client: each piece leaves as soon as nothing more is
// there at once, and no piece is asked for before the socket took the last one but one.

import { oneTurn } from "../../wire/event_loop.ts";
import { LARGE_BYTES, readPieces } from "../../wire/large_pieces.ts";
import type { OutgoingResponse } from "../response.ts";
import type { ConnWriter } from "../../wire/conn_writer.ts";
import type { ClientWatch } from "./client_watch.ts";

/** What a piece counts beside its bytes, so that empty ones come to an end, too. */
const PIECE_COST = 4096;
/** After so many bytes, counted so, everybody else gets a turn: a socket may take all at once, and a stream give nothing. */
const TURN_BYTES = 1024 * 1024;
/** Pieces are put together up to this size, in bytes. */
const BATCH_BYTES = 65536;

/** What a stream is sent to. */
export interface StreamTarget {
  readonly response: OutgoingResponse;
  readonly writer: ConnWriter;
  readonly watch: Pick<ClientWatch, "onLeave">;
}

/**
 * Sends a stream to its end, but for what ends the message; false if the client left before, and the stream was
 * cancelled. Throws what the stream throws, and TypeError for a piece that is not bytes.
 */
export async function sendStream(
  stream: ReadableStream<unknown>,
  { response, writer, watch }: StreamTarget,
): Promise<boolean> {
  // With what frames a chunk, a piece fits into one of the writer's buffers.
  const reader = readPieces(stream, LARGE_BYTES);
  let left = false;
  let sinceTurn = 0;
  watch.onLeave((reason) => {
    left = true;
    // Its source is told, and may fail at that: nobody is left who would want to know.
    reader.cancel(reason).catch(() => {});
  });
  try {
    while (true) {
      const next = new Arrival(reader.read());
      await next.soon();
      if (left) return false;
      if (!next.arrived || writer.pending > BATCH_BYTES) {
        response.start();
        // If the client is gone the watch says so.
        await writer.settle();
      }
      const { done, value } = await next.result;
      if (left) return false;
      if (writer.error !== undefined) {
        if (!done) reader.cancel(writer.error).catch(() => {});
        return false;
      }
      if (done) return true;
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`Cannot send body: its stream gave ${typeof value}, not bytes`);
      }
      response.start().put(value);
      sinceTurn += value.length + PIECE_COST;
      if (sinceTurn > TURN_BYTES) {
        sinceTurn = 0;
        await oneTurn();
      }
    }
  } catch (error) {
    if (left) return false;
    reader.cancel(error).catch(() => {});
    throw error;
  }
}

/**
 * Drops a stream that nobody is to get. What is in it already, or comes at once, is read, since who writes a few
 * pieces and ends does not reckon with a stream that is cancelled; the rest is cancelled with a reason.
 */
export async function skim(stream: ReadableStream<unknown>): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let left = BATCH_BYTES; left > 0;) {
      const next = await withinTurn(reader.read());
      if (next === undefined) break;
      if (next.done) return;
      left -= next.value instanceof Uint8Array ? next.value.length + PIECE_COST : left;
    }
    // Its source may take its time.
    reader.cancel(new TypeError("Cannot send body: the response to HEAD has none")).catch(() => {});
  } catch {
    // Nobody wanted it.
  }
}

/** What a promise resolves with within one turn of the event loop, else undefined. */
function withinTurn<T>(promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), 0);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

/** A piece that may be there at once. */
class Arrival {
  readonly result: Promise<ReadableStreamReadResult<unknown>>;
  arrived = false;

  constructor(result: Promise<ReadableStreamReadResult<unknown>>) {
    this.result = result;
    const note = (): void => {
      this.arrived = true;
    };
    result.then(note, note);
  }

  /** Lets what is there already arrive: a stream that has a piece, or makes one at once, needs two steps. */
  async soon(): Promise<void> {
    for (let i = 0; i < 3 && !this.arrived; i++) await undefined;
  }
}
