/**
 * Downloads one big body over and over.
 */

import { readAnswer, writeAll } from "./raw_http.ts";
import { exchangeOnce, runTransfers, type TransferReport, type TransferRun } from "./transfer.ts";

const BUFFER_BYTES = 1024 * 1024;

/** Downloads `target` until `seconds` have passed, at least once. */
export function runDownloads(run: TransferRun): Promise<TransferReport> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  return runTransfers(run, () => download(run, buffer));
}

async function download(run: TransferRun, buffer: Uint8Array<ArrayBuffer>): Promise<void> {
  await exchangeOnce(run, "download", async (conn) => {
    await writeAll(
      conn,
      new TextEncoder().encode(`GET ${run.target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`),
    );
    await readAnswer(conn, buffer, run.bodyBytes);
  });
}
