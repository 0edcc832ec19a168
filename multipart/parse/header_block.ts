// The header block of a part: where it ends, and one line of it. Lines end with CRLF and nothing else, none
// is folded, no NUL is in them: whoever reads them otherwise reads other fields. Pure.

import { isToken } from "../../wire/headers.ts";

/** A field of a part. */
export interface HeaderEvent {
  /** What it is. */
  type: "header";
  /** Its name, in lower case. */
  name: string;
  /** Its value, read as UTF-8, without blanks around it. */
  value: string;
}

const CR = 13;
const LF = 10;

/**
 * Index after the empty line that ends the block which begins at `start`, or -1 for "need more". All
 * before `from` was scanned already. The block may be that empty line alone.
 */
export function findBlockEnd(bytes: Uint8Array, start: number, from: number, end: number): number {
  if (end - start >= 2 && bytes[start] === CR && bytes[start + 1] === LF) return start + 2;
  // Of the four bytes that end a block, a step of four meets one.
  for (let at = Math.max(start + 3, from); at < end; at += 4) {
    if (bytes[at]! > CR) continue;
    for (let first = Math.max(start, at - 3); first <= at && first + 4 <= end; first++) {
      if (
        bytes[first] === CR && bytes[first + 1] === LF &&
        bytes[first + 2] === CR && bytes[first + 3] === LF
      ) return first + 4;
    }
  }
  return -1;
}

// Browsers send the other ones as they are. Lines were cut at CRLF: a CR or LF that is left in one is alone.
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00\r\n]/;

/** The field in `text[start, end)`, a line without its line break; throws a SyntaxError if it is none. */
export function parseLine(text: string, start: number, end: number): HeaderEvent {
  const colon = text.indexOf(":", start);
  if (colon < 0 || colon >= end) throw new SyntaxError(whyNoField(text.slice(start, end)));
  const name = lowerCaseName(text.slice(start, colon));
  const value = trimBlanks(text, colon + 1, end);
  if (CONTROL.test(value)) throw new SyntaxError(`a control character in field "${name}"`);
  return { type: "header", name, value };
}

/** A field name in lower case; those that browsers send take no time. */
function lowerCaseName(name: string): string {
  if (name === "Content-Disposition") return "content-disposition";
  if (name === "Content-Type") return "content-type";
  if (isToken(name)) return name.toLowerCase();
  throw new SyntaxError(whyNoField(`${name}:`));
}

function whyNoField(line: string): string {
  if (/^[\t ]/.test(line)) return "a header line that begins with a blank";
  if (/[\r\n]/.test(line)) return "a line break in a header that is not CRLF";
  if (/[\t ]:$/.test(line)) return "a blank between the name of a field and its colon";
  return line.includes(":") ? "a field name that is not a token" : "a header line without a colon";
}

function trimBlanks(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 9;
}

/** Index of line number `line` of a block, counted from 0; all before it end with CRLF. */
export function lineStart(block: Uint8Array, line: number): number {
  let at = 0;
  for (; line > 0; line--) at = block.indexOf(LF, at) + 1;
  return at;
}

/** Index of the first line feed that no CR is before, or -1: why a block may have no end. */
export function findBareLineFeed(bytes: Uint8Array): number {
  return bytes.findIndex((byte, at) => byte === LF && bytes[at - 1] !== CR);
}
