// permessage-deflate (RFC 7692) where no message depends on another one: each is compressed and inflated by itself, a
// few at a time, and no connection keeps any state for it.

import { concatBytes } from "../../wire/concat_bytes.ts";
import type { DeflateParams } from "./extension_offers.ts";
import type { Library, PerMessageDeflate } from "./library.ts";

/** What every compressed message ends with before it is sent, without it (RFC 7692 7.2.1). */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);
const NOTHING = new Uint8Array(0);
/** How many messages are worked on at a time: each needs as much memory as a message may have. */
const MAX_AT_ONCE = 4;

let running = 0;
const waiting: (() => void)[] = [];

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
    inTurn((next) => {
      zlib.deflateRaw(data, { finishFlush, windowBits }, (error, bytes) => {
        next();
        if (error) onFailed(error);
        else done(null, bytes.subarray(0, bytes.length - TAIL.length));
      });
    });
  };
  deflate.decompress = (data, isLast, done) => {
    fragments.push(data);
    if (!isLast) return queueMicrotask(() => done(null, NOTHING));
    const whole = concatBytes([...fragments, TAIL]);
    fragments = [];
    inTurn((next) => {
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

function inTurn(job: (next: () => void) => void): void {
  const next = (): void => {
    running--;
    waiting.shift()?.();
  };
  const start = (): void => {
    running++;
    job(next);
  };
  if (running < MAX_AT_ONCE) start();
  else waiting.push(start);
}
