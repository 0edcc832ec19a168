// A request head with everything that follows from it, and a memory for the last one: clients that
// keep a connection tend to repeat themselves to the byte, and equal bytes mean the same request.

import { expectsContinue, type Framing, requestFraming } from "../wire/framing.ts";
import {
  parseRequestHead,
  type RequestHead,
  type RequestHeadLimits,
} from "../wire/request_head.ts";
import { parseTarget, type Target } from "./target.ts";

/** What a request head says; immutable. */
export interface ParsedRequest {
  /** The head itself. */
  readonly head: RequestHead;
  /** How its body is framed. */
  readonly framing: Framing;
  /** What it is about. */
  readonly target: Target;
  /** Whether the client waits for a 100 before it sends its body. */
  readonly awaitsContinue: boolean;
}

/** Parses and checks the head in `bytes[start, end)`, whose latin1 text is `text`. */
export function parseRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: string,
  limits: RequestHeadLimits,
  scheme: "http" | "https",
): ParsedRequest {
  const head = parseRequestHead(bytes, start, end, text, limits);
  const framing = requestFraming(head);
  const target = parseTarget(head, scheme);
  const awaitsContinue = expectsContinue(head.fields, head.minorVersion) && framing.kind !== "none";
  return { head, framing, target, awaitsContinue };
}

/** A window of bytes, as far as the memory needs it. */
interface Window {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Marks a head as used. */
  endHead(end: number): void;
}

/** Longer heads are not remembered, in bytes. */
const MAX_BYTES = 1024;

/** The last head of a connection. Its bytes are only kept once it came twice. */
export class HeadMemory {
  #text: string | undefined;
  #bytes: Uint8Array | undefined;
  #parsed: ParsedRequest | undefined;

  /** What was parsed last, if the window begins with the very same head, which is then consumed. */
  recall(window: Window): ParsedRequest | undefined {
    const known = this.#bytes;
    if (known === undefined) return undefined;
    const { bytes, start, end } = window;
    const { length } = known;
    if (end - start < length) return undefined;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== known[i]) return undefined;
    window.endHead(start + length);
    return this.#parsed;
  }

  /** Takes note of a head that was parsed. */
  learn(window: Window, end: number, text: string, parsed: ParsedRequest): void {
    if (text.length > MAX_BYTES) {
      this.#text = this.#bytes = this.#parsed = undefined;
    } else if (text === this.#text) {
      this.#bytes = window.bytes.slice(window.start, end);
      this.#parsed = parsed;
    } else {
      this.#text = text;
      this.#bytes = this.#parsed = undefined;
    }
  }
}
