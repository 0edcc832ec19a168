// The content of a file for an archive in which its size stands already, or will stand behind it: exactly as many bytes
// as were announced, or an error.

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
        const piece = readWhole(file, Math.min(left, PIECE_BYTES));
        if (piece === undefined) throw changedError(name);
        left -= piece.length;
        controller.enqueue(piece);
      }
      if (left > 0) return;
      if (file.statSync().size !== size) throw changedError(name);
      controller.close();
    },
  }, { highWaterMark: 0 });
}

/** What is thrown when a file is no longer what was announced. */
export function changedError(name: string): HttpError {
  const message = `Cannot send "${name}" in an archive: it changed meanwhile`;
  return new HttpError(message, { code: "file", operation: "read", status: 503 });
}
