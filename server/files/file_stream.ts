// A part of a file as a standard stream of bytes that opens the file when it is first read: one that nobody
// reads holds no descriptor. It gives exactly the bytes that were announced: a file that grows is cut, one that
// shrinks is an error. A server of ours takes the part instead of reading the stream, and sends it in its own
// way.

import { byteStream } from "../../wire/byte_stream.ts";
import { HttpError } from "../../wire/errors.ts";
import type { FileFacts } from "./locate.ts";
import type { Piece } from "./multipart_ranges.ts";
import { openPart } from "./open_file.ts";

/**
 * Read at a time, synchronously as copyFile does. More than there, since here it is the steps of the streams that
 * cost most, and each piece is a buffer of its own, whatever its size.
 */
const PIECE_BYTES = 262144;

/** A part of a file, which is not open yet. */
export interface FilePart {
  readonly facts: FileFacts;
  /** First byte. */
  readonly offset: number;
  /** Number of bytes, above 0. */
  readonly count: number;
}

/** A part of a file that somebody took over. */
export interface TakenFile extends FilePart {
  /** Opens it; the caller closes it. Throws HttpError when the file is no longer there as it was found. */
  open(): Deno.FsFile;
}

/** Closes the files of streams that were read in part and dropped. */
const dropped = new FinalizationRegistry<Deno.FsFile>((file) => file.close());

/** By their streams, which lose them when they are read or taken. */
const parts = new WeakMap<ReadableStream, FilePart>();

/** A stream of the part. */
export function streamFile(part: FilePart): ReadableStream<Uint8Array<ArrayBuffer>> {
  // With a mark of 0 nothing is read ahead: only a reader makes it open the file.
  const stream: ReadableStream<Uint8Array<ArrayBuffer>> = new ReadableStream(
    new FileSource(part, () => stream),
    { highWaterMark: 0 },
  );
  parts.set(stream, part);
  return stream;
}

/** Takes the part of a stream made by {@linkcode streamFile} that nobody reads; the stream is used then. */
export function takeFile(stream: ReadableStream): TakenFile | undefined {
  const part = parts.get(stream);
  if (part === undefined || stream.locked) return undefined;
  stream.cancel();
  return { ...part, open: () => openPart(part.facts, part.offset) };
}

/** A stream of pieces of a file, which opens it for each of them. */
export function streamPieces(
  facts: FileFacts,
  pieces: readonly Piece[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const left = [...pieces];
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  return byteStream({
    async next() {
      while (true) {
        const result = await reader?.read();
        if (result?.value !== undefined) return result.value;
        reader = undefined;
        const piece = left.shift();
        if (piece === undefined) return undefined;
        if (!("offset" in piece)) return piece.slice();
        reader = streamFile({ facts, ...piece }).getReader();
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}

class FileSource implements UnderlyingByteSource {
  readonly type = "bytes";
  readonly #part: FilePart;
  readonly #stream: () => ReadableStream;
  #file: Deno.FsFile | undefined;
  #left: number;

  constructor(part: FilePart, stream: () => ReadableStream) {
    this.#part = part;
    this.#stream = stream;
    this.#left = part.count;
  }

  pull(controller: ReadableByteStreamController): void {
    const file = this.#file ??= this.#open();
    const request = controller.byobRequest;
    const room = request?.view as Uint8Array<ArrayBuffer> | undefined ??
      new Uint8Array(Math.min(PIECE_BYTES, this.#left));
    let read = 0;
    try {
      read = file.readSync(room.subarray(0, this.#left)) ?? 0;
      if (read === 0) throw this.#shrank();
      this.#left -= read;
    } finally {
      if (read === 0 || this.#left === 0) this.#close();
    }
    if (request !== null) request.respond(read);
    else controller.enqueue(read === room.length ? room : room.subarray(0, read));
    if (this.#left === 0) controller.close();
  }

  cancel(): void {
    parts.delete(this.#stream());
    this.#close();
  }

  #open(): Deno.FsFile {
    const stream = this.#stream();
    parts.delete(stream);
    const file = openPart(this.#part.facts, this.#part.offset);
    dropped.register(stream, file, this);
    return file;
  }

  #close(): void {
    dropped.unregister(this);
    this.#file?.close();
    this.#file = undefined;
  }

  #shrank(): HttpError {
    return new HttpError(
      `Cannot send file "${this.#part.facts.path}": it shrank, ${this.#left} bytes are missing`,
      { code: "file", operation: "read", status: 500 },
    );
  }
}
