// What is said of a file that cannot be used. Pure.

import { HttpError } from "../wire/errors.ts";

/** An error of the code `file`; `cause`: what the system threw, where it did. */
export function fileError(
  operation: "read" | "write",
  message: string,
  cause?: unknown,
): HttpError {
  const init = { code: "file", operation } as const;
  return new HttpError(message, cause === undefined ? init : { ...init, cause });
}

/** The system's own words, without its number and the path that may follow it. */
export function systemReason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/ \(os error \d+\).*$/s, "");
}
