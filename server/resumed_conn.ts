// A connection on which a read was under way when it was taken over: what that brings comes first. In everything
// else it is the connection itself.

import { byteStream, readBytes } from "../wire/byte_stream.ts";
import type { AnyConn } from "./channel.ts";

/** The connection, with what `parked` resolves with in front of what is read from it. */
export function resumeConn(conn: AnyConn, parked: Promise<Uint8Array<ArrayBuffer>>): AnyConn {
  let waiting: Promise<Uint8Array<ArrayBuffer>> | undefined = parked;
  let buffered = new Uint8Array(0);
  // For whoever reads, if anybody does.
  parked.catch(() => {});

  let turn: Promise<unknown> = parked;

  async function take(into: Uint8Array): Promise<number | null> {
    if (waiting !== undefined) {
      buffered = await waiting;
      waiting = undefined;
    }
    if (buffered.length === 0) return await conn.read(into);
    const count = Math.min(buffered.length, into.length);
    into.set(buffered.subarray(0, count));
    buffered = buffered.subarray(count);
    return count;
  }

  /** One after the other, until all that was parked is given out. */
  function read(into: Uint8Array): Promise<number | null> {
    if (waiting === undefined && buffered.length === 0) return conn.read(into);
    const reading = turn.then(() => take(into), () => take(into));
    turn = reading;
    return reading;
  }

  /** As the connection's own stream does, it closes the connection at its end. */
  async function next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const piece = await readBytes(read);
    if (piece === undefined) conn.close();
    return piece;
  }

  let readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  const own = {
    read,
    get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
      return readable ??= byteStream({ next, cancel: () => conn.close() });
    },
  };
  return new Proxy(conn, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name as keyof typeof own];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
