// The boundary of a multipart body (RFC 2046 5.1.1): what is a legal one, a random one that no content
// can be expected to hold, and how it stands in a Content-Type. Pure but for the random bytes.

import { isToken } from "../wire/headers.ts";

const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/** Whether `text` may be a boundary: 1 to 70 characters of RFC 2046's `bchars`, no space at the end. */
export function isBoundary(text: string): boolean {
  return BOUNDARY.test(text);
}

const PREFIX = "----EcoHttpForm";
/** 144 bits: nobody can guess a boundary, and so nobody can make a file that ends its part before its end. */
const RANDOM_BYTES = 18;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The length of every {@linkcode randomBoundary}. */
export const RANDOM_BOUNDARY_LENGTH: number = PREFIX.length + RANDOM_BYTES / 3 * 4;

/** A new boundary, which needs no quotes. */
export function randomBoundary(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  let text = PREFIX;
  // Three bytes are four characters of six bits.
  for (let i = 0; i < RANDOM_BYTES; i += 3) {
    const bits = bytes[i]! << 16 | bytes[i + 1]! << 8 | bytes[i + 2]!;
    for (let shift = 18; shift >= 0; shift -= 6) text += ALPHABET[bits >> shift & 63];
  }
  return text;
}

/** The Content-Type of a form with this boundary, which is quoted unless it is a token. */
export function formContentType(boundary: string): string {
  return `multipart/form-data; boundary=${isToken(boundary) ? boundary : `"${boundary}"`}`;
}
