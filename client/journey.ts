// One request on its way to a response: over the connections that turn out to be dead, challenges, repeats
// and redirects. What may be sent twice is decided here and nowhere else.

import { HttpError, ProtocolError } from "../wire/errors.ts";
import { fieldValues, type RawHeader } from "../wire/headers.ts";
import type { ResponseHead } from "../wire/response_head.ts";
import { basicCredentials } from "./rules/auth.ts";
import { connect, connectSurely, dropKept, tryKept } from "./exchange/connect.ts";
import type { Control } from "./exchange/control.ts";
import type { CookieJar } from "./rules/cookies.ts";
import { authorization, credentialsFor, type Digests } from "./credentials.ts";
import { usesAbsoluteForm } from "./dial/dial.ts";
import type { Release } from "./exchange/connection.ts";
import { Exchange } from "./exchange/exchange.ts";
import { redirectedFields } from "./fields.ts";
import { pause } from "./exchange/pause.ts";
import type { Pool } from "./exchange/pool.ts";
import { type AttemptFields, prepare, type PreparedRequest, type RequestPlan } from "./prepare.ts";
import { followRedirect } from "./rules/redirect.ts";
import type { OutgoingBody } from "./request_body.ts";
import { isIdempotent } from "./rules/idempotent.ts";
import { retryDelayMs } from "./rules/retry.ts";
import type { Settings } from "./settings.ts";
import type { Stopwatch } from "./exchange/stopwatch.ts";
import { parseTarget, type Target } from "./target.ts";
import type { Trace } from "./trace.ts";
import { checkHandshake, type Handshake, newHandshake } from "./rules/websocket_handshake.ts";

/** What the requests of a client share. */
export interface Shared {
  readonly pool: Pool;
  readonly digests: Digests;
  /** Whether connections are not kept. */
  readonly closes: boolean;
  readonly trace: Trace | undefined;
  readonly release: Release;
  /** Prepared requests by target: the last one for each without body, credentials, cookies, proxy, handshake. */
  readonly plain: WeakMap<Target, PlainRequest>;
}

/** A prepared request, with what it was made of. */
export interface PlainRequest {
  readonly method: string;
  readonly settings: Settings;
  readonly maxBodyBytes: number;
  readonly prepared: PreparedRequest;
}

/** What one request is made of. */
export interface JourneyInit {
  readonly plan: RequestPlan;
  readonly settings: Settings;
  readonly control: Control;
  readonly stopwatch: Stopwatch;
  readonly jar: CookieJar | undefined;
  /** Longest body of the response. */
  readonly maxBodyBytes: number;
}

/** Where a request arrived. */
export interface Arrival {
  readonly exchange: Exchange;
  readonly head: ResponseHead;
}

/** Most kept connections that may turn out to be dead in a row: others may hand theirs on meanwhile. */
const MOST_LOST = 3;

/** The way of one request. */
export class Journey {
  /** What is asked for now: changes with redirects. */
  plan: RequestPlan;
  /** The URLs that redirected. */
  readonly redirects: string[] = [];
  readonly #init: JourneyInit;
  readonly #shared: Shared;
  /** Attempts so far, over all redirects. */
  attempts = 1;
  /** The server said that it cannot meet an expectation. */
  #noExpect = false;
  #handshake: Handshake | undefined;
  /** The last attempt. */
  #last: Exchange | undefined;

  constructor(init: JourneyInit, shared: Shared) {
    this.plan = init.plan;
    this.#init = init;
    this.#shared = shared;
  }

  /** Goes on until there is a response to deliver. */
  async run(): Promise<Arrival> {
    const { control } = this.#init;
    let hasAnswered = false;
    while (true) {
      let arrival: Arrival;
      try {
        arrival = await this.#send();
      } catch (error) {
        if (await this.mayTryAgain(error)) continue;
        throw error;
      }
      const { exchange, head } = arrival;
      if (head.status === 417 && this.#mayDropExpect(exchange)) {
        this.#noExpect = true;
      } else if (head.status === 401 && !hasAnswered && this.#mayAnswer(head)) {
        hasAnswered = true;
      } else {
        const waitMs = this.#delayAfterStatus(head);
        if (waitMs !== undefined) {
          this.attempts++;
          await exchange.discard();
          control.phase = "wait";
          await pause(waitMs, control.signal);
          continue;
        }
        const next = this.#next(arrival);
        if (next === undefined) {
          exchange.checkLength();
          return arrival;
        }
        this.redirects.push(this.plan.target.url.href);
        this.plan = next;
        hasAnswered = false;
      }
      await exchange.discard();
    }
  }

