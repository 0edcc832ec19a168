// The head of a request as it stands on the wire (RFC 9112 3): request line and field section.
// Pure: takes a complete head, returns it parsed or throws. What the target means is target.ts's
// business, what the fields mean for the body is framing.ts's.

import { LimitError, ProtocolError } from "./errors.ts";
import { type FieldOptions, type FieldSection, parseFieldSection } from "./field_section.ts";
import { TOKEN_BYTE } from "./headers.ts";

/** Limits on a request head. */
export interface RequestHeadLimits extends FieldOptions {
  /** Longest request target, in bytes. Beyond it: LimitError, status 414. */
  maxTargetBytes: number;
}

/** A request head, syntactically valid. */
export interface RequestHead {
  /** The method, as sent: methods are case-sensitive. */
  readonly method: string;
  /** The request target, as sent. */
  readonly target: string;
  /** The x of HTTP/1.x. */
  readonly minorVersion: number;
  /** The fields. */
  readonly fields: FieldSection;
}

const SP = 0x20;
const HTTP = [0x48, 0x54, 0x54, 0x50, 0x2f];

/**
 * Parses the head in `bytes[start, end)`, whose latin1 text is `text`; `end` is where `findHeadEnd` said
 * that it ends.
 */
export function parseRequestHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: string,
  limits: RequestHeadLimits,
): RequestHead {
  let at = start;
  while (TOKEN_BYTE[bytes[at]!] === 1) at++;
  if (at === start || bytes[at] !== SP) refuseLine("method", bytes, at);
  const method = text.slice(0, at - start);
  const targetStart = ++at;
  while (isTargetByte(bytes[at]!)) at++;
  const targetEnd = at;
  if (targetEnd === targetStart || bytes[at] !== SP) refuseLine("target", bytes, at);
  if (targetEnd - targetStart > limits.maxTargetBytes) {
    throw new LimitError("maxTargetBytes", limits.maxTargetBytes, 414);
  }
  const minorVersion = parseVersion(bytes, at + 1);
  at += 9;
  if (bytes[at] !== 13 || bytes[at + 1] !== 10) refuseLine("version", bytes, at);
  at += 2;
  const fields = parseFieldSection(bytes, at, end, text.slice(at - start), limits);
  const target = text.slice(targetStart - start, targetEnd - start);
  return { method, target, minorVersion, fields };
}

/** Visible ASCII but `#`, which no target may hold, and the bytes above it, which clients do send. */
function isTargetByte(byte: number): boolean {
  return byte > SP && byte !== 0x7f && byte !== 0x23;
}

/** The x of `HTTP/1.x` at `at`. Eight bytes are there: a head ends with four and a CR LF is due. */
function parseVersion(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 5; i++) {
    if (bytes[at + i] !== HTTP[i]) refuseLine("version", bytes, at + i);
  }
  const major = bytes[at + 5]! - 0x30;
  const minor = bytes[at + 7]! - 0x30;
  if (major < 0 || major > 9) refuseLine("version", bytes, at + 5);
  if (bytes[at + 6] !== 0x2e) refuseLine("version", bytes, at + 6);
  if (minor < 0 || minor > 9) refuseLine("version", bytes, at + 7);
  if (major !== 1) {
    throw new ProtocolError("bad_version", `Cannot speak HTTP/${major}.${minor}`, 505);
  }
  return minor;
}

function refuseLine(what: string, bytes: Uint8Array, at: number): never {
  const byte = (bytes[at] ?? 0).toString(16).padStart(2, "0");
  throw new ProtocolError(
    what === "target" ? "bad_target" : what === "version" ? "bad_version" : "bad_request_line",
    `Cannot read request line: unexpected byte 0x${byte} in ${what}`,
  );
}
