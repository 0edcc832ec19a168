// The body of a response as far as it has arrived, without waiting: of most, that is all of it.

import type { BodyReader } from "../../wire/body_reader.ts";
import type { ConnReader } from "../../wire/conn_reader.ts";

const CR = 13;
const LF = 10;

/** Whether the whole rest of a body may have arrived; where only its end tells, it is looked for. */
export function mayBeWhole({ remaining }: BodyReader, { bytes, start, end }: ConnReader): boolean {
  if (remaining !== undefined) return end - start >= remaining;
  // The last chunk and its trailers end with an empty line.
  return end - start >= 4 && bytes[end - 1] === LF && bytes[end - 2] === CR &&
    bytes[end - 3] === LF && bytes[end - 4] === CR;
}

/** A copy of what has arrived of a body, which may be all of it: then it is done. Throws for what is malformed. */
export function takeArrived(body: BodyReader, reader: ConnReader): Uint8Array<ArrayBuffer> {
  const mostBytes = reader.end - reader.start;
  const first = body.tryTake(Infinity);
  if (body.done) return first.slice() as Uint8Array<ArrayBuffer>;
  const bytes = new Uint8Array(mostBytes);
  let total = 0;
  for (let piece = first; piece.length > 0; piece = body.tryTake(Infinity)) {
    bytes.set(piece, total);
    total += piece.length;
  }
  return bytes.slice(0, total);
}
