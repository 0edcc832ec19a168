// A stream as the body of a response, piece by piece, in chunks or with the length announced. Whatever happens, its
// source hears of it: it is read to its end or cancelled.

import type { ConnWriter } from "../wire/conn_writer.ts";
import { sendStream } from "./fetch/response_stream.ts";
import type { OutgoingResponse } from "./response.ts";

/** Nobody looks out for a client that leaves while nothing is sent: the next write will show it. */
const UNWATCHED = { onLeave(): void {} };

/**
 * Sends a stream as the body. The answer to HEAD does not read it. Throws HttpError when the connection is lost, and
 * what the stream throws.
 */
export async function sendBody(
  response: OutgoingResponse,
  writer: ConnWriter,
  method: string,
  stream: ReadableStream<Uint8Array>,
): Promise<void> {
  if (method === "HEAD") {
    const reason = new TypeError("Cannot send body: the response to HEAD has none");
    // Its source may fail at that, or take its time: nobody waits for it.
    stream.cancel(reason).catch(() => {});
    return;
  }
  const isWhole = await sendStream(stream, { response, writer, watch: UNWATCHED });
  if (!isWhole) throw writer.error;
}
