// Every option of the server, with its default, in one table; and their checked form, in
// milliseconds and bytes, that the rest of the server works with.

import { type MultipartLimits, resolveLimits } from "../multipart/parse/limits.ts";
import { type ErrorContext, printTrouble } from "./error_context.ts";
import {
  type FileOptions,
  type FolderSettings,
  resolveFolderOptions,
} from "./files/file_options.ts";

/** Limits, deadlines and switches of a server. Sizes are bytes, times are seconds. */
export interface ServerOptions {
  /** Folder that `con.serveFile` serves. Default: `"."`, the working directory. */
  docroot?: string;
  /** File served for a folder. Default: `"index.html"`. */
  index?: string;
  /** Whether `con.serveFile` prefers a `.gz` sibling for clients that accept gzip. Default: false. */
  gzip?: boolean;
  /** What else `con.serveFile` sends for which files, and how. Default: those of `FileOptions`. */
  files?: FileOptions;
  /**
   * Longest wait for the next request on a connection, in seconds. Default: 30. 0: no keep-alive,
   * each connection serves one request. When it passes the connection closes.
   */
  httpKeepalive?: number;
  /** TLS certificate chain, as PEM text or as the path of a PEM file; needs `key`. */
  cert?: string;
  /** TLS private key, as PEM text or as the path of a PEM file; needs `cert`. */
  key?: string;
  /**
   * Longest request head accepted, in bytes. Default: 32768. Does not limit the body. Beyond it:
   * LimitError, status 431 (414 when it is the request line).
   */
  maxHeadBytes?: number;
  /** Most header fields in a request. Default: 128. Beyond it: LimitError, status 431. */
  maxFields?: number;
  /** Longest request target, in bytes. Default: 8192. Beyond it: LimitError, status 414. */
  maxTargetBytes?: number;
  /**
   * Longest request body, in bytes, counted without the chunked coding. Default: Infinity, since
   * bodies are streamed. Beyond it: LimitError, status 413.
   */
  maxBodyBytes?: number;
  /**
   * Longest body collected whole, by `con.readBody()` without a count, `con.readText()`, and the methods of
   * the Request that `serve` gives, as `text()` and `formData()`, in bytes. Default: 16 MiB. Does not limit a body
   * read piece by piece, nor copies of a Request. Beyond it: LimitError, 413.
   */
  maxBufferedBody?: number;
  /**
   * Longest chunk line (size and extensions) of a chunked body, in bytes. Default: 4096. All the
   * extensions of one body together may have four times as many. Beyond it: LimitError, status 400.
   */
  maxChunkLineBytes?: number;
  /** Longest trailer section, in bytes. Default: 16384. Beyond it: LimitError, status 400. */
  maxTrailerBytes?: number;
  /**
   * Limits on forms that `con.readFormData` reads. Default: those of `MultipartLimits`, such as 1000 parts.
   * Beyond them: LimitError, mostly status 413.
   */
  multipart?: MultipartLimits;
  /** Most connections at a time. Default: Infinity. The rest wait in the system's backlog. */
  maxConnections?: number;
  /**
   * Longest TLS handshake, in seconds. Default: 10. 0: none. When it passes: close. Deno 2.9.6 keeps the
   * descriptor of a connection closed during its handshake until the client leaves, too.
   */
  tlsTimeout?: number;
  /**
   * Longest time from the first byte of a request head to its last, however it drips, in seconds.
   * Default: 15. 0: none. When it passes: 408 and close.
   */
  headTimeout?: number;
  /**
   * Longest wait for the next bytes of a request body, in seconds. Default: 60. 0: none. When it
   * passes: TimeoutError, status 408.
   */
  bodyTimeout?: number;
  /**
   * Longest wait for the socket to accept more of a response, in seconds. Default: 60. 0: none.
   * When it passes the connection closes.
   */
  writeTimeout?: number;
  /**
   * How much of a request body that the handler left unread is read and dropped to keep the
   * connection, in bytes. Default: 262144. Beyond it the connection closes.
   */
  lingerBytes?: number;
  /**
   * How long that may take, and how long a closing connection waits for the client to have read the
   * answer, in seconds. Default: 5. 0: close at once. When it passes: close.
   */
  lingerTimeout?: number;
  /**
   * Hears of every error that a handler throws, of requests that were refused before a handler was
   * called, and of the server's own errors. Default: prints to `console.error`, except for what the
   * client caused (refused requests, and an HttpError with a status below 500). Never to the client.
   */
  onError?: (error: unknown, context: ErrorContext) => void;
}

