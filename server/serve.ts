// `serve`: a server in Fetch's terms, with the calls of `Deno.serve`.

import { printError } from "./error_context.ts";
import type { ListenOptions } from "./bind.ts";
import { type ErrorHandler, fetchHandler, type ServeHandler } from "./fetch/fetch_handler.ts";
import { passOnHot } from "./hot/hot_handlers.ts";
import { type Server, startServer } from "./listen.ts";

/** Options of `serve`: those of `Deno.serve`, and every limit and deadline of `listen`. */
export interface ServeOptions<Addr extends Deno.Addr = Deno.NetAddr>
  extends Omit<ListenOptions, "onError"> {
  /** Port; 0 lets the system choose one. Default: 8000. */
  port?: number;
  /** Address to listen on, or the name of one. Default: `"0.0.0.0"`, all IPv4 addresses. */
  hostname?: string;
  /** `"unix"` goes with the option `path`. Default: `"tcp"`. */
  transport?: "tcp" | "unix";
  /** Ends the server at once when it aborts; requests under way are cut, as by `server.close()`. */
  signal?: AbortSignal;
  /** Called when the server listens, before `serve` returns. Default: prints the address to stderr. */
  onListen?: (addr: Addr) => void;
  /**
   * Whether responses are compressed, as `br` or `gzip`, for clients that accept that: those of types that become
   * shorter, without a coding of their own or `Cache-Control: no-transform`, that are not known to be shorter than
   * 64 bytes. Default: false.
   */
  automaticCompression?: boolean;
  /**
   * Hears of every error of the handler, and may give the Response to answer with, as long as nothing of another
   * one was sent. Without one the answer is the status of an HttpError, or 500. Hears also of requests that were
   * refused before there was a handler, and of the server's own errors (`context.source`): these it cannot answer.
   * Default: prints to `console.error`, except for what the client caused.
   */
  onError?: ErrorHandler;
}

/** Options of `serve` for a unix socket. */
export interface ServeUnixOptions extends ServeOptions<Deno.UnixAddr> {
  /** Path of the socket. It is removed when the server ends. */
  path: string;
}

/** Options of `serve` that hold the handler, too. */
export interface ServeInit<Addr extends Deno.Addr = Deno.NetAddr> {
  /** Called for each request. */
  handler: ServeHandler<Addr>;
}

const DEFAULT_PORT = 8000;

/**
 * Serves HTTP/1.1 by a handler in the terms of the Fetch standard, called as `Deno.serve` is: an application that
 * was written for that, or for a framework of web standards, runs unchanged.
 *
 * @example Answer every request
 * ```ts
 * import { serve } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = serve((request) => {
 *   const { pathname } = new URL(request.url);
 *   return new Response(`You asked for ${pathname}`);
 * }, { port: 0, onListen() {} });
 * const response = await fetch(`http://127.0.0.1:${server.addr.port}/tea`);
 * assertEquals(await response.text(), "You asked for /tea");
 * ```
 *
 * @param handler Called for each request.
 * @param options Where to listen, limits and deadlines.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 * @throws {Deno.errors.AddrInUse} if the port is taken, or another error of `Deno.listen`.
 */
export function serve(handler: ServeHandler, options?: ServeOptions): Server<Deno.NetAddr>;
/**
 * Serves on a unix socket.
 *
 * @param options The path of the socket, limits and deadlines.
 * @param handler Called for each request.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 */
export function serve(
  options: ServeUnixOptions,
  handler: ServeHandler<Deno.UnixAddr>,
): Server<Deno.UnixAddr>;
/**
 * Serves on a TCP port; with the options `cert` and `key` over TLS.
 *
 * @param options Where to listen, limits and deadlines.
 * @param handler Called for each request.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 * @throws {Deno.errors.AddrInUse} if the port is taken, or another error of `Deno.listen`.
 */
export function serve(options: ServeOptions, handler: ServeHandler): Server<Deno.NetAddr>;
/**
 * Serves on a unix socket.
 *
 * @param options The handler, and the path of the socket, limits and deadlines.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 */
