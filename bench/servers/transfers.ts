// What the clients download from and upload to: GET is answered with so many bytes (the argument) of
// the pattern, from memory; a body is counted, dropped and answered with the count. Where the query is
// "digest", the answer also has the SHA-256 of the body. Prints its port.
import { createHash, type Hash } from "node:crypto";
import { ChunkDecoder } from "../../wire/chunked.ts";
import { headBytes, writeAll } from "../raw_http.ts";
import { patternBlock, patternPieces } from "./pattern.ts";

const CHUNK_LIMITS = { maxChunkLineBytes: 256, maxTrailerBytes: 1024, maxFields: 8 };
const BUFFER_BYTES = 256 * 1024;
const DOWN_BYTES = Number(Deno.args[0]);
const block = patternBlock();
const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** A connection and what was read from it but not used yet: `buffer` from `start` to `end`. */
interface Channel {
  conn: Deno.TcpConn;
  buffer: Uint8Array<ArrayBuffer>;
  start: number;
  end: number;
}

async function serve(conn: Deno.TcpConn): Promise<void> {
  using _closing = conn;
  conn.setNoDelay(true);
  const channel = { conn, buffer: new Uint8Array(BUFFER_BYTES), start: 0, end: 0 };
  for (let head; (head = await readHead(channel)) !== undefined;) {
    if (head.startsWith("GET ")) {
      await writeAll(
        conn,
        encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: ${DOWN_BYTES}\r\n\r\n`),
      );
      for (const piece of patternPieces(block, DOWN_BYTES)) await writeAll(conn, piece);
      continue;
    }
    const hash = /^\S+ \S+\?digest /.test(head) ? createHash("sha256") : undefined;
    const count = await readBody(channel, head, hash);
    const text = hash ? `${count} ${hash.digest("hex")}` : `${count}`;
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
    await writeAll(conn, encoder.encode(answer));
  }
}

/** Reads a head; undefined when the client has left. */
async function readHead(channel: Channel): Promise<string | undefined> {
  while (true) {
    const text = decoder.decode(channel.buffer.subarray(channel.start, channel.end));
    const length = headBytes(text);
    if (length !== undefined) {
      channel.start += length;
      return text.slice(0, length);
    }
    if (!await fill(channel)) return undefined;
  }
}

/** Reads the body that a head announces and returns its length. */
async function readBody(channel: Channel, head: string, hash: Hash | undefined): Promise<number> {
  if (/^transfer-encoding: *chunked\r$/im.test(head)) return await readChunks(channel, hash);
  const length = Number(/^content-length: *(\d+)\r$/im.exec(head)?.[1]);
  if (Number.isNaN(length)) throw new Error("a body without a length");
  for (let left = length; left > 0;) {
    if (channel.start === channel.end) await fillOrThrow(channel);
    const count = Math.min(left, channel.end - channel.start);
    hash?.update(channel.buffer.subarray(channel.start, channel.start + count));
    channel.start += count;
    left -= count;
  }
  return length;
}

async function readChunks(channel: Channel, hash: Hash | undefined): Promise<number> {
  const chunks = new ChunkDecoder(CHUNK_LIMITS);
  let count = 0;
  while (!chunks.done) {
    const { buffer, start, end } = channel;
    channel.start = chunks.decode(buffer, start, end, BUFFER_BYTES);
    count += chunks.dataEnd - chunks.dataStart;
    hash?.update(buffer.subarray(chunks.dataStart, chunks.dataEnd));
    if (channel.start === start && !chunks.done) await fillOrThrow(channel);
  }
  return count;
}

/** Reads more behind what is there, which moves to the front; false at the end. */
async function fill(channel: Channel): Promise<boolean> {
  channel.buffer.copyWithin(0, channel.start, channel.end);
  channel.end -= channel.start;
  channel.start = 0;
  if (channel.end === BUFFER_BYTES) throw new Error("a head without an end");
  const count = await channel.conn.read(channel.buffer.subarray(channel.end));
  channel.end += count ?? 0;
  return count !== null;
}

async function fillOrThrow(channel: Channel): Promise<void> {
  if (!await fill(channel)) throw new Error("the client left in mid-body");
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
for await (const conn of listener) {
  serve(conn).catch(() => {}); // the client has left, and knows why
}
