// permessage-deflate (RFC 7692) where no message depends on another one: each is compressed and inflated by itself, one
// at a time among all connections, and none keeps any state for it.

import { concatBytes } from "../../wire/concat_bytes.ts";
import { oneTurn } from "../../wire/event_loop.ts";
import type { DeflateParams } from "./extension_offers.ts";
import type { Library, PerMessageDeflate } from "./library.ts";

/** What every compressed message ends with before it is sent, without it (RFC 7692 7.2.1). */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);
const NOTHING = new Uint8Array(0);

type Job = (next: () => void) => void;

let isRunning = false;
/** Jobs that wait: of messages to send, and of messages that arrived. */
const outgoing: Job[] = [];
const incoming: Job[] = [];

/**
 * The library's extension with parameters that were agreed upon, but for its work on bytes: that keeps streams, and
 * what cannot be inflated would end the process, as Deno 2.9.6 tells of errors in another order than Node.
 * `onFailed` hears of what cannot be compressed, whose sending never ends.
 */
export function makeDeflate(
  { PerMessageDeflate, zlib }: Library,
  params: DeflateParams,
  maxMessageBytes: number,
  onFailed: (error: unknown) => void,
): PerMessageDeflate {
  const deflate = new PerMessageDeflate({ isServer: true });
  deflate.accept([{ ...params }]);
  const finishFlush = zlib.constants.Z_SYNC_FLUSH;
  const windowBits = Number(params["server_max_window_bits"]?.[0] ?? 15);
  let fragments: Uint8Array[] = [];
  deflate.compress = (data, _isLast, done) => {
    inTurn(outgoing, (next) => {
      zlib.deflateRaw(data, { finishFlush, windowBits }, (error, bytes) => {
        next();
        if (error) onFailed(error);
        else done(null, bytes.subarray(0, bytes.length - TAIL.length));
      });
    });
  };
  deflate.decompress = (data, isLast, done) => {
    // What waits for the last fragment must not hold the piece that it was cut from.
    const isLoose = !isLast && data.buffer.byteLength > 2 * data.length;
    fragments.push(isLoose ? data.slice() : data);
    if (!isLast) return queueMicrotask(() => done(null, NOTHING));
    const whole = concatBytes([...fragments, TAIL]);
    fragments = [];
    inTurn(incoming, (next) => {
      zlib.inflateRaw(whole, { finishFlush, maxOutputLength: maxMessageBytes }, (error, bytes) => {
        next();
        done(error && named(error), bytes);
      });
    });
  };
  return deflate;
}

/** The error of the library about a message that is too long, for what zlib says then. */
function named(error: Error & { code?: unknown }): Error {
  if (error.code !== "ERR_BUFFER_TOO_LARGE") return error;
  const code = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
  return Object.assign(new RangeError("Max payload size exceeded", { cause: error }), { code });
}

/**
 * Runs jobs one at a time, with a turn of the event loop in between: Deno's zlib works on the thread that everybody
 * needs, and goes on there as long as there is more to do.
 */
function inTurn(jobs: Job[], job: Job): void {
  jobs.push(job);
  if (isRunning) return;
  isRunning = true;
  runAll();
}

async function runAll(): Promise<void> {
  // By turns: what arrives is often answered, and the answers must not pile up until all has arrived.
  let next = outgoing;
  while (outgoing.length > 0 || incoming.length > 0) {
    await new Promise<void>(next.shift() ?? otherOf(next).shift()!);
    await oneTurn();
    next = otherOf(next);
  }
  isRunning = false;
}

function otherOf(jobs: Job[]): Job[] {
  return jobs === outgoing ? incoming : outgoing;
}
