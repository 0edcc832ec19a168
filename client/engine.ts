// The machinery behind a client: what its requests share, and what each goes through from its options to a
// response with its body at the right place.

import type { FieldSection } from "../wire/field_section.ts";
import type { ResponseHead } from "../wire/response_head.ts";
import type { BodySource } from "./body_source.ts";
import { collect, pour, save } from "./collect.ts";
import type { HttpConnection } from "./exchange/connection.ts";
import { Control } from "./exchange/control.ts";
import { CookieJar } from "./rules/cookies.ts";
import { Digests } from "./credentials.ts";
import { contentCodings } from "./content/coding.ts";
import { decodeBody } from "./content/decode.ts";
import { environmentProxies } from "./environment.ts";
import type { Exchange } from "./exchange/exchange.ts";
import { describe } from "./exchange/failure.ts";
import { FileSink } from "./download/file_sink.ts";
import { Journey, type Shared } from "./journey.ts";
import { idleMs } from "./rules/keep_alive.ts";
import type { ClientOptions, RequestOptions } from "./options.ts";
import { routeKey } from "./dial/route_options.ts";
import { Pool, type PoolStats } from "./exchange/pool.ts";
import { outgoingBody, type RequestBody } from "./request_body.ts";
import { checkMethod } from "./request_head.ts";
import { ClientResponse, type OpenResponse, type ResponseState, type Timings } from "./response.ts";
import {
  DEFAULTS,
  type PoolSettings,
  resolveClient,
  resolveSettings,
  type Settings,
} from "./settings.ts";
import { ClientSocket } from "./socket.ts";
import { Stopwatch } from "./exchange/stopwatch.ts";
import { parseTarget, type Target } from "./target.ts";
import { Trace, type TraceLine } from "./trace.ts";

/** What a client is doing. */
export interface ClientStats extends PoolStats {
  /** Requests begun so far. */
  readonly requests: number;
  /** Of these, under way. */
  readonly active: number;
}

/** A response whose body is still to come. */
interface Arrived {
  readonly state: ResponseState;
  readonly exchange: Exchange;
  readonly source: BodySource;
}

/** Longest body kept in memory by default. */
const MEMORY_BYTES = 128 * 1024 * 1024;
/** Until the body has ended. */
const NO_TIMINGS: Timings = { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 };
/** Most URLs whose parts are remembered. */
const MOST_TARGETS = 64;

/** What the requests of one client share. */
export class Engine {
  readonly #settings: Settings;
  readonly #poolSettings: PoolSettings;
  readonly #shared: Shared;
  readonly #underWay = new Set<Control>();
  readonly #targets = new Map<string, Target>();
  #jar: CookieJar | undefined;
  #requests = 0;
  #closed = false;
  /** The connection of the last response, for `socket`. */
  #last: HttpConnection | undefined;
  #socket: ClientSocket | undefined;

