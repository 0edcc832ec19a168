// Opening and sending files: a small part of one in memory, a large one streamed. The file is closed
// whatever happens.

import { copyFile } from "../wire/copy_file.ts";
import type { ConnWriter } from "../wire/conn_writer.ts";
import { HttpError } from "../wire/errors.ts";
import type { Counters } from "./channel.ts";
import { statusOfFileError } from "./files/locate.ts";
import { fileError, readWhole } from "./files/open_file.ts";
import type { OutgoingResponse } from "./response.ts";

/** A part of an open file, to be sent. */
export interface FileRange {
  /** The file; it is closed when it is sent or cannot be. */
  readonly file: Deno.FsFile;
  /** Its path, for messages. */
  readonly path: string;
  /** First byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly count: number;
}

/** A file up to this size may wait in memory for the end of the response. */
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
 * Sends a part of an open file as (a part of) the body and closes the file. All but the last piece is
 * accepted by the socket when this resolves.
 */
export async function sendFileRange(
  response: OutgoingResponse,
  writer: ConnWriter,
  counters: Counters,
  { file, path, offset, count }: FileRange,
): Promise<void> {
  counters.openFiles++;
  try {
    if (offset > 0) file.seekSync(offset, Deno.SeekMode.Start);
    if (response.unsent && response.fields.contentLength === undefined && count <= SMALL_BYTES) {
      const bytes = readWhole(file, count);
      if (bytes === undefined) throw fileError(path, "it shrank meanwhile", 503);
      return response.sendKept(bytes);
    }
    const body = response.start();
    // The answer to HEAD has no body, so the file's bytes are not read either.
    if (body.kind === "none") return body.claim(count);
    await copyFile(file, path, count, body, writer);
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
