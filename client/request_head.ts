// The head of a request as it goes out: request line, Host first, then what the client adds by itself, then
// the caller's fields. All parts were checked before; here they are only put together.

import { isToken, type RawHeader } from "../wire/headers.ts";
import type { CheckedFields } from "./fields.ts";
import type { Target } from "./target.ts";

/** Name of this client in User-Agent. */
export const USER_AGENT = "eco-http/0.1";

/** What a head says besides the caller's fields. */
export interface HeadParts {
  readonly method: string;
  readonly target: Target;
  /** Whether the whole URL is sent, for a proxy (RFC 9112 3.2.2). */
  readonly absoluteForm: boolean;
  readonly fields: CheckedFields;
  /** Fields of the client's own; the caller's of the same name take their place. */
  readonly defaults: readonly RawHeader[];
  /** Fields that are part of the message's framing, or that the caller's must not replace. */
  readonly forced: readonly RawHeader[];
}

/** Checks a method. Throws TypeError. */
export function checkMethod(method: string): string {
  if (typeof method !== "string" || !isToken(method)) {
    throw new TypeError(`Cannot request: method ${JSON.stringify(method)} is not a token`);
  }
  if (method === "CONNECT") {
    throw new TypeError('Cannot request: CONNECT is made by the option "proxy"');
  }
  return method;
}

/** The text of a head, in latin1. */
export function headText(parts: HeadParts): string {
  const { method, target, fields } = parts;
  const requestTarget = parts.absoluteForm
    ? `http://${target.authority}${target.path}`
    : target.path;
  let text = `${method} ${requestTarget} HTTP/1.1\r\nHost: ${fields.host ?? target.authority}\r\n`;
  for (const [name, value] of OWN) {
    if (!fields.names.has(name.toLowerCase())) text += `${name}: ${value}\r\n`;
  }
  for (const [name, value] of parts.defaults) {
    if (!fields.names.has(name.toLowerCase())) text += `${name}: ${value}\r\n`;
  }
  for (const [name, value] of fields.lines) text += `${name}: ${value}\r\n`;
  for (const [name, value] of parts.forced) text += `${name}: ${value}\r\n`;
  return text + "\r\n";
}

const OWN: readonly RawHeader[] = [["User-Agent", USER_AGENT], ["Accept", "*/*"]];
