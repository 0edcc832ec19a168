// The options of a request in their checked form, in milliseconds and bytes, with the defaults; those of
// a client underneath. Whatever is wrong with an option is said before anything is sent.

import {
  checkBoolean,
  checkCount,
  checkFunction,
  checkOptions,
  checkRecord,
  checkSeconds,
  checkWord,
  refuseKind,
  refuseNumber,
  refuseOption,
} from "./check_option.ts";
import { type CheckedFields, checkFields, givenFields } from "./fields.ts";
import type { Auth, ClientOptions, InformationalResponse, Progress } from "./options.ts";
import type { RequestOptions } from "./options.ts";
import type { ProxyChoice } from "./dial/proxy/proxy.ts";
import type { RouteSettings } from "./dial/route_settings.ts";
import { DEFAULT_ROUTE, resolveRoute, ROUTE_OPTIONS, routeKey } from "./dial/route_options.ts";
import { flawOfPassword, flawOfToken } from "./rules/auth.ts";
import type { CookieJar } from "./rules/cookies.ts";
import type { RedirectRules } from "./rules/redirect.ts";
import { resolveRetry, type RetryPolicy } from "./rules/retry.ts";
import { flawOfTrailer } from "../wire/body_writer.ts";
import { isToken, type RawHeader } from "../wire/headers.ts";

/** Where a response body goes. */
export type Sink = string | ((chunk: Uint8Array<ArrayBuffer>) => void | Promise<void>);

/** The checked options of a request. */
export interface Settings {
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Least bytes in each window. */
  readonly minSpeed: { readonly bytes: number; readonly windowMs: number } | undefined;
  readonly signal: AbortSignal | undefined;
  readonly headers: CheckedFields;
  readonly bodyToFile: Sink | undefined;
  readonly trailers: RawHeader[] | undefined;
  readonly expectContinue: boolean;
  readonly redirect: RedirectRules;
  readonly decode: boolean;
  readonly maxHeadBytes: number;
  readonly maxFields: number;
  readonly maxChunkLineBytes: number;
  readonly maxTrailerBytes: number;
  /** undefined: the default, which depends on where the body goes. */
  readonly maxBodyBytes: number | undefined;
  readonly maxDecodeRatio: number;
  readonly retry: RetryPolicy | undefined;
  readonly cookies: boolean | CookieJar;
  readonly auth: Auth | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly onInformational: ((response: InformationalResponse) => void) | undefined;
  readonly route: RouteSettings;
  /** What two requests must have in common to share a connection, besides the origin. */
  readonly routeKey: string;
}

/** The checked options of a client's connections. */
export interface PoolSettings {
  readonly maxConnections: number;
  readonly maxPerOrigin: number;
  /** How long idle connections are kept; undefined: as the server says, or 4 s. */
  readonly keepAliveMs: number | undefined;
  readonly queueTimeoutMs: number;
}

/** The defaults of all requests. */
export const DEFAULTS: Settings = {
  timeoutMs: 30_000,
  connectTimeoutMs: 10_000,
  headTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  minSpeed: undefined,
  signal: undefined,
  headers: checkFields(undefined),
  bodyToFile: undefined,
  trailers: undefined,
  expectContinue: false,
  redirect: { mode: "manual", maxRedirects: 10, crossOriginHeaders: [], allowDowngrade: false },
  decode: false,
  maxHeadBytes: 65536,
  maxFields: 256,
  maxChunkLineBytes: 4096,
  maxTrailerBytes: 16384,
  maxBodyBytes: undefined,
  maxDecodeRatio: 200,
  retry: undefined,
  cookies: false,
  auth: undefined,
  onProgress: undefined,
  onInformational: undefined,
  route: DEFAULT_ROUTE,
  routeKey: "",
};

type Draft = { -readonly [Name in keyof Settings]: Settings[Name] };
type Check = (value: never, draft: Draft, name: string) => void;

