// Bytes to text and back for the ASCII and latin1 world of message heads, and the scan for the end
// of a head. Pure. Everything is bounded by explicit ends: windows are reused, so bytes past the
// end are stale.

import { Buffer } from "node:buffer";
import { ProtocolError } from "./errors.ts";

/** Shared encoder: it keeps no state between calls. */
export const encoder: TextEncoder = new TextEncoder();

// `latin1Slice` is six times faster than TextDecoder("latin1"), which also maps 0x80-0x9f wrongly.
const latin1Slice = (Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
}).latin1Slice;

/** Text of `bytes[start, end)`, a character per byte. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}

/** Writes text whose characters are all below 0x100 to `into` at `at`, a byte per character. */
export function putLatin1(text: string, into: Uint8Array, at: number): void {
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i);
}

/** UTF-8 bytes that were read as latin1 become the text that they encode; throws TypeError if invalid. */
export function latin1ToUtf8(text: string): string {
  const bytes = new Uint8Array(text.length);
  putLatin1(text, bytes, 0);
  return strictUtf8.decode(bytes);
}
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const LF = 10;
const CR = 13;

/**
 * Looks for the empty line that ends a head in `bytes[start, end)`, beginning at `from` (all before
 * it was scanned already). Returns the index after the empty line, or -1 for "need more". A line
 * feed without a carriage return before it is refused at once (RFC 9112 2.2).
 */
export function findHeadEnd(bytes: Uint8Array, start: number, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    if (bytes[i] !== LF) continue;
    if (i === start || bytes[i - 1] !== CR) {
      throw new ProtocolError("bad_field", "Cannot read head: line feed without carriage return");
    }
    if (i - start >= 3 && bytes[i - 2] === LF) return i + 1;
  }
  return -1;
}

/** Index of `byte` in `bytes[start, end)`, or -1. */
export function indexOfByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === byte) return i;
  return -1;
}
