// The machinery behind a client: what its requests share, and what each goes through from its options to a
// response with its body at the right place.

import type { FieldSection } from "../wire/field_section.ts";
import type { RawHeader } from "../wire/headers.ts";
import { linesOf } from "../wire/response_head.ts";
import {
  type Arrived,
  codingsOf,
  complete,
  decoded,
  isPlain,
  stateOf,
  type Trip,
  tryDeliver,
} from "./arrival.ts";
import { collect, createSink, pour, save } from "./collect.ts";
import type { HttpConnection } from "./exchange/connection.ts";
import { Control } from "./exchange/control.ts";
import { CookieJar } from "./rules/cookies.ts";
import { Digests } from "./credentials.ts";
import type { ProxyChoice } from "./dial/proxy/proxy.ts";
import { environmentProxies } from "./environment.ts";
import { describe, NO_TRAFFIC } from "./exchange/failure.ts";
import type { FileSink } from "./download/file_sink.ts";
import { Journey, type Shared } from "./journey.ts";
import { isBlockedPort } from "./rules/blocked_ports.ts";
import { idleMs } from "./rules/keep_alive.ts";
import type { ClientOptions, RequestOptions } from "./options.ts";
import { Pool, type PoolStats } from "./exchange/pool.ts";
import { outgoingBody, type RequestBody } from "./request_body.ts";
import { checkMethod } from "./request_head.ts";
import { ClientResponse, type OpenResponse } from "./response.ts";
import {
  forDownloads,
  forFetch,
  type PoolSettings,
  resolveClient,
  resolveSettings,
  type Settings,
  withProxies,
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

/** A response at its head, for `fetch`. */
export interface Answer {
  /** With its body, if that came along. */
  readonly response: ClientResponse;
  /** The body, if it did not. */
  readonly body: WatchedSource | undefined;
  /** Its length as it was announced. */
  readonly length: number | undefined;
  /** After 101, the connection. */
  readonly socket: ClientSocket | undefined;
  /** The fields in order; nobody may change them. */
  readonly lines: readonly RawHeader[];
  /** Whether codings of the body are undone. */
  readonly isDecoded: boolean;
}

/** Longest body kept in memory by default. */
export const MEMORY_BYTES: number = 128 * 1024 * 1024;
/** Most URLs whose parts are remembered. */
const MOST_TARGETS = 64;

/** What the requests of one client share. */
export class Engine {
  /** The settings of downloads, where their options say nothing else. */
  readonly downloadDefaults: Settings;
  /** The same for `fetch`. */
  readonly fetchDefaults: Settings;
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
    this.fetchDefaults = forFetch(requests, options);
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

  /** Closes the connections that are kept and not used. */
  closeIdle(): void {
    this.#shared.pool.closeAllIdle();
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
    defaults: Settings = this.#settings,
  ): Promise<ClientResponse> {
    const settings = options === undefined ? defaults : resolveSettings(options, defaults);
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
      trip = this.#depart(method, url, body, settings, control, settings.maxBodyBytes ?? Infinity);
      return this.#openBody(await this.#arrive(trip), trip);
    } catch (error) {
      this.#end(control);
      throw explain(error, method, control, trip);
    }
  }

  /** A request, and its response at its head. */
  async fetch(
    method: string,
    url: string | URL,
    body: RequestBody | undefined,
    settings: Settings,
  ): Promise<Answer> {
    const control = this.#begin(settings);
    let trip: Trip | undefined;
    try {
      const limit = settings.maxBodyBytes ?? Infinity;
      trip = this.#depart(method, url, body, settings, control, limit, true);
      const arrived = await this.#arrive(trip);
      const { state, socket, exchange, source } = arrived;
      const lines = linesOf(arrived.head);
      const whole = socket === undefined ? tryDeliver(arrived, trip) : new ClientResponse(state);
      if (whole === undefined) {
        const { response, body } = this.#openBody(arrived, trip);
        const { contentLength } = state.fields;
        const length = contentLength === undefined ? undefined : Number(contentLength);
        const isDecoded = source !== exchange && codingsOf(state.fields) !== undefined;
        return { response, body, length, socket, lines, isDecoded };
      }
      this.#end(control);
      return {
        response: whole,
        body: undefined,
        length: undefined,
        socket,
        lines,
        isDecoded: false,
      };
    } catch (error) {
      this.#end(control);
      throw explain(error, method, control, trip);
    }
  }

  #openBody(arrived: Arrived, { control, journey, stopwatch }: Trip): OpenResponse {
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
    isFetch = false,
  ): Trip {
    const target = this.#target(url);
    if (settings.redirect.blocksPorts && isBlockedPort(target.port)) {
      const { href } = target.url;
      throw new TypeError(`Cannot fetch "${href}": the Fetch standard blocks port ${target.port}`);
    }
    const outgoing = body === undefined ? undefined : outgoingBody(body);
    if (target.webSocket && (method !== "GET" || outgoing !== undefined)) {
      throw new TypeError("Cannot request: a WebSocket handshake is a GET without a body");
    }
    const { headers: fields, trailers } = settings;
    const plan = { method: checkMethod(method), target, fields, body: outgoing, trailers };
    const stopwatch = new Stopwatch();
    const jar = this.#jarFor(settings);
    const init = { plan, settings, control, stopwatch, jar, maxBodyBytes: limit };
    const journey = new Journey(init, this.#shared);
    return { settings, control, stopwatch, limit, isFetch, journey };
  }

  /** Sends it, and waits for the head of its response. */
  async #arrive(trip: Trip): Promise<Arrived> {
    const arrival = await trip.journey.run();
    const { exchange, head } = arrival;
    const { connection } = exchange;
    const isUpgraded = head.status === 101;
    if (isUpgraded) await exchange.endUpgraded();
    let socket: ClientSocket | undefined;
    if (isUpgraded && trip.isFetch) {
      socket = new ClientSocket(connection.transport, connection.take());
    } else {
      // An upgraded connection that nobody asked for, `socket` can no longer give.
      if (this.#last?.upgraded) this.#last.close();
      connection.upgraded = isUpgraded;
      this.#last = connection;
      this.#socket = undefined;
    }
    const source = decoded(arrival, trip);
    return { head, state: stateOf(arrival, trip), exchange, source, socket };
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