/** The checked options: every one set, times in milliseconds. */
export interface Settings {
  readonly files: FolderSettings;
  readonly keepaliveMs: number;
  readonly maxHeadBytes: number;
  readonly maxFields: number;
  readonly maxTargetBytes: number;
  readonly maxBodyBytes: number;
  readonly maxBufferedBody: number;
  readonly maxChunkLineBytes: number;
  readonly maxTrailerBytes: number;
  readonly multipart: Required<MultipartLimits>;
  readonly maxConnections: number;
  readonly tlsMs: number;
  readonly headMs: number;
  readonly bodyMs: number;
  readonly writeMs: number;
  readonly lingerBytes: number;
  readonly lingerMs: number;
  readonly onError: (error: unknown, context: ErrorContext) => void;
}

/** Checks options and fills in the defaults. Throws TypeError or RangeError naming the option. */
export function resolveOptions(options: ServerOptions, onError: Settings["onError"]): Settings {
  const size = (name: keyof ServerOptions, byDefault: number, least = 0): number => {
    const value = options[name] ?? byDefault;
    if (typeof value !== "number") {
      throw new TypeError(`Cannot listen: option "${name}" is not a number`);
    }
    if (!(value >= least) || (Number.isFinite(value) && !Number.isInteger(value))) {
      throw new RangeError(
        `Cannot listen: option "${name}" is ${value}, not a whole number of ${least} or more`,
      );
    }
    return value;
  };
  const ms = (name: keyof ServerOptions, byDefault: number): number => {
    const value = options[name] ?? byDefault;
    if (typeof value !== "number") {
      throw new TypeError(`Cannot listen: option "${name}" is not a number`);
    }
    if (!(value >= 0)) {
      throw new RangeError(`Cannot listen: option "${name}" is ${value}, not 0 or more seconds`);
    }
    return value * 1000;
  };
  if (options.onError !== undefined && typeof options.onError !== "function") {
    throw new TypeError(`Cannot listen: option "onError" is not a function`);
  }
  return {
    files: resolveFiles(options),
    keepaliveMs: ms("httpKeepalive", 30),
    maxHeadBytes: size("maxHeadBytes", 32768, 16),
    maxFields: size("maxFields", 128),
    maxTargetBytes: size("maxTargetBytes", 8192, 1),
    maxBodyBytes: size("maxBodyBytes", Infinity),
    maxBufferedBody: size("maxBufferedBody", 16 * 1024 * 1024),
    maxChunkLineBytes: size("maxChunkLineBytes", 4096, 1),
    maxTrailerBytes: size("maxTrailerBytes", 16384),
    multipart: resolveMultipart(options.multipart),
    maxConnections: size("maxConnections", Infinity, 1),
    tlsMs: ms("tlsTimeout", 10),
    headMs: ms("headTimeout", 15),
    bodyMs: ms("bodyTimeout", 60),
    writeMs: ms("writeTimeout", 60),
    lingerBytes: size("lingerBytes", 256 * 1024),
    lingerMs: ms("lingerTimeout", 5),
    onError: guard(options.onError ?? onError),
  };
}

/** The options of the folder, which are among those of the server and in `files`. */
function resolveFiles({ docroot, index, gzip, files = {} }: ServerOptions): FolderSettings {
  if (typeof files !== "object" || files === null) {
    throw new TypeError('Cannot listen: option "files" is not an object');
  }
  const wrong = ["docroot", "index", "gzip"].find((name) => name in files);
  if (wrong !== undefined) throw new TypeError(`Cannot listen: no option "files.${wrong}"`);
  return resolveFolderOptions({ ...files, docroot, index, gzip }, "listen", "files.");
}

/** The limits on forms, checked as those of the parser are. */
function resolveMultipart(limits: unknown = {}): Required<MultipartLimits> {
  if (typeof limits !== "object" || limits === null) {
    throw new TypeError('Cannot listen: option "multipart" is not an object with limits');
  }
  return resolveLimits(limits);
}

/** A reporter of errors that fails, now or later, must not take the server down. */
function guard(onError: (error: unknown, context: ErrorContext) => unknown): Settings["onError"] {
  const fail = (second: unknown): void => printTrouble("Error in onError:", second);
  return (error, context) => {
    try {
      const told = onError(error, context);
      if (told instanceof Promise) told.catch(fail);
    } catch (second) {
      fail(second);
    }
  };
}
