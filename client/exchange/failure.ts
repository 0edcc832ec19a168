// What an error says of the request that it ended.

import {
  type ClientPhase,
  ClosedError,
  ConnectError,
  HttpError,
  TimeoutError,
} from "../../wire/errors.ts";
import { isIdempotent } from "../rules/idempotent.ts";

/** What moved for a request. */
export interface RequestTraffic {
  readonly bytesSent: number;
  /** Whether nothing of it can have reached the server. */
  readonly isUnsent: boolean;
  readonly bytesReceived: number;
}

/** What moved for a request that never came to a connection. */
export const NO_TRAFFIC: RequestTraffic = { bytesSent: 0, isUnsent: true, bytesReceived: 0 };

/** What is known of a request that failed. */
export interface FailedRequest {
  readonly url: string | undefined;
  readonly phase: ClientPhase;
  readonly traffic: RequestTraffic;
  readonly reused: boolean;
  readonly method: string;
}

/** Adds phase, counts and `safeToRetry` to an HttpError that has none yet; gives any other back as it is. */
export function describe(error: unknown, request: FailedRequest): unknown {
  if (!(error instanceof HttpError) || error.reused !== undefined) return error;
  error.url = request.url;
  error.phase = request.phase;
  error.bytesSent = request.traffic.bytesSent;
  error.bytesReceived = request.traffic.bytesReceived;
  error.reused = request.reused;
  error.safeToRetry ??= request.traffic.isUnsent || isIdempotent(request.method);
  return error;
}

/** What is known of the connection on which reading or writing failed. */
export interface BrokenConnection {
  readonly writeError: HttpError | undefined;
  readonly idleTimeoutMs: number;
  /** Whether anything of the response came. */
  readonly isAnswered: boolean;
}

/** The failure of an exchange, from what its reader met: a write that was too late comes first. */
export function failureOf(
  error: unknown,
  { writeError, idleTimeoutMs, isAnswered }: BrokenConnection,
): unknown {
  const late = writeError instanceof TimeoutError ? writeError : error;
  if (late instanceof TimeoutError && late.limit === undefined) {
    return new TimeoutError(late.phase, idleTimeoutMs, "idleTimeout");
  }
  return error instanceof ClosedError && !isAnswered ? lostUnanswered(error) : late;
}

/** The failure of a connection that broke before a byte of the response came. */
function lostUnanswered(error: ClosedError): HttpError {
  // It was closed for what the way to the server says, such as a certificate that is wanted.
  if (error.cause instanceof ConnectError) return error.cause;
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