  /** Throws TypeError or RangeError for wrong options. */
  constructor(options: ClientOptions, trace?: TraceLine) {
    const { requests, pool } = resolveClient(options, withEnvironment());
    this.#settings = requests;
    this.#poolSettings = pool;
    this.#shared = {
      pool: new Pool(pool),
      digests: new Digests(),
      closes: pool.keepAliveMs === 0,
      trace: trace === undefined ? undefined : new Trace(trace),
      plain: new WeakMap(),
      release: (connection, fields) => this.#release(connection, fields),
    };
  }

  /** What it is doing. */
  stats(): ClientStats {
    return {
      ...this.#shared.pool.stats(),
      requests: this.#requests,
      active: this.#underWay.size,
    };
  }

  /** Ends every request and closes every connection. */
  close(): void {
    this.#closed = true;
    const reason = new TypeError("Cannot go on with request: the client was closed");
    for (const control of this.#underWay) control.fail(reason);
    this.#shared.pool.close();
  }

  /** The connection of the last response, taken out of the client. Throws TypeError when there is none. */
  socket(): ClientSocket {
    const connection = this.#last;
    if (this.#socket !== undefined) return this.#socket;
    if (connection === undefined || connection.state === "closed" || connection.state === "taken") {
      throw new TypeError("Cannot give socket: the client is not connected");
    }
    if (connection.state === "busy" && !connection.upgraded) {
      throw new TypeError("Cannot give socket: a request is under way on it");
    }
    return this.#socket = new ClientSocket(connection.transport, connection.take());
  }

  /** A request, and its response with the body where the options say. */
  async request(
    method: string,
    url: string | URL,
    body: RequestBody | undefined,
    options: RequestOptions | undefined,
  ): Promise<ClientResponse> {
    const settings = this.#resolve(options);
    const { bodyToFile, maxBodyBytes } = settings;
    const limit = maxBodyBytes ?? (bodyToFile === undefined ? MEMORY_BYTES : Infinity);
    const control = this.#begin(settings);
    let sink: FileSink | undefined;
    let arrived: Arrived | undefined;
    try {
      // Before anything is sent: where the body cannot go, nobody has to ask for it.
      if (typeof bodyToFile === "string") sink = await createSink(bodyToFile, control);
      const stopwatch = new Stopwatch();
      arrived = await this.#arrive(method, url, body, settings, control, stopwatch, limit);
      const { state, exchange, source } = arrived;
      if (sink !== undefined) await save(source, sink);
      else if (typeof bodyToFile === "function") await pour(source, bodyToFile, control);
      else if (state.code === 101) state.body = new Uint8Array(0);
      else if (isPlain(arrived, settings)) {
        state.body = exchange.tryReadAll() ?? await exchange.readAll();
      } else state.body = await collect(source, limit);
      complete(arrived, stopwatch);
      return new ClientResponse(state);
    } catch (error) {
      await sink?.discard();
      const reason = control.failed ? control.failure : error;
      throw arrived?.exchange.explain(reason) ?? explain(reason, method, control);
    } finally {
      this.#end(control);
    }
  }

  /** A request, and its response with the body still to be read. */
  async open(
    method: string,
    url: string | URL,
    body?: RequestBody,
    options?: RequestOptions,
  ): Promise<OpenResponse> {
    const settings = this.#resolve(options);
    const control = this.#begin(settings);
    try {
      const stopwatch = new Stopwatch();
      const limit = settings.maxBodyBytes ?? Infinity;
      const arrived = await this.#arrive(method, url, body, settings, control, stopwatch, limit);
      const source = new WatchedSource(arrived, (isWhole) => {
        if (isWhole) complete(arrived, stopwatch);
        this.#end(control);
      });
      return { response: new ClientResponse(arrived.state), body: source };
    } catch (error) {
      this.#end(control);
      throw explain(control.failed ? control.failure : error, method, control);
    }
  }

  #resolve(options: RequestOptions | undefined): Settings {
    return options === undefined ? this.#settings : resolveSettings(options, this.#settings);
  }

  #begin(settings: Settings): Control {
    if (this.#closed) throw new TypeError("Cannot request: the client is closed");
    this.#requests++;
    // What was upgraded and never asked for would stay open for ever.
    if (this.#last?.upgraded) this.#last.close();
    const control = new Control(settings.timeoutMs, settings.signal);
    this.#underWay.add(control);
    return control;
  }

  #end(control: Control): void {
    control.end();
    this.#underWay.delete(control);
  }

  #target(url: string | URL): Target {
    if (typeof url !== "string") return parseTarget(url);
    let target = this.#targets.get(url);
    if (target === undefined) {
      target = parseTarget(url);
      if (this.#targets.size >= MOST_TARGETS) this.#targets.clear();
      this.#targets.set(url, target);
    }
    return target;
  }

  async #arrive(
    method: string,
    url: string | URL,
    body: RequestBody | undefined,
    settings: Settings,
    control: Control,
    stopwatch: Stopwatch,
    limit: number,
  ): Promise<Arrived> {
    const target = this.#target(url);
    const outgoing = body === undefined || body === null ? undefined : outgoingBody(body);
    if (target.webSocket && (method !== "GET" || outgoing !== undefined)) {
      throw new TypeError("Cannot request: a WebSocket handshake is a GET without a body");
    }
    const plan = { method: checkMethod(method), target, fields: settings.headers, body: outgoing };
    const jar = this.#jarFor(settings);
    const journey = new Journey(
      { plan, settings, control, stopwatch, jar, maxBodyBytes: limit },
      this.#shared,
    );
    const { exchange, head } = await journey.run();
    const { connection } = exchange;
    this.#last = connection;
    this.#socket = undefined;
    if (head.status === 101) {
      exchange.endUpgraded();
      connection.upgraded = true;
    }
    return {
      state: {
        code: head.status,
        status: head.reason,
        minorVersion: head.minorVersion,
        url: journey.plan.target.url.href,
        fields: head.fields,
        redirects: journey.redirects,
        connection: {
          id: connection.id,
          reused: exchange.reused,
          remoteAddr: connection.transport.remoteAddr,
          localAddr: connection.transport.localAddr,
        },
        body: undefined,
        trailers: undefined,
        timings: NO_TIMINGS,
      },
      exchange,
      source: this.#decoded(exchange, head, journey.plan.method, settings, limit),
    };
  }

  /** The body as the caller wants it. */
  #decoded(
    exchange: Exchange,
    head: ResponseHead,
    method: string,
    settings: Settings,
    limit: number,
  ): BodySource {
    if (!settings.decode || method === "HEAD") return exchange;
    try {
      const codings = contentCodings(head.fields.record()["content-encoding"]);
      if (codings === undefined || codings.length === 0) return exchange;
      const { maxDecodeRatio } = settings;
      return decodeBody(exchange, codings, { maxBytes: limit, maxRatio: maxDecodeRatio });
    } catch (error) {
      throw exchange.fail(error);
    }
  }

  #jarFor({ cookies }: Settings): CookieJar | undefined {
    if (cookies === false) return undefined;
    return cookies === true ? this.#jar ??= new CookieJar() : cookies;
  }

  #release(connection: HttpConnection, fields: FieldSection): void {
    const ms = this.#closed ? 0 : idleMs(fields, this.#poolSettings.keepAliveMs);
    if (ms > 0) this.#shared.pool.release(connection, ms);
    else connection.close();
  }
}

