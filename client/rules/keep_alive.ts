// How long a connection may be idle: what the server says in Keep-Alive, less a margin, so that the client closes
// first and no request is sent on a connection that the server is closing.
//
// This runs at the end of every response. So it looks into the text of the head, which is there, and does not
// have it split into fields, which would make dozens of strings that most callers never ask for.

import type { FieldSection } from "../../wire/field_section.ts";

/** What is assumed of a server that says nothing, in milliseconds. */
const DEFAULT_MS = 4000;
/** How much earlier than the server the client closes. */
const MARGIN_MS = 1000;
/** No server is believed beyond this. */
const MOST_MS = 600_000;

const KEEP_ALIVE = /keep-alive:/i;
const TIMEOUT = /\r\nkeep-alive:[^\r]*\btimeout=(\d{1,6})\b/i;
const MAX = /\r\nkeep-alive:[^\r]*\bmax=(\d{1,6})\b/i;

/**
 * Milliseconds that the connection of a response may be idle; 0: it must not be used again. `ownMs` is the
 * client's own limit, undefined where it has none.
 */
export function idleMs(fields: FieldSection, ownMs: number | undefined): number {
  if (ownMs === 0) return 0;
  if (!KEEP_ALIVE.test(fields.text)) return ownMs ?? DEFAULT_MS;
  const text = `\r\n${fields.text}`;
  const max = MAX.exec(text);
  if (max !== null && Number(max[1]) === 0) return 0;
  const timeout = TIMEOUT.exec(text);
  if (timeout === null) return ownMs ?? DEFAULT_MS;
  const saidMs = Number(timeout[1]) * 1000;
  // A short time keeps half of itself.
  const usableMs = Math.max(saidMs - MARGIN_MS, saidMs / 2);
  return Math.min(usableMs, ownMs ?? MOST_MS);
}
