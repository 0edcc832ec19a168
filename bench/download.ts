/**
 * Downloads one big file over and over, each time on a fresh connection, with a reader that does as
 * little as possible: curl and fetch would themselves be what is measured.
 */

import { readAnswer, writeAll } from "./raw_http.ts";

const BUFFER_BYTES = 1024 * 1024;
const MAX_DOWNLOADS = 1000;
const DOWNLOAD_DEADLINE_MS = 30_000;

/** What came of a run of downloads. */
export interface DownloadReport {
  downloads: number;
  bytes: number;
  /** From connecting to the last byte, of all downloads together. */
  seconds: number;
}

/** Downloads `target` until `seconds` have passed, at least once. */
export async function runDownloads(run: {
  port: number;
  target: string;
  bodyBytes: number;
  seconds: number;
  signal: AbortSignal;
}): Promise<DownloadReport> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let downloads = 0;
  let elapsedMs = 0;
  while (downloads === 0 || (elapsedMs < run.seconds * 1000 && downloads < MAX_DOWNLOADS)) {
    const startMs = performance.now();
    await download(run, buffer);
    elapsedMs += performance.now() - startMs;
    downloads++;
  }
  return { downloads, bytes: downloads * run.bodyBytes, seconds: elapsedMs / 1000 };
}

async function download(
  run: { port: number; target: string; bodyBytes: number; signal: AbortSignal },
  buffer: Uint8Array<ArrayBuffer>,
): Promise<void> {
  run.signal.throwIfAborted();
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: run.port });
  const limit = AbortSignal.any([run.signal, AbortSignal.timeout(DOWNLOAD_DEADLINE_MS)]);
  const hangUp = () => conn.close();
  limit.addEventListener("abort", hangUp, { once: true });
  try {
    await writeAll(
      conn,
      new TextEncoder().encode(`GET ${run.target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`),
    );
    await readAnswer(conn, buffer, run.bodyBytes);
  } catch (error) {
    limit.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot download "${run.target}": ${reason}`, { cause: error });
  } finally {
    limit.removeEventListener("abort", hangUp);
  }
}
