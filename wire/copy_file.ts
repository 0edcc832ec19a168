// A range of an open file into a body, through one large buffer per write. Reads are synchronous:
// for files in the page cache they cost a fraction of a hop to another thread, and the buffer's
// size bounds how long a slow disk can hold the loop. The byte count is exact: a file that grows is
// cut, one that shrinks ends in an error.

import { BULK_BYTES } from "./buffer_pool.ts";
import { HttpError } from "./errors.ts";
import type { BodyWriter } from "./body_writer.ts";
import type { ConnWriter } from "./conn_writer.ts";

/** What is needed of a file: reads at its current position, null at the end. */
export interface FileSource {
  /** Reads some bytes into the buffer. */
  readSync(into: Uint8Array): number | null;
}

/** Room left in a buffer for a head or a chunk's size line, so that they share its write; one page. */
const HEAD_ROOM = 4096;
const PIECE_BYTES = BULK_BYTES - HEAD_ROOM;

/**
 * Copies `count` bytes from the file's position. All but the last piece are flushed; the last one
 * stays in the writer, to leave with whatever ends the message.
 */
export async function copyFile(
  file: FileSource,
  path: string,
  count: number,
  body: BodyWriter,
  writer: ConnWriter,
): Promise<void> {
  for (let left = count; left > 0;) {
    const size = Math.min(left, PIECE_BYTES);
    putPiece(file, path, size, left, body, writer);
    left -= size;
    if (left > 0) await writer.flush();
  }
}

/** Reads exactly `size` bytes of the file into the output. */
function putPiece(
  file: FileSource,
  path: string,
  size: number,
  left: number,
  body: BodyWriter,
  writer: ConnWriter,
): void {
  body.claim(size);
  const chunked = body.kind === "chunked";
  if (chunked) writer.putAscii(`${size.toString(16)}\r\n`);
  const space = writer.space(size);
  for (let at = 0; at < size;) {
    const read = file.readSync(at === 0 ? space : space.subarray(at));
    if (read === null) {
      throw new HttpError(`Cannot send file "${path}": it shrank, ${left - at} bytes are missing`, {
        code: "file",
        operation: "read",
        status: 500,
      });
    }
    at += read;
  }
  writer.advance(size);
  if (chunked) writer.putAscii("\r\n");
}
