// Opening and sending files: a small part of one in memory, a large one streamed. The file is closed
// whatever happens.

import { copyFile } from "../wire/copy_file.ts";
import type { ConnWriter } from "../wire/conn_writer.ts";
import { HttpError } from "../wire/errors.ts";
import type { Counters } from "./channel.ts";
import { statusOfFileError } from "./files/locate.ts";
import { lengthOfPiece, type Piece } from "./files/multipart_ranges.ts";
import { fileError, readPieces } from "./files/open_file.ts";
import type { OutgoingResponse } from "./response.ts";

/** What of an open file is to be sent. */
export interface FilePieces {
  /** The file, which stands at its beginning; it is closed when it is sent or cannot be. */
  readonly file: Deno.FsFile;
  /** Its path, for messages. */
  readonly path: string;
  /** Parts of it, and bytes to be sent between them. */
  readonly pieces: readonly Piece[];
}

/** What is not longer may wait in memory for the end of the response. */
const SMALL_BYTES = 65536;

/** Opens a file to send it. Throws an HttpError when it is not a readable regular file. */
export function openForSending(path: string): { file: Deno.FsFile; size: number } {
  return onFile(path, () => {
    // Looked at before it is opened, since opening a FIFO would block.
    if (!Deno.statSync(path).isFile) throw fileError(path, "not a regular file", 404);
    const file = Deno.openSync(path);
    try {
      return { file, size: file.statSync().size };
    } catch (error) {
      file.close();
      throw error;
    }
  });
}

/**
 * Sends pieces of an open file as (a part of) the body and closes the file. All but the last 64 KiB or so is
 * accepted by the socket when this resolves.
 */
export async function sendFilePieces(
  response: OutgoingResponse,
  writer: ConnWriter,
  counters: Counters,
  { file, path, pieces }: FilePieces,
): Promise<void> {
  counters.openFiles++;
  try {
    const length = pieces.reduce((sum, it) => sum + lengthOfPiece(it), 0);
    if (response.unsent && response.fields.contentLength === undefined && length <= SMALL_BYTES) {
      return response.sendKept(onFile(path, () => readPieces(file, path, pieces)));
    }
    const body = response.start();
    // The answer to HEAD has no body, so the file's bytes are not read either.
    if (body.kind === "none") return body.claim(length);
    for (const piece of pieces) {
      if (!("offset" in piece)) {
        body.put(piece);
        continue;
      }
      if (piece.offset > 0 || pieces.length > 1) file.seekSync(piece.offset, Deno.SeekMode.Start);
      if (writer.pending > SMALL_BYTES) await writer.flush();
      await copyFile(file, path, piece.count, body, writer);
    }
  } finally {
    file.close();
    counters.openFiles--;
  }
}

function onFile<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    const status = statusOfFileError(cause);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fileError(path, why, status ?? 500, cause);
  }
}
