// Binding, accepting and shutting down: what a Server is. Connections are served by
// serve_connection.ts; here they are only counted, and ended when the server ends.

import { Channel, type ChannelHost, type Counters } from "./channel.ts";
import { printError } from "./error_context.ts";
import type { Folder } from "./files/folder.ts";
import { Guests } from "./guests.ts";
import { hotAnswersOf } from "./hot/hot_handlers.ts";
import { bind, type Listener, type ListenOptions } from "./bind.ts";
import { resolveOptions, type Settings } from "./options.ts";
import { makeFolder } from "./served_folder.ts";
import { type Handler, serveConnection } from "./serve_connection.ts";
import { codeOf } from "./system_code.ts";

/** What a server is doing. */
export interface ServerStats {
  /** Connections open now. */
  readonly connections: number;
  /** Of these, waiting for a request. */
  readonly idle: number;
  /** Of these, with a request under way, from the first byte of its head. */
  readonly active: number;
  /** Of these, closing: waiting for the client to have read the answer. */
  readonly lingering: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Requests received so far. */
  readonly requests: number;
  /** Files open now to be sent. */
  readonly openFiles: number;
  /** WebSockets open now; they are not among the connections. */
  readonly webSockets: number;
  /** Bytes read from connections so far. */
  readonly bytesRead: number;
  /** Bytes written to connections so far. */
  readonly bytesWritten: number;
}

/** How a shutdown went. */
export interface ShutdownReport {
  /** Connections that had a request under way and could complete it. */
  readonly drained: number;
  /** Connections that were cut because they took too long. */
  readonly cut: number;
}

/** How a server shuts down. */
export interface ShutdownOptions {
  /** Longest wait for requests under way, in seconds. Default: 30. 0: cut them at once. */
  timeout?: number;
}

const MIN_BACKOFF_MS = 5;
const MAX_BACKOFF_MS = 1000;

/**
 * A listening server, as `listen` returns it.
 *
 * @example End it gently
 * ```ts
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * const server = listen("127.0.0.1", 0, (con) => con.send("hello"));
 * assertEquals(server.stats().connections, 0);
 * assertEquals(await server.shutdown({ timeout: 5 }), { drained: 0, cut: 0 });
 * await server.finished;
 * ```
 */
