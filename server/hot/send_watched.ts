// Sends an answer that is in memory, and tells who wants to hear of it what became of that.

import type { Channel } from "../channel.ts";
import type { ParsedRequest } from "../parsed_request.ts";
import type { HotAnswer, HotWatcher } from "./hot_answers.ts";

/** Resolves, and never rejects, when the socket took the answer or can no longer take it. */
export async function sendWatched(
  { writer, remoteAddr: peer }: Channel,
  { bytes, bodyBytes, status }: HotAnswer,
  request: ParsedRequest,
  watcher: HotWatcher,
): Promise<void> {
  const startMs = performance.now();
  if (writer.pending > 0) await writer.settle();
  const bodyAt = writer.bytesPut + bytes.length - bodyBytes;
  await writer.settleKept(bytes);
  watcher.sent({
    request,
    peer,
    status,
    bytesSent: Math.max(0, writer.bytesWritten - bodyAt),
    completed: writer.error === undefined,
    durationMs: performance.now() - startMs,
  });
}
