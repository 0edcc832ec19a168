// The machinery behind a client: what its requests share, and what each goes through from its options to a
// response with its body at the right place.

import type { FieldSection } from "../wire/field_section.ts";
import type { ResponseHead } from "../wire/response_head.ts";
import type { BodySource } from "./body_source.ts";
import { collect, createSink, pour, save } from "./collect.ts";
import type { HttpConnection } from "./exchange/connection.ts";
import { Control } from "./exchange/control.ts";
import { CookieJar } from "./rules/cookies.ts";
import { Digests } from "./credentials.ts";
import { contentCodings } from "./content/coding.ts";
import { decodeBody } from "./content/decode.ts";
import type { ProxyChoice } from "./dial/proxy/proxy.ts";
import { environmentProxies } from "./environment.ts";
import type { Exchange } from "./exchange/exchange.ts";
import { describe, NO_TRAFFIC } from "./exchange/failure.ts";
import type { FileSink } from "./download/file_sink.ts";
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
import { WatchedSource } from "./watched_source.ts";

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

/** One request on its way. */
interface Trip {
  readonly settings: Settings;
  readonly control: Control;
  readonly stopwatch: Stopwatch;
  /** Longest body of the response. */
  readonly limit: number;
  readonly journey: Journey;
}

/** Longest body kept in memory by default. */
const MEMORY_BYTES = 128 * 1024 * 1024;
/** Until the body has ended. */
const NO_TIMINGS: Timings = { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 };
/** Most URLs whose parts are remembered. */
const MOST_TARGETS = 64;

/** What the requests of one client share. */
export class Engine {
  /** The settings of downloads, where their options say nothing else. */
  readonly downloadDefaults: Settings;
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
  constructor(
    options: ClientOptions,
    trace?: TraceLine,
    proxies: ProxyChoice | undefined = environmentProxies(),
  ) {
    const { requests, pool } = resolveClient(options, withProxies(proxies));
    this.#settings = requests;
    this.downloadDefaults = forDownloads(requests, options);
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
    if (this.#socket?.closed === false) return this.#socket;
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
    let trip: Trip | undefined;
    try {
      trip = this.#depart(method, url, body, settings, control, limit);
      while (true) {
        // Before anything is sent: where the body cannot go, nobody has to ask for it.
        const sink = typeof bodyToFile === "string"
          ? await createSink(bodyToFile, control.signal)
          : undefined;
        let arrived: Arrived | undefined;
        try {
          arrived = await this.#arrive(trip);
          return tryDeliver(arrived, trip) ?? await this.#deliver(arrived, trip, sink);
        } catch (error) {
          await sink?.discard();
          if (arrived === undefined) throw error;
          const reason = arrived.exchange.explain(control.failed ? control.failure : error);
          // What a function was given cannot be taken back, nor what is in a FIFO.
          if (typeof bodyToFile === "function" || sink?.isFinal || control.failed) throw reason;
          if (!await trip.journey.mayTryAgain(reason)) throw reason;
        }
      }
    } catch (error) {
      throw explain(error, method, control, trip);
    } finally {
      this.#end(control);
    }
  }

  /** Puts the body where it belongs. */
  async #deliver(
    arrived: Arrived,
    trip: Trip,
    sink: FileSink | undefined,
  ): Promise<ClientResponse> {
    const { state, exchange, source } = arrived;
    const { settings, control, limit, stopwatch } = trip;
    const { bodyToFile } = settings;
    if (sink !== undefined) await save(source, sink, control);
    else if (typeof bodyToFile === "function") await pour(source, bodyToFile, control);
    else if (state.code === 101) state.body = new Uint8Array(0);
    else if (isPlain(arrived, settings)) state.body = await exchange.readAll();
    else state.body = await collect(source, limit);
    complete(arrived, stopwatch);
    return new ClientResponse(state);
  }

