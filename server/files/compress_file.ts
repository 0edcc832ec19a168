// A file that is compressed on its way. It is opened when the stream is first read, and closed when that ends,
// whatever the end.

import { byteStream } from "../../wire/byte_stream.ts";
import { compressStream } from "../compress_stream.ts";
import type { Coding } from "./file_source.ts";
import { type FilePart, streamFile } from "./file_stream.ts";

/** The content of a file, or of its bytes in memory, in a coding. */
export function compressFile(
  content: FilePart | Uint8Array<ArrayBuffer>,
  coding: Coding,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return compressStream("facts" in content ? streamFile(content) : streamBytes(content), coding);
}

/** Bytes that others have, too: they are read, and stay as they are. */
function streamBytes(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return byteStream({
    next() {
      // A copy: a piece is the stream's, with its buffer.
      const piece = bytes.slice(at, at += PIECE_BYTES);
      return Promise.resolve(piece.length > 0 ? piece : undefined);
    },
  });
}

/** Copied at a time. */
const PIECE_BYTES = 65536;
