// What a form consists of, on its way out: as segments, for a client that copies files by itself, and as the
// supplies of one stream. Bytes of the caller's are looked at once more: they must have the length announced.

import { BytesSupply, type ByteSupply, StreamSupply } from "./concat_stream.ts";
import { FileSupply } from "./file_part.ts";
import { joinBytes, STRETCH_BYTES } from "./join_bytes.ts";

/** A stretch of a form: bytes, a file to be copied, or a stream to be opened. */
export type FormSegment =
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "file"; path: string; size: number; mtimeMs: number | null }
  | { kind: "stream"; open(): ReadableStream<Uint8Array<ArrayBuffer>>; size: number };

/** The value of a field, which others may have changed when it is sent. */
export interface FieldBytes {
  /** Name of the field. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How many they were when they were added. */
  readonly size: number;
}

/** Bytes, or what makes a segment each time that the form is sent. */
export type FormItem = Uint8Array<ArrayBuffer> | FieldBytes | (() => FormSegment);

/** The segments of items, made as they are asked for; their bytes are copies. */
export function* segmentsOf(items: Iterable<FormItem>): Iterable<FormSegment> {
  for (const item of joinBytes(piecesOf(items))) {
    yield typeof item === "function" ? item() : { kind: "bytes", bytes: item };
  }
}

/** Segments as what a stream reads. */
export function* suppliesOf(segments: Iterable<FormSegment>): Iterable<ByteSupply> {
  for (const segment of segments) {
    if (segment.kind === "file") yield new FileSupply(segment);
    else if (segment.kind === "stream") yield new StreamSupply(segment.open);
    else yield new BytesSupply(segment.bytes);
  }
}

function* piecesOf(items: Iterable<FormItem>): Iterable<Uint8Array | (() => FormSegment)> {
  for (const item of items) {
    if (item instanceof Uint8Array || typeof item === "function") yield item;
    else yield* checkedBytes(item);
  }
}

/** Cut, so that few are copied at once, and looked at before each cut: time passes in between. */
function* checkedBytes(field: FieldBytes): Iterable<Uint8Array | (() => FormSegment)> {
  const { bytes, size } = field;
  for (let at = 0; at < size; at += STRETCH_BYTES) {
    if (bytes.length !== size) {
      // Not thrown here: that would end the iteration, and nobody could close what follows.
      yield unsendable(field, bytes.length, size - at);
      return;
    }
    yield bytes.subarray(at, at + STRETCH_BYTES);
  }
  if (size === 0 && bytes.length > 0) yield unsendable(field, bytes.length, 0);
}

/** A stream that fails when it is opened. */
function unsendable({ name, size: before }: FieldBytes, now: number, size: number) {
  const open = (): never => {
    const bytes = `the bytes of ${JSON.stringify(name)}`;
    throw new RangeError(`Cannot send form: ${bytes} were ${before} and are now ${now}`);
  };
  return (): FormSegment => ({ kind: "stream", open, size });
}