export class Server<Addr extends Deno.Addr = Deno.Addr> {
  /** Resolves when the server has ended: nothing is accepted and no connection is open. */
  readonly finished: Promise<void>;
  readonly #listener: Listener;
  readonly #settings: Settings;
  readonly #handler: Handler;
  readonly #host: ChannelHost;
  readonly #counters: Counters = {
    accepted: 0,
    requests: 0,
    openFiles: 0,
    bytesRead: 0,
    bytesWritten: 0,
  };
  readonly #channels = new Set<Channel>();
  readonly #guests = new Guests(() => this.#onEnd?.());
  #closing = false;
  /** Connections that `close` ended while a request was under way. */
  #cut = 0;
  #referenced = true;
  /** Called when a connection has ended: by whoever waits for that. */
  #onEnd: (() => void) | undefined;
  #wake: (() => void) | undefined;
  #report: Promise<ShutdownReport> | undefined;

  /** @ignore Servers are made by `listen`. */
  constructor(listener: Listener, settings: Settings, folder: Folder, handler: Handler) {
    this.#listener = listener;
    this.#settings = settings;
    this.#handler = handler;
    const draining = () => this.#closing;
    this.#host = {
      settings,
      folder,
      hot: hotAnswersOf(handler),
      counters: this.#counters,
      guests: this.#guests,
      onCut: (channel) => this.#ended(channel),
      get draining() {
        return draining();
      },
      scheme: listener.scheme,
    };
    this.finished = this.#accept();
  }

  /** The address that it listens on; with the real port where 0 was asked for. */
  get addr(): Addr {
    return this.#listener.addr as Addr;
  }

  /** Counts of what is going on and what went on. */
  stats(): ServerStats {
    const count = { idle: 0, active: 0, lingering: 0 };
    let { bytesRead, bytesWritten } = this.#counters;
    for (const { state, reader, writer } of this.#channels) {
      if (state === "idle" || state === "handshake") count.idle++;
      else if (state === "lingering") count.lingering++;
      else count.active++;
      bytesRead += reader.bytesRead;
      bytesWritten += writer.bytesWritten;
    }
    const { accepted, requests, openFiles } = this.#counters;
    const connections = this.#channels.size;
    const webSockets = this.#guests.count;
    const sums = { accepted, requests, openFiles, webSockets, bytesRead, bytesWritten };
    return { connections, ...count, ...sums };
  }

  /**
   * Ends the server gently: accepts nothing more, closes idle connections, lets requests under way
   * complete and cuts those that take too long. WebSockets are closed with code 1001. A second call gets the first one's report.
   *
   * @param options How long to wait.
   */
  shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport & void> {
    const timeout = options.timeout ?? 30;
    if (!(timeout >= 0)) throw new RangeError(`Cannot shut down: timeout is ${timeout}`);
    // Whoever has the server as a `Deno.HttpServer` expects nothing to be resolved with.
    return (this.#report ??= this.#drain(timeout * 1000)) as Promise<ShutdownReport & void>;
  }

  async #drain(timeoutMs: number): Promise<ShutdownReport> {
    this.#stopAccepting();
    let underWay = this.#guests.count;
    this.#guests.goAway();
    for (const channel of [...this.#channels]) {
      channel.onShutdown?.();
      if (isUnderWay(channel)) underWay++;
      else if (channel.state !== "lingering") channel.close();
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      if (Number.isFinite(timeoutMs)) timer = setTimeout(resolve, Math.min(timeoutMs, 2 ** 31 - 1));
    });
    await Promise.race([this.finished, late]);
    clearTimeout(timer);
    this.close();
    await this.finished;
    return { drained: underWay - this.#cut, cut: this.#cut };
  }

  /** Ends the server at once: requests under way are cut. `finished` tells when it has ended. */
  close(): void {
    this.#stopAccepting();
    this.#cut += this.#guests.cut();
    for (const channel of [...this.#channels]) {
      if (isUnderWay(channel)) this.#cut++;
      channel.close();
    }
  }

  /** Lets the server keep the process alive, which is the default. */
  ref(): void {
    this.#reference(true);
  }

  /** Lets the process end although the server listens. */
  unref(): void {
    this.#reference(false);
  }

  #reference(referenced: boolean): void {
    this.#referenced = referenced;
    const call = referenced ? "ref" : "unref";
    this.#listener[call]();
    for (const { conn } of this.#channels) conn[call]();
  }

  /** Shuts down, so that `await using` ends the server with its block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #stopAccepting(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#listener.close();
    this.#wake?.();
  }

  async #accept(): Promise<void> {
    let backoffMs = 0;
    while (!this.#closing) {
      if (this.#channels.size >= this.#settings.maxConnections) await this.#connectionEnds();
      if (this.#closing) break;
      try {
        this.#serve(await this.#listener.accept());
        backoffMs = 0;
      } catch (error) {
        if (this.#closing) break;
        // The connection was gone before it was accepted: clients come and go, the next one shall not wait for it.
        if (isOfConnection(error)) continue;
        // Out of descriptors, most likely: trying again at once would only burn the processor.
        this.#settings.onError(error, { source: "accept" });
        backoffMs = Math.min(MAX_BACKOFF_MS, Math.max(MIN_BACKOFF_MS, backoffMs * 2));
        await this.#pause(backoffMs);
      }
    }
    while (this.#channels.size + this.#guests.count > 0) await this.#connectionEnds();
  }

  #serve(conn: Channel["conn"]): void {
    setNoDelay(conn);
    if (!this.#referenced) conn.unref();
    const channel = new Channel(conn, this.#host);
    this.#counters.accepted++;
    this.#channels.add(channel);
    serveConnection(channel, this.#handler).then(() => this.#ended(channel));
  }

  #ended(channel: Channel): void {
    this.#channels.delete(channel);
    this.#onEnd?.();
  }

  #connectionEnds(): Promise<void> {
    return new Promise((resolve) => this.#onEnd = this.#wake = resolve);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What becomes of single connections. */
const OF_CONNECTION: ReadonlySet<string | undefined> = new Set(
  "ENOTCONN ECONNABORTED ECONNRESET EPROTO EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH".split(" "),
);

/** Whether an error of accepting is about the one connection, and the listener is as good as before. */
function isOfConnection(error: unknown): boolean {
  return OF_CONNECTION.has(codeOf(error));
}

/** Whether a request has begun to arrive, or a response is not all sent. */
function isUnderWay({ state, writer }: Channel): boolean {
  return state === "head" || state === "handler" || state === "finishing" ||
    (state === "idle" && (writer.writing || writer.pending > 0));
}

/** Lets small writes leave at once. */
function setNoDelay(conn: Channel["conn"]): void {
  try {
    if ("setNoDelay" in conn) conn.setNoDelay(true);
  } catch {
    // The peer has left already, as the first read will tell.
  }
}

/**
 * Listens on all IPv4 addresses and serves HTTP/1.1.
 *
 * @example Answer every request
 * ```ts
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen(0, (con, req) => {
 *   con.addHeader("Content-Type", "text/plain");
 *   con.send(`You asked for ${req.path}`);
 * });
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await fetch(`http://127.0.0.1:${port}/tea`);
 * assertEquals(await response.text(), "You asked for /tea");
 * ```
 *
 * @param port Port; 0 lets the system choose one, which `server.addr` then tells.
 * @param handler Called for each request; returning `false` closes the connection.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 * @throws {Deno.errors.AddrInUse} if the port is taken, or another error of `Deno.listen`.
 */
export function listen(port: number, handler: Handler): Server;
/**
 * Listens on all IPv4 addresses, or on a unix socket with the option `path`, and serves HTTP/1.1; with
 * the options `cert` and `key` over TLS.
 *
 * @param port Port; 0 lets the system choose one. Ignored with the option `path`.
 * @param options Options of the server; other fields go to `Deno.listen` or `Deno.listenTls`.
 * @param handler Called for each request; returning `false` closes the connection.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 * @throws {Deno.errors.AddrInUse} if the port is taken, or another error of `Deno.listen`.
 */
export function listen(port: number, options: ListenOptions, handler: Handler): Server;
/**
 * Listens on one address and serves HTTP/1.1.
 *
 * @param ipaddr Address to listen on, such as `"127.0.0.1"` or `"::"`.
 * @param port Port; 0 lets the system choose one.
 * @param handler Called for each request; returning `false` closes the connection.
 * @returns The server, which listens already.
 * @throws {Deno.errors.AddrInUse} if the port is taken, or another error of `Deno.listen`.
 */
export function listen(ipaddr: string, port: number, handler: Handler): Server;
/**
 * Listens on one address and serves HTTP/1.1; with the options `cert` and `key` over TLS.
 *
 * @param ipaddr Address to listen on, such as `"127.0.0.1"` or `"::"`.
 * @param port Port; 0 lets the system choose one.
 * @param options Options of the server; other fields go to `Deno.listen` or `Deno.listenTls`.
 * @param handler Called for each request; returning `false` closes the connection.
 * @returns The server, which listens already.
 * @throws {TypeError | RangeError} if an option is not valid.
 * @throws {Deno.errors.AddrInUse} if the port is taken, or another error of `Deno.listen`.
 */
export function listen(
  ipaddr: string,
  port: number,
  options: ListenOptions,
  handler: Handler,
): Server;
export function listen(...args: unknown[]): Server {
  const ipaddr = typeof args[0] === "string" ? args.shift() as string : undefined;
  const port = args.shift();
  const handler = args.pop();
  const options = (args.length > 0 ? args.shift() : {}) as ListenOptions;
  if (typeof port !== "number") throw new TypeError(`Cannot listen: port ${port} is not a number`);
  if (typeof handler !== "function") throw new TypeError("Cannot listen: no handler was given");
  if (typeof options !== "object" || options === null || args.length > 0) {
    throw new TypeError("Cannot listen: the arguments are ([ipaddr,] port, [options,] handler)");
  }
  return startServer(ipaddr, port, options, handler as Handler);
}

/** Binds and starts a server. */
export function startServer<Addr extends Deno.Addr>(
  ipaddr: string | undefined,
  port: number,
  options: ListenOptions,
  handler: Handler,
): Server<Addr> {
  const settings = resolveOptions(options, printError);
  // Whatever may be refused is, before anything is bound.
  const folder = makeFolder(settings.files, "listen");
  return new Server<Addr>(bind(ipaddr, port, options), settings, folder, handler);
}