  /** Waits for another attempt after a failure, of the body too, if there is to be one: whether there is. */
  async mayTryAgain(error: unknown): Promise<boolean> {
    const waitMs = this.#delayAfterError(error);
    if (waitMs === undefined) return false;
    this.attempts++;
    this.#init.control.phase = "wait";
    await pause(waitMs, this.#init.control.signal);
    return true;
  }

  /** Says of an error what is known of the last attempt; undefined if there was none. */
  explain(error: unknown): unknown {
    return this.#last?.explain(error);
  }

  /** A request that was redirected was acted upon: unless it is idempotent, all of it is not safe to repeat. */
  qualify(error: unknown): unknown {
    const wasAnswered = this.plan !== this.#init.plan;
    if (error instanceof HttpError && wasAnswered && !isIdempotent(this.#init.plan.method)) {
      error.safeToRetry = false;
    }
    return error;
  }

  /** One attempt; another one where it met a kept connection that was dead already. */
  async #send(): Promise<Arrival> {
    const { settings, control, stopwatch } = this.#init;
    const { pool, release, trace } = this.#shared;
    const request = { target: this.plan.target, settings, control, stopwatch };
    for (let lost = 0;; lost++) {
      if (lost > 0) dropKept(pool, request);
      const prepared = this.#prepare();
      // Once one was lost, others are looked at before they are used.
      const connection = this.#mayRepeat(prepared) && lost === 0
        ? tryKept(pool, request) ?? await connect(pool, request)
        : await connectSurely(pool, request);
      const exchange = new Exchange(connection, prepared, settings, control, stopwatch, release);
      this.#last = exchange;
      trace?.sent(connection, prepared.head);
      try {
        const head = await exchange.readHead();
        trace?.received(head);
        this.#check(exchange, head);
        return { exchange, head };
      } catch (error) {
        if (lost === MOST_LOST || control.failed || !this.#mayResend(exchange, prepared)) {
          throw error;
        }
      }
    }
  }

  /** Whether a request that failed may be sent again unasked: it cannot have been acted upon twice. */
  #mayResend(exchange: Exchange, request: PreparedRequest): boolean {
    if (!exchange.wasLost || !exchange.reused || exchange.traffic.bytesReceived > 0) return false;
    return this.#mayRepeat(request) || (exchange.traffic.isUnsent && isReplayable(request));
  }

