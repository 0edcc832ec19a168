// The content of a file for an archive in which its size stands already, or will stand behind it: exactly as many bytes
// as were announced, or an error.

import { statusOfFileError } from "../files/locate.ts";
import { readWhole } from "../files/open_file.ts";
import { HttpError } from "../../wire/errors.ts";

const PIECE_BYTES = 131072;

/** The bytes of an open file of `size` bytes as they are read; an error when it turns out to have more or fewer. */
export function contentOf(
  file: Deno.FsFile,
  name: string,
  size: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = size;
  return new ReadableStream({
    pull(controller) {
      if (left > 0) {
        const count = Math.min(left, PIECE_BYTES);
        const piece = reading(name, () => readWhole(file, count));
        if (piece === undefined) throw changedError(name);
        left -= piece.length;
        controller.enqueue(piece);
      }
      if (left > 0) return;
      if (reading(name, () => file.statSync()).size !== size) throw changedError(name);
      controller.close();
    },
  }, { highWaterMark: 0 });
}

/** What `read` gives; what it throws of the file system as an HttpError. */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const status = statusOfFileError(cause);
    if (status === undefined) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw archiveError(name, why, status, cause);
  }
}

/** What is thrown when a file is no longer what was announced. */
export function changedError(name: string): HttpError {
  return archiveError(name, "it changed meanwhile", 503);
}

function archiveError(name: string, why: string, status: number, cause?: unknown): HttpError {
  const message = `Cannot send "${name}" in an archive: ${why}`;
  return new HttpError(message, { code: "file", operation: "read", status, cause });
}
