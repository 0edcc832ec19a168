// A request head with everything that follows from it.

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
