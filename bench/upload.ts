/**
 * Uploads one big body over and over, with Content-Length, from memory. A server that reads it answers with its length;
 * where the query is "digest", with the SHA-256 of the body behind that.
 */

import { readAnswer, writeAll } from "./raw_http.ts";
import { patternBlock, patternPieces } from "./servers/pattern.ts";
import { exchangeOnce, runTransfers, type TransferReport, type TransferRun } from "./transfer.ts";

const BUFFER_BYTES = 16 * 1024;

/** Uploads to `target` until `seconds` have passed, at least once. */
export function runUploads(run: TransferRun): Promise<TransferReport> {
  const block = patternBlock();
  return runTransfers(run, async () => {
    const text = await upload(run, block);
    if (text === String(run.bodyBytes)) return;
    throw new Error(`Cannot upload "${run.target}": the answer is "${text}"`);
  });
}

/** Uploads once; rejects unless what arrived has that SHA-256. */
export async function checkUpload(
  run: Omit<TransferRun, "seconds">,
  digest: string,
): Promise<void> {
  const text = await upload({ ...run, target: `${run.target}?digest` }, patternBlock());
  if (text === `${run.bodyBytes} ${digest}`) return;
  throw new Error(`Cannot measure "${run.target}": the answer to the upload is "${text}"`);
}

function upload(
  run: Omit<TransferRun, "seconds">,
  block: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return exchangeOnce(run, "upload", async (conn) => {
    const head = [
      `POST ${run.target} HTTP/1.1`,
      "Host: 127.0.0.1",
      `Content-Length: ${run.bodyBytes}`,
    ];
    await writeAll(conn, new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
    for (const piece of patternPieces(block, run.bodyBytes)) await writeAll(conn, piece);
    let text = "";
    await readAnswer(conn, new Uint8Array(BUFFER_BYTES), undefined, (piece) => {
      text += new TextDecoder().decode(piece);
    });
    return text;
  });
}
