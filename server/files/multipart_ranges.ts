// Several ranges as one body, RFC 9110 14.6: the heads of its parts, and its exact length before anything of it is
// made. Pure; the boundary is given.

import { RANDOM_BOUNDARY_LENGTH } from "../../multipart/boundary.ts";
import { putLatin1 } from "../../wire/bytes.ts";
import type { ByteRange } from "./byte_ranges.ts";

/** A piece of a body: bytes, or a part of the file that is sent. */
export type Piece = Uint8Array<ArrayBuffer> | ByteRange;

/** The body of a 206 with several ranges, and what is said of it. */
export interface MultipartBody {
  readonly contentType: string;
  readonly contentLength: number;
  /** Heads of parts and, between them, ranges of the file. */
  readonly pieces: readonly Piece[];
}

const LINE_END = 2;
const DASHES = 2;

/** The Content-Range of a part of `size` bytes. */
export function contentRange({ offset, count }: ByteRange, size: number): string {
  return `bytes ${offset}-${offset + count - 1}/${size}`;
}

/**
 * How long the body with these ranges is, with a boundary of `boundaryLength`; `contentType` is that of the whole, which
 * each part repeats.
 */
export function multipartLength(
  ranges: readonly ByteRange[],
  size: number,
  contentType: string | undefined,
  boundaryLength: number = RANDOM_BOUNDARY_LENGTH,
): number {
  const delimiter = DASHES + boundaryLength + LINE_END;
  // Every delimiter but the first begins with the line end that stands before it; the last one has dashes at its end.
  let length = (delimiter + LINE_END) * (ranges.length + 1) - LINE_END + DASHES;
  for (const range of ranges) length += headOf(range, size, contentType).length + range.count;
  return length;
}

/** The body with these ranges, at least one. `contentType` as above. */
export function multipartBody(
  ranges: readonly ByteRange[],
  size: number,
  contentType: string | undefined,
  boundary: string,
): MultipartBody {
  const pieces: Piece[] = [];
  for (const range of ranges) {
    const lineEnd = pieces.length === 0 ? "" : "\r\n";
    const head = `${lineEnd}--${boundary}\r\n${headOf(range, size, contentType)}`;
    pieces.push(latin1(head), range);
  }
  pieces.push(latin1(`\r\n--${boundary}--\r\n`));
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    contentLength: pieces.reduce((sum, it) => sum + lengthOfPiece(it), 0),
    pieces,
  };
}

/** The length of a piece of a body. */
export function lengthOfPiece(piece: Piece): number {
  return "offset" in piece ? piece.count : piece.length;
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  putLatin1(text, bytes, 0);
  return bytes;
}

/** The fields of a part, with the empty line behind them. */
function headOf(range: ByteRange, size: number, contentType: string | undefined): string {
  const type = contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`;
  return `${type}Content-Range: ${contentRange(range, size)}\r\n\r\n`;
}
