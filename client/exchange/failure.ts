// What an error says of the request that it ended.

import { type ClientPhase, ClosedError, HttpError } from "../../wire/errors.ts";
import { isIdempotent } from "../rules/retry.ts";

/** What is known of a request that failed. */
export interface FailedRequest {
  readonly phase: ClientPhase;
  readonly bytesSent: number;
  /** Whether nothing of it can have reached the server. */
  readonly isUnsent: boolean;
  readonly bytesReceived: number;
  readonly reused: boolean;
  readonly method: string;
}

/** Adds phase, counts and `safeToRetry` to an HttpError that has none yet; gives any other back as it is. */
export function describe(error: unknown, request: FailedRequest): unknown {
  if (!(error instanceof HttpError) || error.safeToRetry !== undefined) return error;
  error.phase = request.phase;
  error.bytesSent = request.bytesSent;
  error.bytesReceived = request.bytesReceived;
  error.reused = request.reused;
  error.safeToRetry = request.isUnsent || isIdempotent(request.method);
  return error;
}

/** The failure of a connection that broke before a byte of the response came. */
export function lostUnanswered(error: unknown): ClosedError {
  return new ClosedError(
    "Cannot read response: the connection was lost before the server answered",
    { cause: error instanceof Error ? error.cause : error },
  );
}

/** The failure of a response whose head does not come, after so many bytes of it. */
export function endedEarly(received: number): ClosedError {
  return new ClosedError(
    received === 0
      ? "Cannot read response: the server closed the connection before it answered"
      : `Cannot read response: the server closed the connection after ${received} bytes of it`,
    { received },
  );
}
