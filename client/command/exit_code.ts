// From errors to exit codes: curl's where it has one, so that scripts need not care. Pure.

import { HttpError, LimitError } from "../../wire/errors.ts";
import type { HttpErrorCode } from "../../wire/errors.ts";
import { UsageError } from "./usage.ts";

/** A signal that ended the command. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  /** As shells report processes that a signal ended. */
  readonly exitCode: number;

  constructor(signal: Deno.Signal, number: number) {
    super(`Cannot go on: ${signal}`);
    this.exitCode = 128 + number;
  }
}

/** The body cannot be printed. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

const CODES: Partial<Record<HttpErrorCode, number>> = {
  refused: 22,
  dns: 6,
  connect: 7,
  tls: 35,
  proxy: 97,
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

/** What the command ends with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof Interrupted) return error.exitCode;
  if (error instanceof OutputError) return 23;
  if (!(error instanceof HttpError)) return 2;
  if (error instanceof LimitError) return LIMITS[error.limit] ?? 56;
  switch (error.code) {
    case "file":
      return error.message.startsWith("Cannot write") ? 23 : 26;
    case "closed":
      return closedCode(error);
    case "tls":
      return tlsCode(error);
    case "proxy":
      return proxyCode(error);
    default:
      return CODES[error.code] ?? 2;
  }
}

function closedCode({ phase, bytesReceived = 0 }: HttpError): number {
  if (phase === "body") return 18;
  if (bytesReceived > 0) return 56;
  return phase === "send" ? 55 : 52;
}

/** The way to a proxy has codes of its own, or those of any way. */
function proxyCode({ cause }: HttpError): number {
  if (!(cause instanceof HttpError)) return 97;
  if (cause.code === "dns") return 5;
  return cause.code === "connect" || cause.code === "tls" ? exitCodeOf(cause) : 97;
}

function tlsCode(error: HttpError): number {
  if (/ option "pin" /.test(error.message)) return 90;
  return isAboutCertificate(error) ? 60 : 35;
}

/** Whether the handshake failed for what the server is, and not for how it speaks. */
function isAboutCertificate(error: HttpError): boolean {
  for (let it: unknown = error; it instanceof Error; it = it.cause) {
    if (/certificate|UnknownIssuer|CERT_|SELF_SIGNED|ALTNAME/i.test(it.message)) {
      return true;
    }
    if (/CERT|ALTNAME/.test((it as { code?: string }).code ?? "")) return true;
  }
  return false;
}
