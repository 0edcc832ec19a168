// Status codes of closing (RFC 6455 7.4): which may be sent, and which tells of an error in what arrived; and what
// the application is told of such an error. Pure.

import { encoder } from "../../wire/bytes.ts";
import { HttpError, LimitError } from "../../wire/errors.ts";

/** The longest reason, in bytes: control frames have 125, of which the code takes two. */
const MAX_REASON_BYTES = 123;

/** Whether a code may stand in a frame; those that only an interface may show, and the unassigned, may not. */
export function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code <= 4999);
}

/**
 * Checks the arguments of `close`. Throws the exceptions of the standard; the codes 1001 to 1014, which that
 * keeps from scripts of pages, are a server's to send.
 */
export function checkClose(code: number | undefined, reason: string): void {
  if (code !== undefined && !isCloseCode(code)) {
    throw new DOMException(
      `Cannot close WebSocket: code ${code} is none that may be sent`,
      "InvalidAccessError",
    );
  }
  if (encoder.encode(reason).length > MAX_REASON_BYTES) {
    throw new DOMException(
      `Cannot close WebSocket: the reason has more than ${MAX_REASON_BYTES} bytes`,
      "SyntaxError",
    );
  }
}

/** What the application hears of an error of the library's: of limits in our terms. */
export function failureOf(error: unknown, maxMessageBytes: number, maxFragments: number): unknown {
  switch (closeCodeOf(error)) {
    case 1009:
      return new LimitError("maxMessageBytes", maxMessageBytes, 413);
    case 1008: {
      const message = `Cannot accept message: more than ${maxFragments} fragments`;
      return new HttpError(message, { code: "limit", status: 413 });
    }
  }
  return error;
}

/** What to close with when the library refuses what arrived; it names the errors. */
export function closeCodeOf(error: unknown): number {
  const name = (error as { code?: unknown } | null)?.code;
  switch (name) {
    case "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH":
    case "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH":
      return 1009;
    case "WS_ERR_TOO_MANY_BUFFERED_PARTS":
      return 1008;
    case "WS_ERR_INVALID_UTF8":
      return 1007;
  }
  // The others are of zlib: "MUST _Fail the WebSocket Connection_" (RFC 7692 7.2.2).
  return typeof name === "string" && name.startsWith("WS_ERR_") ? 1002 : 1007;
}