/** What each option does to the settings. */
const CHECKS: Record<string, Check> = {
  timeout: (value, draft, name) => draft.timeoutMs = limitMs(name, value),
  connectTimeout: (value, draft, name) => draft.connectTimeoutMs = limitMs(name, value),
  headTimeout: (value, draft, name) => draft.headTimeoutMs = limitMs(name, value),
  idleTimeout: (value, draft, name) => draft.idleTimeoutMs = limitMs(name, value),
  minSpeed: (value, draft) => draft.minSpeed = checkMinSpeed(value),
  signal: (value: AbortSignal, draft, name) => {
    if (!((value as unknown) instanceof AbortSignal)) refuseKind(name, value, "an AbortSignal");
    draft.signal = value;
  },
  headers: (value, draft) => draft.headers = checkFields(value, draft.headers),
  bodyToFile: (value: Sink, draft, name) => {
    if (typeof value !== "function" && typeof value !== "string") {
      refuseKind(name, value, "a path or a function");
    }
    if (value === "") refuseOption(name, "it is an empty path");
    draft.bodyToFile = value;
  },
  trailers: (value, draft) => draft.trailers = checkTrailers(value),
  expectContinue: (value, draft, name) => draft.expectContinue = checkBoolean(name, value),
  redirect: (value, draft, name) => {
    const mode = checkWord(name, value, ["manual", "follow", "error"]);
    draft.redirect = { ...draft.redirect, mode };
  },
  maxRedirects: (value, draft, name) => {
    draft.redirect = { ...draft.redirect, maxRedirects: checkCount(name, value, 0) };
  },
  crossOriginHeaders: (value: string[], draft, name) => {
    if (!Array.isArray(value)) refuseKind(name, value, "an array of field names");
    for (const it of value) {
      if (typeof it !== "string" || !isToken(it)) {
        refuseOption(name, `${JSON.stringify(it)} is not a field name`);
      }
    }
    draft.redirect = { ...draft.redirect, crossOriginHeaders: value };
  },
  allowDowngrade: (value, draft, name) => {
    draft.redirect = { ...draft.redirect, allowDowngrade: checkBoolean(name, value) };
  },
  decode: (value, draft, name) => draft.decode = checkBoolean(name, value),
  maxHeadBytes: (value, draft, name) => draft.maxHeadBytes = checkCount(name, value, 64),
  maxFields: (value, draft, name) => draft.maxFields = checkCount(name, value, 0),
  maxChunkLineBytes: (value, draft, name) => draft.maxChunkLineBytes = checkCount(name, value, 64),
  maxTrailerBytes: (value, draft, name) => draft.maxTrailerBytes = checkCount(name, value, 64),
  maxBodyBytes: (value, draft, name) => draft.maxBodyBytes = checkCount(name, value, 0),
  maxDecodeRatio: (value, draft, name) => draft.maxDecodeRatio = checkCount(name, value, 1),
  retry: (value, draft) => draft.retry = resolveRetry(value),
  cookies: (value: boolean | CookieJar, draft, name) => {
    const isJar = typeof value !== "boolean" && typeof value?.cookieHeader === "function" &&
      typeof value.store === "function";
    if (typeof value !== "boolean" && !isJar) refuseKind(name, value, "a boolean or a CookieJar");
    draft.cookies = value;
  },
  auth: (value, draft) => draft.auth = checkAuth(value),
  onProgress: (value, draft, name) => draft.onProgress = checkFunction(name, value),
  onInformational: (value, draft, name) => draft.onInformational = checkFunction(name, value),
};

/** The settings of a request whose options stand on top of `base`. Throws TypeError or RangeError. */
export function resolveSettings(
  options: RequestOptions,
  base: Settings,
  also: ReadonlySet<string> = NOTHING_ELSE,
): Settings {
  const draft: Draft = { ...base };
  const route: RequestOptions = {};
  let hasRoute = false;
  for (const [name, value] of Object.entries(checkOptions(options))) {
    if (value === undefined) continue;
    if (Object.hasOwn(CHECKS, name)) {
      CHECKS[name]!(value as never, draft, name);
    } else if (ROUTE_OPTIONS.has(name)) {
      (route as Record<string, unknown>)[name] = value;
      hasRoute = true;
    } else if (!also.has(name)) {
      throw new TypeError(`Cannot use options: there is no option "${name}"`);
    }
  }
  if (hasRoute) {
    draft.route = resolveRoute(route, base.route);
    draft.routeKey = routeKey(draft.route);
  }
  return draft;
}

const NOTHING_ELSE: ReadonlySet<string> = new Set();
const POOL_OPTIONS: ReadonlySet<string> = new Set([
  "maxConnections",
  "maxPerOrigin",
  "keepAlive",
  "queueTimeout",
]);

