// From errors to exit codes: curl's where it has one, so that scripts need not care. Pure.

import { type ConnectError, HttpError, LimitError } from "../../wire/errors.ts";
import type { HttpErrorCode } from "../../wire/errors.ts";
import { LocalError } from "../dial/local_error.ts";
import { Interrupted, OutputError, UsageError } from "./errors.ts";

const CODES: Partial<Record<HttpErrorCode, number>> = {
  refused: 22,
  dns: 6,
  connect: 7,
  timeout: 28,
  redirect: 47,
  bad_content: 61,
  unsupported_coding: 61,
  bad_status_line: 8,
  bad_version: 8,
  bad_field: 8,
  bad_framing: 56,
  bad_chunk: 56,
  handshake: 8,
  body: 26,
  checksum: 110,
};

const LIMITS: Record<string, number> = { maxBodyBytes: 63, maxDecodeRatio: 61, maxHeadBytes: 56 };
const TLS = { certificate: 60, pin: 90 };

/** What the command ends with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof Interrupted) return error.exitCode;
  if (error instanceof OutputError) return 23;
  if (!(error instanceof HttpError)) return 2;
  if (error instanceof LimitError) return LIMITS[error.limit] ?? 56;
  switch (error.code) {
    case "file":
      return error.operation === "write" ? 23 : 26;
    case "closed":
      return closedCode(error);
    case "connect":
    case "dns":
      return causes(error).some((it) => it instanceof LocalError) ? 45 : CODES[error.code]!;
    case "tls":
      return TLS[(error as ConnectError).rejected!] ?? 35;
    case "proxy":
      return proxyCode(error);
    default:
      return CODES[error.code] ?? 2;
  }
}

function closedCode(error: HttpError): number {
  const { phase, bytesReceived = 0 } = error;
  if (phase === "body") return 18;
  if (bytesReceived > 0) return 56;
  if (phase === "send") return 55;
  // A peer that resets the connection failed to answer; one that ends it had nothing to say.
  return causes(error).some((it) => (it as { code?: unknown }).code === "ECONNRESET") ? 56 : 52;
}

/** The way to a proxy has codes of its own, or those of any way. */
function proxyCode({ cause }: HttpError): number {
  if (!(cause instanceof HttpError)) return 97;
  if (cause.code === "dns") return 5;
  return cause.code === "connect" || cause.code === "tls" ? exitCodeOf(cause) : 97;
}

/** An error, and all that led to it. */
function causes(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const more: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...more].flatMap(causes)];
}
