/**
 * HTTP as bytes for the bench's own programs, with as little work as possible: what they do must not be what is
 * measured. Answers are 200 with a Content-Length or chunked, or an error.
 */

import { ChunkDecoder } from "../wire/chunked.ts";

const MAX_HEAD_BYTES = 16 * 1024;
const CHUNK_LIMITS = { maxChunkLineBytes: 256, maxTrailerBytes: 1024, maxFields: 8 };
const decoder = new TextDecoder("latin1");

/** An answer that was read to its end. */
export interface Answer {
  /** Its length, head and all. */
  bytes: number;
  bodyBytes: number;
}

/** Sees the pieces of a body, each a view that is overwritten. */
export type SeePiece = (piece: Uint8Array<ArrayBuffer>) => void;

/** Writes all of it. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  let at = await conn.write(bytes);
  while (at < bytes.length) at += await conn.write(bytes.subarray(at));
}

/** Reads at least a byte; rejects at the end of the connection. */
export async function readSome(conn: Deno.Conn, into: Uint8Array<ArrayBuffer>): Promise<number> {
  const count = await conn.read(into);
  if (count === null) throw new Error("the server closed the connection early");
  return count;
}

/** Length of the head at the start of `text`, or undefined when it is not all there. */
export function headBytes(text: string): number | undefined {
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? undefined : end + 4;
}

/** What is wrong with a head, or undefined. Without `bodyBytes` any length is right. */
export function headFault(head: string, bodyBytes: number | undefined): string | undefined {
  if (!head.startsWith("HTTP/1.1 200 ")) return `status line "${head.split("\r\n", 1)[0]}"`;
  if (isChunked(head)) return undefined;
  const length = lengthIn(head);
  if (bodyBytes === undefined) return length === undefined ? "no Content-Length" : undefined;
  return length === bodyBytes ? undefined : `Content-Length is not ${bodyBytes}`;
}

function lengthIn(head: string): number | undefined {
  const digits = /^content-length: *(\d+) *\r$/im.exec(head)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function isChunked(head: string): boolean {
  return /^transfer-encoding: *chunked *\r$/im.test(head);
}

/** Reads an answer to its end, by way of `buffer`. Without `bodyBytes` any length is right. */
export async function readAnswer(
  conn: Deno.Conn,
  buffer: Uint8Array<ArrayBuffer>,
  bodyBytes: number | undefined,
  see?: SeePiece,
): Promise<Answer> {
  let filled = 0;
  let head: number | undefined;
  while (head === undefined) {
    filled += await readSome(conn, buffer.subarray(filled));
    head = headBytes(decoder.decode(buffer.subarray(0, filled)));
    if (head === undefined && filled > MAX_HEAD_BYTES) throw new Error("no end of the head");
  }
  const text = decoder.decode(buffer.subarray(0, head));
  const fault = headFault(text, bodyBytes);
  if (fault) throw new Error(fault);
  if (isChunked(text)) {
    const body = await readChunks(conn, buffer, head, filled, see);
    if (bodyBytes !== undefined && body.bodyBytes !== bodyBytes) {
      throw new Error(`${body.bodyBytes} of ${bodyBytes} bytes`);
    }
    return body;
  }
  const length = lengthIn(text)!;
  see?.(buffer.subarray(head, filled));
  let received = filled - head;
  while (received < length) {
    const count = await readSome(conn, buffer);
    see?.(buffer.subarray(0, count));
    received += count;
  }
  if (received > length) throw new Error(`${received} of ${length} bytes`);
  return { bytes: head + received, bodyBytes: received };
}

/** Reads a chunked body to its end; of it, `buffer` has what is from `start` to `end`. */
async function readChunks(
  conn: Deno.Conn,
  buffer: Uint8Array<ArrayBuffer>,
  start: number,
  end: number,
  see: SeePiece | undefined,
): Promise<Answer> {
  const chunks = new ChunkDecoder(CHUNK_LIMITS);
  let bytes = end;
  let bodyBytes = 0;
  while (true) {
    const at = start;
    start = chunks.decode(buffer, start, end, buffer.length);
    bodyBytes += chunks.dataEnd - chunks.dataStart;
    if (chunks.dataEnd > chunks.dataStart) {
      see?.(buffer.subarray(chunks.dataStart, chunks.dataEnd));
    }
    if (chunks.done) break;
    if (start > at) continue;
    buffer.copyWithin(0, start, end);
    end -= start;
    start = 0;
    const count = await readSome(conn, buffer.subarray(end));
    end += count;
    bytes += count;
  }
  if (start < end) throw new Error("bytes behind the last chunk");
  return { bytes, bodyBytes };
}