export function serve(
  options: ServeUnixOptions & ServeInit<Deno.UnixAddr>,
): Server<Deno.UnixAddr>;
/**
 * Serves on a TCP port; with the options `cert` and `key` over TLS.
 *
 * @param options The handler, and where to listen, limits and deadlines.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 * @throws {Deno.errors.AddrInUse} if the port is taken, or another error of `Deno.listen`.
 */
export function serve(options: ServeOptions & ServeInit): Server<Deno.NetAddr>;
// deno-lint-ignore no-explicit-any -- of the overloads, each says which
export function serve(first: unknown, second?: unknown): Server<any> {
  const { handler, options } = sortArguments(first, second);
  const { port = DEFAULT_PORT, hostname, signal, onListen, onError, ...others } = options;
  const { automaticCompression = false, transport: _, ...rest } = others;
  const portNumber = checkPort(port);
  checkPlace(options);
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse("signal", "an AbortSignal");
  if (typeof automaticCompression !== "boolean") refuse("automaticCompression", "true or false");
  if (onListen !== undefined && typeof onListen !== "function") refuse("onListen", "a function");
  const listenOptions = {
    ...rest,
    ...(onError && { onError: onError as ListenOptions["onError"] }),
  };
  const answer = fetchHandler(handler, onError ?? printError, automaticCompression);
  // What is compressed on its way is not in memory as it is sent.
  if (!automaticCompression) passOnHot(handler, answer);
  const server = startServer<Deno.NetAddr>(hostname, portNumber, listenOptions, answer);
  if (signal !== undefined) closeOnAbort(server, signal);
  try {
    (onListen ?? announcer("cert" in rest))(server.addr);
  } catch (error) {
    server.close();
    throw error;
  }
  return server;
}

/** Ends a server with a signal, which does not know of it any longer than it lives. */
function closeOnAbort(server: Server<Deno.NetAddr>, signal: AbortSignal): void {
  if (signal.aborted) return server.close();
  const close = (): void => server.close();
  signal.addEventListener("abort", close, { once: true });
  server.finished.then(() => signal.removeEventListener("abort", close));
}

function sortArguments(
  first: unknown,
  second: unknown,
): { handler: ServeHandler; options: ServeOptions } {
  const [handler, options] = typeof first === "function" ? [first, second ?? {}] : [second, first];
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot serve: the arguments are (handler, options) or (options, handler)");
  }
  const { handler: own, ...others } = options as ServeOptions & Partial<ServeInit>;
  const chosen = handler ?? own;
  if (typeof chosen !== "function") throw new TypeError("Cannot serve: no handler was given");
  return { handler: chosen as ServeHandler, options: others };
}

/** Text, as from the environment, is taken as Deno.serve takes it. */
function checkPort(port: unknown): number {
  const number = typeof port === "string" && /^\d+$/.test(port) ? Number(port) : port;
  if (!(Number.isInteger(number) && number as number >= 0 && number as number <= 65535)) {
    refuse("port", "a whole number from 0 to 65535");
  }
  return number as number;
}

function checkPlace({ hostname, transport, path }: ServeOptions): void {
  if (hostname !== undefined && typeof hostname !== "string") refuse("hostname", "a text");
  if (transport !== undefined && transport !== "tcp" && transport !== "unix") {
    refuse("transport", '"tcp" or "unix"');
  }
  const wanted = path === undefined ? "tcp" : "unix";
  if (transport !== undefined && transport !== wanted) {
    throw new TypeError(
      `Cannot serve: option "transport" is "${transport}", but "path" is ${
        path === undefined ? "not " : ""
      }given`,
    );
  }
}

function refuse(option: string, wanted: string): never {
  throw new TypeError(`Cannot serve: option "${option}" is not ${wanted}`);
}

/** Says where a server listens. */
function announcer(isSecure: boolean): (addr: Deno.Addr) => void {
  const scheme = isSecure ? "https" : "http";
  return (addr) => {
    if (!("port" in addr)) return console.error(`Listening on ${(addr as Deno.UnixAddr).path}`);
    const { hostname, port } = addr as Deno.NetAddr;
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    const isAny = hostname === "0.0.0.0" || hostname === "::";
    const local = isAny ? ` (${scheme}://localhost:${port}/)` : "";
    console.error(`Listening on ${scheme}://${host}:${port}/${local}`);
  };
}
