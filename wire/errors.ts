// The errors that may escape this library when the network or the peer is at fault.
// Mistakes of the calling program are TypeError or RangeError and never one of these.
// `status` is what a server answers when such an error reaches it unhandled.

/** What went wrong, as a value that programs can compare. */
export type HttpErrorCode =
  | "bad_request_line"
  | "bad_status_line"
  | "bad_version"
  | "bad_target"
  | "bad_host"
  | "bad_field"
  | "bad_framing"
  | "bad_chunk"
  | "bad_expectation"
  | "unsupported_coding"
  | "limit"
  | "timeout"
  | "closed"
  | "file"
  | "refused"
  | "dns"
  | "connect"
  | "tls"
  | "proxy"
  | "handshake"
  | "redirect"
  | "bad_content"
  | "checksum"
  | "body";

/** The part of a client's request in which an error came up, in the order in which they pass. */
export type ClientPhase =
  | "queue"
  | "dns"
  | "connect"
  | "proxy"
  | "tls"
  | "send"
  | "wait"
  | "headers"
  | "body";

/** What an {@linkcode HttpError} is built from. */
export interface HttpErrorInit extends ErrorOptions {
  /** What went wrong. Default: `"refused"`, a request that the handler turns down. */
  code?: HttpErrorCode;
  /** The status that a server should answer, 400 to 599. */
  status?: number;
}

/**
 * The base of all errors of this library, and the way for a handler to answer with a status: thrown
 * out of a handler before anything was sent, its `status` is what the client gets.
 *
 * @example Refuse a request
 * ```ts
 * import { HttpError } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new HttpError("Cannot open the vault: no key given", { status: 403 });
 * assertEquals(error.status, 403);
 * ```
 */
export class HttpError extends Error {
  /** What went wrong, for programs. */
  readonly code: HttpErrorCode;
  /** The status that a server answers, where there is one. */
  readonly status: number | undefined;
  /** Of a client's request: the part of it that failed. */
  phase?: ClientPhase | TimeoutPhase;
  /** Of a client's request: its bytes that the socket had accepted, of the last attempt. */
  bytesSent?: number;
  /** Of a client's request: bytes of the response that had arrived. */
  bytesReceived?: number;
  /** Of a client's request: whether its connection had served another one before. */
  reused?: boolean;
  /**
   * Of a client's request: whether it may be sent again without any risk that the server acts on it
   * twice: either none of it was sent, or its method is idempotent (RFC 9110 9.2.2).
   */
  safeToRetry?: boolean;

  /**
   * An error with a code and perhaps a status.
   *
   * @param message What could not be done, and why.
   * @param init Code, status and cause.
   */
  constructor(message: string, init: HttpErrorInit = {}) {
    super(message, init);
    this.name = new.target.name;
    this.code = init.code ?? "refused";
    this.status = init.status;
  }
}

/** The peer broke HTTP/1.1; status 400, 417, 501 or 505. */
export class ProtocolError extends HttpError {
  /**
   * An error about a broken rule.
   *
   * @param code Which rule was broken.
   * @param message What was found where.
   * @param status What a server answers. Default: 400.
   */
  constructor(code: HttpErrorCode, message: string, status = 400) {
    super(message, { code, status });
  }
}

/** Something that arrived is larger than an option allows; status 400, 413, 414 or 431. */
export class LimitError extends HttpError {
  /** Name of the option that set the limit. */
  readonly limit: string;
  /** The value of that option. */
  readonly max: number;

  /**
   * An error about a limit that was exceeded.
   *
   * @param limit Name of the option.
   * @param max Its value.
   * @param status What a server answers.
   */
  constructor(limit: string, max: number, status: number) {
    super(`Cannot accept message: more than ${max} allowed by "${limit}"`, {
      code: "limit",
      status,
    });
    this.limit = limit;
    this.max = max;
  }
}

/** In which part of an exchange a deadline passed; of a server's, or of a client's. */
export type TimeoutPhase = ClientPhase | "idle" | "head" | "write" | "linger";

/** A deadline passed; status 408. */
export class TimeoutError extends HttpError {
  /** Which wait was too long. */
  override phase: TimeoutPhase;
  /** Name of the option that set the deadline, for a client's request. */
  readonly limit: string | undefined;

  /**
   * An error about a wait that took too long.
   *
   * @param phase Which wait was too long.
   * @param ms How long it was allowed to take, in milliseconds.
   * @param option Name of the option that says so.
   */
  constructor(phase: TimeoutPhase, ms: number, option?: string) {
    const allowed = option === undefined ? "" : ` allowed by "${option}"`;
    super(`Cannot wait any longer: ${phase} took more than ${ms / 1000} s${allowed}`, {
      code: "timeout",
      status: 408,
    });
    this.phase = phase;
    this.limit = option;
  }
}

/** The peer left in the middle of a message. */
export class ClosedError extends HttpError {
  /** Bytes of the message that did arrive. */
  readonly received: number;
  /** Bytes that it should have had, where that was announced. */
  readonly expected: number | undefined;

  /**
   * An error about a connection that ended early.
   *
   * @param message What could not be done, and why.
   * @param init How far it got, and the cause.
   */
  constructor(
    message: string,
    init: ErrorOptions & { received?: number; expected?: number } = {},
  ) {
    super(message, { code: "closed", cause: init.cause, status: 400 });
    this.received = init.received ?? 0;
    this.expected = init.expected;
  }
}

/** A client could not reach its server. */
export class ConnectError extends HttpError {
  /**
   * An error about a connection that could not be made.
   *
   * @param code Where it failed: resolving the name, connecting, the proxy, or the TLS handshake.
   * @param message What could not be done, and why.
   * @param options The cause.
   */
  constructor(
    code: "dns" | "connect" | "tls" | "proxy",
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, { code, cause: options.cause, status: 502 });
  }
}
