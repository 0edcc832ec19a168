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
  | "bad_multipart"
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
  /** With the code `file`: what could not be done with the file. */
  operation?: "read" | "write";
  /** Fields that belong into the answer of a server. */
  headers?: Record<string, string>;
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
  /** With the code `file`: what could not be done with the file, where that is known. */
  operation?: "read" | "write";
  /** Fields that belong into the answer of a server, such as `Allow` with the status 405. */
  headers?: Record<string, string>;
  /** Of a client's request: what was asked for, without user and password. */
  url?: string;
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
    this.operation = init.operation;
    this.headers = init.headers;
  }
}

/**
 * The peer broke HTTP/1.1 (RFC 9112); status 400, 417, 501, 502 or 505.
 *
 * @example A server that speaks something else
 * ```ts
 * import { get, ProtocolError } from "@eco/http/client";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const serving = listener.accept().then(async (conn) => {
 *   await conn.write(new TextEncoder().encode("220 mail.example.com ready\r\n\r\n"));
 *   conn.close();
 * });
 * const { port } = listener.addr as Deno.NetAddr;
 * const error = await assertRejects(() => get(`http://127.0.0.1:${port}/`), ProtocolError);
 * assertEquals(error.code, "bad_status_line");
 * await serving;
 * ```
 */
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

/**
 * Something that arrived is larger than an option allows; status 400, 413, 414 or 431.
 *
 * @example A response that is longer than expected
 * ```ts
 * import { get, LimitError } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send("0123456789"));
 * const { port } = server.addr as Deno.NetAddr;
 * const error = await assertRejects(
 *   () => get(`http://127.0.0.1:${port}/`, { maxBodyBytes: 5 }),
 *   LimitError,
 * );
 * assertEquals([error.limit, error.max], ["maxBodyBytes", 5]);
 * ```
 */
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

/**
 * A deadline passed; status 408.
 *
 * @example A server that does not answer
 * ```ts
 * import { get, TimeoutError } from "@eco/http/client";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * // Connections to it succeed, but nobody reads from them.
 * using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = silent.addr as Deno.NetAddr;
 * const error = await assertRejects(
 *   () => get(`http://127.0.0.1:${port}/`, { headTimeout: 0.1 }),
 *   TimeoutError,
 * );
 * assertEquals([error.phase, error.limit], ["wait", "headTimeout"]);
 * ```
 */
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
   * @param fault What was wrong, where it is not the length of the wait as such.
   */
  constructor(
    phase: TimeoutPhase,
    ms: number,
    option?: string,
    fault = `${phase} took more than ${ms / 1000} s`,
  ) {
    const allowed = option === undefined ? "" : ` allowed by "${option}"`;
    super(`Cannot wait any longer: ${fault}${allowed}`, {
      code: "timeout",
      status: 408,
    });
    this.phase = phase;
    this.limit = option;
  }
}

/**
 * The peer left in the middle of a message, or before it began one.
 *
 * @example A response that is cut
 * ```ts
 * import { ClosedError, get } from "@eco/http/client";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const serving = listener.accept().then(async (conn) => {
 *   await conn.read(new Uint8Array(1024));
 *   const head = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n";
 *   await conn.write(new TextEncoder().encode(`${head}0123456789`));
 *   conn.close();
 * });
 * const { port } = listener.addr as Deno.NetAddr;
 * const error = await assertRejects(() => get(`http://127.0.0.1:${port}/`), ClosedError);
 * assertEquals([error.received, error.expected], [10, 20]);
 * await serving;
 * ```
 */
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

/**
 * A client could not reach its server; its `code` says where it failed, its `cause` what the system said.
 *
 * @example A port where nobody listens
 * ```ts
 * import { ConnectError, get } from "@eco/http/client";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = listener.addr as Deno.NetAddr;
 * listener.close();
 * const error = await assertRejects(() => get(`http://127.0.0.1:${port}/`), ConnectError);
 * assertEquals([error.code, error.safeToRetry], ["connect", true]);
 * ```
 */
export class ConnectError extends HttpError {
  /** With the code `tls`: what of the server was not accepted, where it is that: its certificate, or its key. */
  readonly rejected: "certificate" | "pin" | undefined;

  /**
   * An error about a connection that could not be made.
   *
   * @param code Where it failed: resolving the name, connecting, the proxy, or the TLS handshake.
   * @param message What could not be done, and why.
   * @param options The cause, and what of the server was not accepted.
   */
  constructor(
    code: "dns" | "connect" | "tls" | "proxy",
    message: string,
    options: ErrorOptions & { rejected?: "certificate" | "pin" } = {},
  ) {
    super(message, { code, cause: options.cause, status: 502 });
    this.rejected = options.rejected;
  }
}