/** Says of an error what is known of a request that never came to an exchange. */
function explain(error: unknown, method: string, { phase }: Control): unknown {
  return describe(error, {
    phase,
    bytesSent: 0,
    isUnsent: true,
    bytesReceived: 0,
    reused: false,
    method,
  });
}

/** The defaults of all requests, with the proxies of the environment. */
function withEnvironment(): Settings {
  const proxy = environmentProxies();
  if (proxy === undefined) return DEFAULTS;
  const route = { ...DEFAULTS.route, proxy };
  return { ...DEFAULTS, route, routeKey: routeKey(route) };
}

/** The file for a body; one that is ready too late is dropped. */
async function createSink(path: string, control: Control): Promise<FileSink> {
  control.check();
  const creating = FileSink.create(path);
  try {
    return await control.race(creating);
  } catch (error) {
    if (control.failed) creating.then((sink) => sink.discard()).catch(() => {});
    throw error;
  }
}

/** Whether the body can be read in one go. */
function isPlain({ source, exchange }: Arrived, { onProgress, minSpeed }: Settings): boolean {
  return source === exchange && onProgress === undefined && minSpeed === undefined;
}

/** Notes what is known at the end of the body. */
function complete({ state, exchange }: Arrived, stopwatch: Stopwatch): void {
  state.trailers = exchange.trailers;
  state.timings = stopwatch.read();
}

/** Tells once when a body is at its end, or given up. */
class WatchedSource implements BodySource {
  readonly #arrived: Arrived;
  #onEnd: ((isWhole: boolean) => void) | undefined;

  constructor(arrived: Arrived, onEnd: (isWhole: boolean) => void) {
    this.#arrived = arrived;
    this.#onEnd = onEnd;
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      const piece = await this.#arrived.source.read();
      if (piece === undefined) this.#end(true);
      return piece;
    } catch (error) {
      this.#end(false);
      throw this.#arrived.exchange.explain(error);
    }
  }

  close(): void {
    this.#arrived.source.close();
    this.#end(false);
  }

  #end(isWhole: boolean): void {
    this.#onEnd?.(isWhole);
    this.#onEnd = undefined;
  }
}
