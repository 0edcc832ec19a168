// The options of a request in their checked form, in milliseconds and bytes, with the defaults; those of
// a client underneath. Whatever is wrong with an option is said before anything is sent.

import type { CookieJar } from "./rules/cookies.ts";
import { type CheckedFields, checkFields } from "./fields.ts";
import type { Auth, ClientOptions, InformationalResponse, Progress } from "./options.ts";
import type { RequestOptions } from "./options.ts";
import type { RouteSettings } from "./dial/route_settings.ts";
import { DEFAULT_ROUTE, resolveRoute, ROUTE_OPTIONS, routeKey } from "./dial/route_options.ts";
import type { RedirectRules } from "./rules/redirect.ts";
import { resolveRetry, type RetryPolicy } from "./rules/retry.ts";
import { checkTrailers } from "../wire/body_writer.ts";
import type { RawHeader } from "../wire/headers.ts";

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
  timeout: (value, draft, name) => draft.timeoutMs = milliseconds(name, value),
  connectTimeout: (value, draft, name) => draft.connectTimeoutMs = milliseconds(name, value),
  headTimeout: (value, draft, name) => draft.headTimeoutMs = milliseconds(name, value),
  idleTimeout: (value, draft, name) => draft.idleTimeoutMs = milliseconds(name, value),
  minSpeed: (value, draft) => draft.minSpeed = resolveMinSpeed(value),
  signal: (value: AbortSignal, draft) => {
    if (!((value as unknown) instanceof AbortSignal)) wrong("signal", value, "an AbortSignal");
    draft.signal = value;
  },
  headers: (value, draft) => draft.headers = checkFields(value, draft.headers),
  bodyToFile: (value: Sink, draft) => {
    if (typeof value !== "function" && (typeof value !== "string" || value === "")) {
      wrong("bodyToFile", value, "a path or a function");
    }
    draft.bodyToFile = value;
  },
  trailers: (value: Record<string, string>, draft, name) => {
    if (typeof value !== "object" || value === null) wrong(name, value, "an object");
    const trailers = checkTrailers(value);
    draft.trailers = trailers.length === 0 ? undefined : trailers;
  },
  expectContinue: (value, draft, name) => draft.expectContinue = boolean(name, value),
  redirect: (value: RedirectRules["mode"], draft, name) => {
    if (!["manual", "follow", "error"].includes(value)) {
      wrong(name, value, '"manual", "follow" or "error"');
    }
    draft.redirect = { ...draft.redirect, mode: value };
  },
  maxRedirects: (value, draft, name) => {
    draft.redirect = { ...draft.redirect, maxRedirects: count(name, value, 0) };
  },
  crossOriginHeaders: (value: string[], draft, name) => {
    if (!Array.isArray(value) || value.some((it) => typeof it !== "string")) {
      wrong(name, value, "an array of field names");
    }
    draft.redirect = { ...draft.redirect, crossOriginHeaders: value };
  },
  allowDowngrade: (value, draft, name) => {
    draft.redirect = { ...draft.redirect, allowDowngrade: boolean(name, value) };
  },
  decode: (value, draft, name) => draft.decode = boolean(name, value),
  maxHeadBytes: (value, draft, name) => draft.maxHeadBytes = count(name, value, 64),
  maxFields: (value, draft, name) => draft.maxFields = count(name, value, 0),
  maxBodyBytes: (value, draft, name) => draft.maxBodyBytes = count(name, value, 0),
  maxDecodeRatio: (value, draft, name) => draft.maxDecodeRatio = count(name, value, 1),
  retry: (value, draft) => draft.retry = resolveRetry(value),
  cookies: (value: boolean | CookieJar, draft, name) => {
    if (typeof value !== "boolean" && typeof value?.cookieHeader !== "function") {
      wrong(name, value, "a boolean or a CookieJar");
    }
    draft.cookies = value;
  },
  auth: (value, draft) => draft.auth = checkAuth(value),
  onProgress: (value, draft, name) => draft.onProgress = callback(name, value),
  onInformational: (value, draft, name) => draft.onInformational = callback(name, value),
};

/** The settings of a request whose options stand on top of `base`. Throws TypeError or RangeError. */
export function resolveSettings(
  options: RequestOptions,
  base: Settings,
  also: ReadonlySet<string> = NOTHING_ELSE,
): Settings {
  const draft: Draft = { ...base };
  const route: RequestOptions = {};
  let hasPath = false;
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (Object.hasOwn(CHECKS, name)) {
      CHECKS[name]!(value as never, draft, name);
    } else if (ROUTE_OPTIONS.has(name)) {
      (route as Record<string, unknown>)[name] = value;
      hasPath = true;
    } else if (!also.has(name)) {
      throw new TypeError(`Cannot request: there is no option "${name}"`);
    }
  }
  if (hasPath) {
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
  const { maxConnections = 100, maxPerOrigin = 16, keepAlive, queueTimeout = 30 } = options;
  return {
    requests: resolveSettings(options, base, POOL_OPTIONS),
    pool: {
      maxConnections: count("maxConnections", maxConnections, 1),
      maxPerOrigin: count("maxPerOrigin", maxPerOrigin, 1),
      // Of other waits, Infinity and 0 are the same; here 0 means that connections are not kept.
      keepAliveMs: keepAlive === undefined || keepAlive === Infinity
        ? keepAlive
        : milliseconds("keepAlive", keepAlive),
      queueTimeoutMs: milliseconds("queueTimeout", queueTimeout),
    },
  };
}

function resolveMinSpeed(value: RequestOptions["minSpeed"]): Settings["minSpeed"] {
  if (value === null) wrong("minSpeed", value, "a number or an object");
  const { bytes, window = 30 } = typeof value === "object" ? value : { bytes: value as number };
  const windowMs = milliseconds("minSpeed.window", window);
  if (windowMs === 0) throw new RangeError('Cannot request: option "minSpeed.window" is 0');
  const perSecond = count("minSpeed", bytes, 0);
  return perSecond === 0 ? undefined : { bytes: perSecond * window, windowMs };
}

function checkAuth(value: Auth): Auth {
  const { type, ...secrets } = value ?? {};
  const wanted = type === "bearer" ? ["token"] : ["username", "password"];
  const known = type === undefined || ["basic", "digest", "bearer"].includes(type);
  const texts = secrets as Record<string, unknown>;
  if (!known || wanted.some((name) => typeof texts[name] !== "string")) {
    throw new TypeError(
      'Cannot request: option "auth" is not { username, password } or { type: "bearer", token }',
    );
  }
  return value;
}

function callback<T>(name: string, value: T): T {
  if (typeof value !== "function") wrong(name, value, "a function");
  return value;
}

function boolean(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") wrong(name, value, "a boolean");
  return value;
}

function milliseconds(name: string, value: unknown): number {
  if (typeof value !== "number") wrong(name, value, "a number of seconds");
  if (!(value >= 0)) throw new RangeError(`Cannot request: option "${name}" is ${value}`);
  return value === Infinity ? 0 : value * 1000;
}

function count(name: string, value: unknown, least: number): number {
  if (typeof value !== "number") wrong(name, value, "a number");
  if (!(value >= least) || (value !== Infinity && !Number.isSafeInteger(value))) {
    throw new RangeError(
      `Cannot request: option "${name}" is ${value}, not an integer from ${least}`,
    );
  }
  return value;
}

function wrong(name: string, value: unknown, wanted: string): never {
  const found = value === null ? "null" : typeof value === "string" ? `"${value}"` : typeof value;
  throw new TypeError(`Cannot request: option "${name}" is ${found}, not ${wanted}`);
}