/** The settings of a client. Throws TypeError or RangeError. */
export function resolveClient(
  options: ClientOptions,
  base: Settings,
): { requests: Settings; pool: PoolSettings } {
  const { maxConnections = 100, maxPerOrigin = 16, keepAlive, queueTimeout = 30 } = checkOptions(
    options,
  );
  return {
    requests: resolveSettings(options, base, POOL_OPTIONS),
    pool: {
      maxConnections: checkCount("maxConnections", maxConnections, 1),
      maxPerOrigin: checkCount("maxPerOrigin", maxPerOrigin, 1),
      // 0 is not "no limit" here, as it is for other times: it means that connections are not kept.
      keepAliveMs: keepAlive === undefined ? undefined : checkSeconds("keepAlive", keepAlive),
      queueTimeoutMs: limitMs("queueTimeout", queueTimeout),
    },
  };
}

/** The defaults of all requests, with proxies. */
export function withProxies(proxy: ProxyChoice | undefined): Settings {
  if (proxy === undefined) return DEFAULTS;
  const route = { ...DEFAULTS.route, proxy };
  return { ...DEFAULTS, route, routeKey: routeKey(route) };
}

/** The same for downloads, where the options say nothing else: a file may take its time, and may have moved. */
export function forDownloads(
  settings: Settings,
  { timeout, redirect }: ClientOptions,
): Settings {
  return {
    ...settings,
    timeoutMs: timeout === undefined ? 0 : settings.timeoutMs,
    redirect: redirect === undefined ? { ...settings.redirect, mode: "follow" } : settings.redirect,
  };
}

/** Redirects that the Fetch standard allows. */
const FETCH_REDIRECTS = 20;

/** The same for `fetch`: as for downloads, and content codings are undone. Some ports are never asked. */
export function forFetch(settings: Settings, options: ClientOptions): Settings {
  const base = forDownloads(settings, options);
  const maxRedirects = options.maxRedirects ?? FETCH_REDIRECTS;
  return {
    ...base,
    decode: options.decode ?? true,
    redirect: { ...base.redirect, maxRedirects, blocksPorts: true },
  };
}

/** A limit on a wait, in milliseconds; 0: none. */
function limitMs(name: string, value: unknown): number {
  const ms = checkSeconds(name, value);
  return ms === Infinity ? 0 : ms;
}

function checkMinSpeed(value: unknown): Settings["minSpeed"] {
  const isRecord = typeof value === "object";
  const { bytes, window = 30 } = isRecord
    ? checkRecord("minSpeed", value, ["bytes", "window"])
    : { bytes: value };
  const windowMs = checkSeconds("minSpeed.window", window);
  if (windowMs === 0 || windowMs === Infinity) {
    refuseNumber("minSpeed.window", windowMs, "above 0 and finite");
  }
  const perSecond = checkCount(isRecord ? "minSpeed.bytes" : "minSpeed", bytes, 0);
  return perSecond === 0 ? undefined : { bytes: perSecond * windowMs / 1000, windowMs };
}

function checkTrailers(value: NonNullable<RequestOptions["trailers"]>): Settings["trailers"] {
  const trailers = givenFields("trailers", value).flatMap(([name, values]) =>
    values.map((it): RawHeader => {
      const flaw = flawOfTrailer(name, it);
      if (flaw !== undefined) refuseOption("trailers", `field ${JSON.stringify(name)} ${flaw}`);
      return [name, it];
    })
  );
  return trailers.length === 0 ? undefined : trailers;
}

/** The names are checked before the values: with a slip as in `tpye: "digest"`, the password would go out as Basic. */
function checkAuth(value: unknown): Auth {
  const { type = "basic" } = checkRecord("auth", value, ["type", "username", "password", "token"]);
  const scheme = checkWord("auth.type", type, ["basic", "digest", "bearer"]);
  const names = scheme === "bearer" ? ["token"] : ["username", "password"];
  const secrets = checkRecord("auth", value, ["type", ...names]);
  for (const name of names) {
    if (typeof secrets[name] !== "string") refuseKind(`auth.${name}`, secrets[name], "a string");
  }
  const auth = value as Auth;
  const flaw = auth.type === "bearer"
    ? flawOfToken(auth.token)
    : flawOfPassword(auth.username, auth.password, scheme === "basic");
  if (flaw !== undefined) refuseOption("auth", flaw);
  return auth;
}