  /** A request, and its response with the body still to be read. Options are those of the client by default. */
  async open(
    method: string,
    url: string | URL,
    body?: RequestBody,
    options?: RequestOptions,
    defaults: Settings = this.#settings,
  ): Promise<OpenResponse> {
    const settings = options === undefined ? defaults : resolveSettings(options, defaults);
    const control = this.#begin(settings);
    let trip: Trip | undefined;
    try {
      const limit = settings.maxBodyBytes ?? Infinity;
      trip = this.#depart(method, url, body, settings, control, limit);
      const { journey, stopwatch } = trip;
      const arrived = await this.#arrive(trip);
      const source = new WatchedSource(arrived.source, {
        onEnd: (isWhole) => {
          if (isWhole) complete(arrived, stopwatch);
          this.#end(control);
        },
        explain: (error) => journey.qualify(arrived.exchange.explain(error)),
        race: (promise) => control.race(promise),
      });
      return {
        response: new ClientResponse(arrived.state),
        body: source,
        attempts: journey.attempts,
      };
    } catch (error) {
      this.#end(control);
      throw explain(error, method, control, trip);
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

  /** Makes a request of its options. */
  #depart(
    method: string,
    url: string | URL,
    body: RequestBody | undefined,
    settings: Settings,
    control: Control,
    limit: number,
  ): Trip {
    const target = this.#target(url);
    const outgoing = body === undefined ? undefined : outgoingBody(body);
    if (target.webSocket && (method !== "GET" || outgoing !== undefined)) {
      throw new TypeError("Cannot request: a WebSocket handshake is a GET without a body");
    }
    const { headers: fields, trailers } = settings;
    const plan = { method: checkMethod(method), target, fields, body: outgoing, trailers };
    const stopwatch = new Stopwatch();
    const jar = this.#jarFor(settings);
    const init = { plan, settings, control, stopwatch, jar, maxBodyBytes: limit };
    return { settings, control, stopwatch, limit, journey: new Journey(init, this.#shared) };
  }

  /** Sends it, and waits for the head of its response. */
  async #arrive(trip: Trip): Promise<Arrived> {
    const { journey } = trip;
    const { exchange, head } = await journey.run();
    const { connection } = exchange;
    if (head.status === 101) await exchange.endUpgraded();
    // An upgraded connection that nobody asked for, `socket` can no longer give.
    if (this.#last?.upgraded) this.#last.close();
    connection.upgraded = head.status === 101;
    this.#last = connection;
    this.#socket = undefined;
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
      source: decoded(exchange, head, trip),
    };
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

/** The body as the caller wants it. */
function decoded(
  exchange: Exchange,
  head: ResponseHead,
  { settings, limit }: Trip,
): BodySource {
  if (!settings.decode || !exchange.hasBody) return exchange;
  try {
    const codings = contentCodings(head.fields.record()["content-encoding"]);
    if (codings === undefined || codings.length === 0) return exchange;
    const { maxDecodeRatio } = settings;
    return decodeBody(exchange, codings, { maxBytes: limit, maxRatio: maxDecodeRatio });
  } catch (error) {
    throw exchange.refuse(error);
  }
}

/** Says of an error what is known of its request; less where that never came to an exchange. */
function explain(
  error: unknown,
  method: string,
  control: Control,
  trip: Trip | undefined,
): unknown {
  const reason = control.failed ? control.failure : error;
  const described = trip?.journey.explain(reason) ?? describe(reason, {
    url: trip?.journey.plan.target.url.href,
    phase: control.phase,
    traffic: NO_TRAFFIC,
    reused: false,
    method,
  });
  return trip === undefined ? described : trip.journey.qualify(described);
}

/** The defaults of all requests, with proxies. */
function withProxies(proxy: ProxyChoice | undefined): Settings {
  if (proxy === undefined) return DEFAULTS;
  const route = { ...DEFAULTS.route, proxy };
  return { ...DEFAULTS, route, routeKey: routeKey(route) };
}

/** The same for downloads, where the options say nothing else: a file may take its time, and may have moved. */
function forDownloads(settings: Settings, { timeout, redirect }: ClientOptions): Settings {
  return {
    ...settings,
    timeoutMs: timeout === undefined ? 0 : settings.timeoutMs,
    redirect: redirect === undefined ? { ...settings.redirect, mode: "follow" } : settings.redirect,
  };
}

/** Whether the body can be read in one go. */
function isPlain({ source, exchange }: Arrived, { onProgress, minSpeed }: Settings): boolean {
  return source === exchange && onProgress === undefined && minSpeed === undefined;
}

/** The response, where its body stays in memory and has arrived with the head: most of them are small. */
function tryDeliver(arrived: Arrived, { settings, stopwatch }: Trip): ClientResponse | undefined {
  const { state, exchange } = arrived;
  if (settings.bodyToFile !== undefined || state.code === 101) return undefined;
  if (!isPlain(arrived, settings)) return undefined;
  state.body = exchange.tryReadAll();
  if (state.body === undefined) return undefined;
  complete(arrived, stopwatch);
  return new ClientResponse(state);
}

/** Notes what is known at the end of the body. */
function complete({ state, exchange }: Arrived, stopwatch: Stopwatch): void {
  state.trailers = exchange.trailers;
  state.timings = stopwatch.read();
}
