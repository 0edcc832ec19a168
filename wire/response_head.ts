// The head of a response as it stands on the wire (RFC 9112 4): status line and field section.
// Pure: takes a complete head, returns it parsed or throws.

import { indexOfByte, latin1 } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";
import {
  blankFolds,
  type FieldOptions,
  type FieldSection,
  parseFieldSection,
} from "./field_section.ts";
import { type RawHeader, VALUE_BYTE } from "./headers.ts";

/** A response head, syntactically valid. */
export interface ResponseHead {
  /** The status code, 100 to 599. */
  readonly status: number;
  /** The reason phrase, perhaps empty. */
  readonly reason: string;
  /** The x of HTTP/1.x. */
  readonly minorVersion: number;
  /** The fields. */
  readonly fields: FieldSection;
  /** These in order, for `linesOf`. */
  lines: readonly RawHeader[] | undefined;
}

/** The fields in order, made once, however often the head is met again: nobody may change them. */
export function linesOf(head: ResponseHead): readonly RawHeader[] {
  return head.lines ??= head.fields.raw();
}

const STATUS_LINE_BYTES = "HTTP/1.1 200".length;
const START = /^HTTP\/(\d)\.(\d) ([1-5]\d\d)$/;

const NAME = "HTTP/";

/** Refuses what cannot become a response, however it goes on, so that nobody waits for the rest of it. */
export function checkResponseStart(bytes: Uint8Array, start: number, end: number): void {
  for (let i = 0; i < NAME.length && start + i < end; i++) {
    if (bytes[start + i] !== NAME.charCodeAt(i)) refuse("status line");
  }
}

/**
 * Parses the head in `bytes[start, end)`; `end` is where `findHeadEnd` said that it ends. Folded lines are
 * joined in place.
 */
export function parseResponseHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: FieldOptions,
): ResponseHead {
  // A fold of the status line is none: what follows it is a field line, or an error (RFC 9112 2.2).
  blankFolds(bytes, indexOfByte(bytes, 10, start, end) + 1, end);
  const text = latin1(bytes, start, end);
  const match = START.exec(text.slice(0, STATUS_LINE_BYTES));
  if (match === null) refuse("status line");
  if (match[1] !== "1") {
    throw new ProtocolError("bad_version", `Cannot speak HTTP/${match[1]}.${match[2]}`);
  }
  let at = start + STATUS_LINE_BYTES;
  // The blank belongs there even before an empty reason, but servers leave it out (RFC 9112 4).
  if (bytes[at] === 0x20) at++;
  else if (bytes[at] !== 13) refuse("status code");
  const reasonStart = at;
  while (VALUE_BYTE[bytes[at]!] === 1) at++;
  if (bytes[at] !== 13 || bytes[at + 1] !== 10) refuse("reason phrase");
  const reason = text.slice(reasonStart - start, at - start);
  at += 2;
  const fields = parseFieldSection(bytes, at, end, text.slice(at - start), limits);
  return {
    status: Number(match[3]),
    reason,
    minorVersion: Number(match[2]),
    fields,
    lines: undefined,
  };
}

function refuse(what: string): never {
  throw new ProtocolError("bad_status_line", `Cannot read response: malformed ${what}`);
}
