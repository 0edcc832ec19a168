// The field lines of a head or of a trailer section: validates every byte, in one pass, and picks
// out the few fields that decide about the message itself. All others stay text until asked for.
// Pure, but for the folds that it may blank out in place.

import { LimitError, ProtocolError } from "./errors.ts";
import {
  type HeaderRecord,
  isBlank,
  type RawHeader,
  splitFields,
  TOKEN_BYTE,
  toRecord,
  trimBlanks,
  VALUE_BYTE,
} from "./headers.ts";

/** How strict a field section is read. */
export interface FieldOptions {
  /** Most lines accepted. Beyond it: LimitError, status 431. */
  maxFields: number;
  /** The status of the LimitError: 431 for heads, 400 for trailers. Default: 431. */
  limitStatus?: number;
}

const CR = 13;
const LF = 10;
const COLON = 58;

/** A validated field section; the fields that matter for framing are kept aside. */
export class FieldSection {
  /** The lines as text, each with its CR LF. */
  readonly text: string;
  /** Number of lines. */
  count = 0;
  /** Number of Host lines. */
  hosts = 0;
  /** Value of Host. */
  host: string | undefined;
  /** Value of Content-Length, repeats joined by a comma. */
  contentLength: string | undefined;
  /** Value of Transfer-Encoding, repeats joined by a comma. */
  transferEncoding: string | undefined;
  /** Value of Connection, repeats joined by a comma. */
  connection: string | undefined;
  /** Value of Expect, repeats joined by a comma. */
  expect: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Every line in order, with the case it was sent in. */
  raw(): RawHeader[] {
    return splitFields(this.text);
  }

  /** The fields by lowercase name. */
  record(): HeaderRecord {
    return toRecord(this.raw());
  }
}

/**
 * Reads the field lines in `bytes[start, end)`, whose latin1 text is `text`. Each must end with CR LF;
 * an empty line at the end of the section may be included. A folded line is refused.
 */
export function parseFieldSection(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: string,
  options: FieldOptions,
): FieldSection {
  const section = new FieldSection(text);
  let at = start;
  while (at < end && bytes[at] !== CR) {
    const nameStart = at;
    while (TOKEN_BYTE[bytes[at]!] === 1) at++;
    const nameLength = at - nameStart;
    if (nameLength === 0 || at >= end || bytes[at] !== COLON) refuseName(bytes, nameStart, at, end);
    at++;
    const valueStart = at;
    while (at < end && VALUE_BYTE[bytes[at]!] === 1) at++;
    if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) {
      refuseByte("field value", bytes, at, end);
    }
    if (++section.count > options.maxFields) {
      throw new LimitError("maxFields", options.maxFields, options.limitStatus ?? 431);
    }
    const name = NAME_OF_LENGTH[nameLength];
    if (name !== undefined && isName(bytes, nameStart, name)) {
      noteField(section, name, trimBlanks(text.slice(valueStart - start, at - start)));
    }
    at += 2;
  }
  if (at < end && (bytes[at + 1] !== LF || at + 2 !== end)) {
    refuseByte("field section", bytes, at, end);
  }
  return section;
}

type NotedName = "host" | "expect" | "connection" | "content-length" | "transfer-encoding";

const NAME_OF_LENGTH: (NotedName | undefined)[] = [];
for (
  const name of ["host", "expect", "connection", "content-length", "transfer-encoding"] as const
) NAME_OF_LENGTH[name.length] = name;

function isName(bytes: Uint8Array, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if ((bytes[start + i]! | 0x20) !== name.charCodeAt(i)) return false;
  }
  return true;
}

function noteField(section: FieldSection, name: NotedName, value: string): void {
  switch (name) {
    case "host":
      section.hosts++;
      section.host = value;
      break;
    case "expect":
      section.expect = join(section.expect, value);
      break;
    case "connection":
      section.connection = join(section.connection, value);
      break;
    case "content-length":
      section.contentLength = join(section.contentLength, value);
      break;
    case "transfer-encoding":
      section.transferEncoding = join(section.transferEncoding, value);
      break;
  }
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}

/** Overwrites the CR LF of each fold with blanks, as a user agent must (RFC 9112 5.2). */
export function blankFolds(bytes: Uint8Array, start: number, end: number): void {
  for (let i = start + 1; i + 1 < end; i++) {
    if (bytes[i] === LF && bytes[i - 1] === CR && isBlank(bytes[i + 1]!)) {
      bytes[i] = bytes[i - 1] = 0x20;
    }
  }
}

function refuseName(bytes: Uint8Array, start: number, at: number, end: number): never {
  if (at === start && at < end && isBlank(bytes[at]!)) {
    throw new ProtocolError("bad_field", "Cannot read head: a field is folded over two lines");
  }
  if (at < end && isBlank(bytes[at]!)) {
    throw new ProtocolError("bad_field", "Cannot read head: white space in or after a field name");
  }
  refuseByte("field name", bytes, at, end);
}

function refuseByte(where: string, bytes: Uint8Array, at: number, end: number): never {
  const what = at < end ? `byte 0x${bytes[at]!.toString(16).padStart(2, "0")}` : "end";
  throw new ProtocolError("bad_field", `Cannot read head: unexpected ${what} in ${where}`);
}