  /** Whether a request may be sent twice: nothing happens by it, or the same. */
  #mayRepeat(request: PreparedRequest): boolean {
    return isIdempotent(request.method) && isReplayable(request);
  }

  #prepare(): PreparedRequest {
    const { settings, maxBodyBytes } = this.#init;
    const { plan } = this;
    const { method, target, fields } = plan;
    const isPlain = this.#isPlain();
    if (isPlain) {
      const known = this.#shared.plain.get(target);
      if (
        known?.method === method && known.settings === settings &&
        known.maxBodyBytes === maxBodyBytes
      ) return known.prepared;
    }
    const forced: RawHeader[] = [];
    const { route } = settings;
    const absoluteForm = route.proxy !== undefined && usesAbsoluteForm(target, route);
    if (absoluteForm) {
      const { username, password } = route.proxy!(target.secure, target.host, target.port)!;
      if (username !== undefined) {
        forced.push(["Proxy-Authorization", basicCredentials(username, password ?? "")]);
      }
    }
    if (target.webSocket) {
      this.#handshake = newHandshake(fields.lines);
      forced.push(...this.#handshake.fields);
    }
    const attempt: AttemptFields = {
      absoluteForm,
      defaults: this.#identification(),
      forced,
      expectContinue: (settings.expectContinue || fields.expectContinue) && !this.#noExpect,
      close: this.#shared.closes && !target.webSocket,
    };
    const prepared = prepare(plan, attempt, settings, maxBodyBytes);
    if (isPlain) this.#shared.plain.set(target, { method, settings, maxBodyBytes, prepared });
    return prepared;
  }

  /** Whether the request is made of nothing but its options, and the same each time. */
  #isPlain(): boolean {
    const { jar, plan, settings } = this.#init;
    const { target } = plan;
    return plan === this.plan && plan.body === undefined && jar === undefined &&
      settings.auth === undefined && target.username === "" && target.password === "" &&
      settings.route.proxy === undefined && !target.webSocket;
  }

  /** The fields that say who asks: credentials and cookies. */
  #identification(): RawHeader[] {
    const { method, target } = this.plan;
    const { jar, settings } = this.#init;
    const fields: RawHeader[] = [];
    const auth = credentialsFor(target, settings.auth, this.#init.plan.target);
    if (auth !== undefined) {
      const value = authorization(auth, method, target, this.#shared.digests);
      if (value !== undefined) fields.push(["Authorization", value]);
    }
    const cookies = jar?.cookieHeader(target.url);
    if (cookies !== undefined) fields.push(["Cookie", cookies]);
    return fields;
  }

  /** Keeps the cookies of any response, and verifies a handshake. */
  #check(exchange: Exchange, head: ResponseHead): void {
    const { target } = this.plan;
    const { jar } = this.#init;
    try {
      if (jar !== undefined) {
        const values = fieldValues(head.fields.raw(), "set-cookie");
        if (values.length > 0) jar.store(target.url, values);
      }
      if (this.#handshake === undefined || head.status !== 101) return;
      checkHandshake(this.#handshake, head.fields.raw());
    } catch (error) {
      throw exchange.refuse(error);
    }
  }

  /** Whether to send the request again, without the expectation that the server refused. */
  #mayDropExpect(exchange: Exchange): boolean {
    const { settings } = this.#init;
    const { body, fields, method } = this.plan;
    // After a silence the body leaves all the same: what the server did with it is then anybody's guess.
    if (exchange.hasSentBody && !isIdempotent(method)) return false;
    return (settings.expectContinue || fields.expectContinue) && !this.#noExpect &&
      body !== undefined && body.replayable;
  }

  /** Whether there is an answer to the server's challenge. */
  #mayAnswer(head: ResponseHead): boolean {
    const { target } = this.plan;
    const { settings, plan: first } = this.#init;
    const auth = credentialsFor(target, settings.auth, first.target);
    if (auth?.type !== "digest" || !isReplayable(this.plan)) return false;
    // The caller's own field would take the answer's place.
    if (this.plan.fields.names.has("authorization")) return false;
    return this.#shared.digests.for(target.origin, auth.username, auth.password)
      .challenge(fieldValues(head.fields.raw(), "www-authenticate"));
  }

  #delayAfterError(error: unknown): number | undefined {
    const { settings: { retry }, control } = this.#init;
    if (control.failed || !isReplayable(this.plan)) return undefined;
    return delayAfterError(retry, error, this.attempts);
  }

  /** Milliseconds to wait before another attempt after a response with a status that may pass. */
  #delayAfterStatus(head: ResponseHead): number | undefined {
    const { retry } = this.#init.settings;
    if (retry === undefined || !retry.statuses.includes(head.status)) return undefined;
    if (!isIdempotent(this.plan.method) || !isReplayable(this.plan)) return undefined;
    const retryAfter = head.fields.record()["retry-after"];
    return retryDelayMs(retry, this.attempts, retryAfter, Date.now(), Math.random);
  }

  /** What a redirect asks for; undefined: the response is to be delivered. */
  #next({ exchange, head }: Arrival): RequestPlan | undefined {
    const { settings } = this.#init;
    if (head.status < 300 || head.status > 399 || settings.redirect.mode === "manual") {
      return undefined;
    }
    const { method, target, fields, body, trailers } = this.plan;
    try {
      const hop = followRedirect(
        { method, url: target.url, fields: fields.lines, body },
        head.status,
        locationOf(head),
        this.redirects.length,
        settings.redirect,
      );
      if (hop === undefined) return undefined;
      const next = parseTarget(hop.url);
      // A Host of the caller's is one of this server's names.
      const isSameOrigin = next.origin === target.origin;
      const host = isSameOrigin ? fields.host : undefined;
      return {
        method: hop.method,
        target: next,
        fields: redirectedFields(fields, hop.fields, host),
        body: hop.body,
        trailers: isSameOrigin && hop.body !== undefined ? trailers : undefined,
      };
    } catch (error) {
      throw exchange.refuse(error);
    }
  }
}

/** Milliseconds to wait before another attempt, after so many, and a failure; undefined: there is none. */
export function delayAfterError(
  retry: Settings["retry"],
  error: unknown,
  attempts: number,
): number | undefined {
  if (retry === undefined || !(error instanceof HttpError)) return undefined;
  // What failed on its way to a connection says nothing of it yet, and was not sent.
  if (error.safeToRetry === false || !WORTH_A_RETRY.has(error.code)) return undefined;
  return retryDelayMs(retry, attempts, undefined, Date.now(), Math.random);
}

function isReplayable({ body }: { readonly body: OutgoingBody | undefined }): boolean {
  return body === undefined || body.replayable;
}

/** The one Location of a response. */
function locationOf(head: ResponseHead): string | undefined {
  const values = fieldValues(head.fields.raw(), "location");
  if (new Set(values).size > 1) {
    throw new ProtocolError(
      "redirect",
      "Cannot follow redirect: there are two different locations",
    );
  }
  return values[0];
}

/** What another attempt may do better. */
const WORTH_A_RETRY: ReadonlySet<string> = new Set([
  "closed",
  "timeout",
  "dns",
  "connect",
  "proxy",
]);
