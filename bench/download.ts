/**
 * Downloads one big file over and over, each time on a fresh connection, with a reader that does as
 * little as possible: curl and fetch would themselves be what is measured.
 */

const BUFFER_BYTES = 1024 * 1024;
const MAX_HEAD_BYTES = 16 * 1024;
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

/** Length of the head at the start of `text`, or undefined when it is not all there. */
export function headBytes(text: string): number | undefined {
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? undefined : end + 4;
}

/** What is wrong with a head, or undefined. */
export function headFault(head: string, bodyBytes: number): string | undefined {
  if (!head.startsWith("HTTP/1.1 200 ")) return `status line "${head.split("\r\n", 1)[0]}"`;
  const length = /^content-length: *(\d+) *\r$/im.exec(head);
  if (Number(length?.[1]) !== bodyBytes) return `Content-Length is not ${bodyBytes}`;
  return undefined;
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
    await readAnswer(conn, run, buffer);
  } catch (error) {
    limit.throwIfAborted();
    throw error;
  } finally {
    limit.removeEventListener("abort", hangUp);
  }
}

async function readAnswer(
  conn: Deno.Conn,
  run: { target: string; bodyBytes: number },
  buffer: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const request = `GET ${run.target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  await conn.write(new TextEncoder().encode(request));
  let filled = 0;
  let head: number | undefined;
  while (head === undefined) {
    filled += await readSome(conn, buffer.subarray(filled));
    head = headBytes(new TextDecoder("latin1").decode(buffer.subarray(0, filled)));
    if (head === undefined && filled > MAX_HEAD_BYTES) {
      throw new Error(`Cannot download "${run.target}": no end of the head`);
    }
  }
  const headText = new TextDecoder("latin1").decode(buffer.subarray(0, head));
  const fault = headFault(headText, run.bodyBytes);
  if (fault) throw new Error(`Cannot download "${run.target}": ${fault}`);
  let received = filled - head;
  while (received < run.bodyBytes) received += await readSome(conn, buffer);
  if (received > run.bodyBytes) {
    throw new Error(`Cannot download "${run.target}": ${received} of ${run.bodyBytes} bytes`);
  }
}

async function readSome(conn: Deno.Conn, into: Uint8Array<ArrayBuffer>): Promise<number> {
  const count = await conn.read(into);
  if (count === null) throw new Error("Cannot download: the server closed the connection early");
  return count;
}
