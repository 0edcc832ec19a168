// From what `fetch` is given to its response, over the connections of an engine.

import { type Answer, type Engine, MEMORY_BYTES } from "../engine.ts";
import type { RequestOptions } from "../options.ts";
import type { RequestBody } from "../request_body.ts";
import type { ClientResponse } from "../response.ts";
import { resolveSettings, type Settings } from "../settings.ts";
import { parseTarget } from "../target.ts";
import { fetchError } from "./fetch_error.ts";
import {
  fetchBody,
  fetchFields,
  type FetchInit,
  fetchMethod,
  splitInit,
  type StandardInit,
} from "./fetch_init.ts";
import { FetchResponse } from "./fetch_response.ts";
import { type ExpectedBody, isExpected, parseIntegrity } from "./integrity.ts";
import { fetchOther } from "./other_schemes.ts";
import { ResponseBody } from "./response_body.ts";
import { readStreamAhead, StreamRest } from "./stream_ahead.ts";

/** What is asked for. */
interface Wanted {
  readonly method: string;
  readonly url: string;
  readonly body: RequestBody | undefined;
  readonly settings: Settings;
  /** What the body must be. */
  readonly expected: ExpectedBody | undefined;
  /** Whether the body is a stream that may turn out to be short. */
  readonly isAhead: boolean;
}

const PLAIN = { method: "GET", body: undefined, expected: undefined, isAhead: false };
/** URLs that need not be parsed to know that they are of this client's. */
const PLAIN_URL = /^https?:\/\/[!-~]+$/i;
/** Statuses of responses without a body (Fetch standard, "null body status"), 101 apart. */
const NULL_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** Fetches over an engine. What is wrong is a rejection, never thrown. */
export function fetchWith(
  engine: Engine,
  input: RequestInfo | URL,
  init: FetchInit | undefined,
): Promise<FetchResponse> {
  if (init === undefined && typeof input === "string" && PLAIN_URL.test(input)) {
    const settings = engine.fetchDefaults;
    return send(engine, { ...PLAIN, url: input, settings });
  }
  return checkAndSend(engine, input, init ?? {});
}

async function checkAndSend(
  engine: Engine,
  input: RequestInfo | URL,
  init: FetchInit,
): Promise<FetchResponse> {
  const request = input instanceof Request ? input : undefined;
  const { standard: given, options } = splitInit(init);
  const standard: StandardInit = request === undefined
    ? given
    : { ...splitInit(request).standard, ...given };
  const url = parseUrl(request?.url ?? String(input));
  const method = fetchMethod(standard.method ?? "GET");
  const ownBody = given.body ?? undefined;
  // Whose body it is; of a Request, as a stream.
  const source = ownBody === undefined ? request : init instanceof Request ? init : undefined;
  const content = ownBody ?? request?.body ?? undefined;
  if (content !== undefined && (method === "GET" || method === "HEAD")) {
    throw new TypeError(`Cannot fetch: a request with method ${method} cannot have a body`);
  }
  if (source?.bodyUsed) {
    throw new TypeError("Cannot fetch: the body of the Request was used before");
  }
  const body = content === undefined ? undefined : fetchBody(content);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const [name] = Object.keys(options);
    if (name !== undefined) {
      throw new TypeError(`Cannot fetch "${url.href}": option "${name}" is for http and https`);
    }
    return await fetchOther(url, standard as RequestInit);
  }
  const expected = parseIntegrity(String(standard.integrity ?? ""));
  const settings = settingsFor(standard, options, body, engine.fetchDefaults);
  if (expected !== undefined && settings.bodyToFile !== undefined) {
    throw new TypeError('Cannot fetch: options "integrity" and "bodyToFile" exclude each other');
  }
  const isAhead = source !== undefined && body instanceof ReadableStream;
  return await send(engine, { method, url: url.href, body, settings, expected, isAhead });
}

function parseUrl(text: string): URL {
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  const url = URL.parse(text, base);
  if (url !== null) return url;
  parseTarget(text); // says what is wrong with it
  throw new TypeError("Cannot fetch: that is no URL");
}

function settingsFor(
  standard: StandardInit,
  own: Record<string, unknown>,
  body: RequestBody | undefined,
  defaults: Settings,
): Settings {
  const { headers, redirect, signal, credentials } = standard;
  const options: Record<string, unknown> = { ...own };
  if (headers !== undefined) options.headers = fetchFields(headers, isStream(body));
  if (redirect !== undefined) options.redirect = redirect;
  if (signal !== undefined && signal !== null) options.signal = signal;
  if (credentials === "omit") options.cookies ??= false;
  const base = signal === null ? { ...defaults, signal: undefined } : defaults;
  return Object.keys(options).length === 0
    ? base
    : resolveSettings(options as RequestOptions, base);
}

function isStream(body: RequestBody | undefined): boolean {
  return typeof body === "object" && Symbol.asyncIterator in body;
}

async function send(engine: Engine, wanted: Wanted): Promise<FetchResponse> {
  const { method, url, settings } = wanted;
  let { body } = wanted;
  try {
    if (wanted.isAhead) {
      settings.signal?.throwIfAborted();
      body = await readStreamAhead(body as ReadableStream<Uint8Array>);
    }
    if (settings.bodyToFile !== undefined) {
      const response = await engine.request(method, url, body, undefined, settings);
      return new FetchResponse({ facts: response, maxBytes: 0 });
    }
    const response = respond(await engine.fetch(method, url, body, settings), wanted);
    return response instanceof FetchResponse ? response : await response;
  } catch (error) {
    if (body !== undefined) giveUp(body, error);
    throw fetchError(error, "fetch", withoutUser(url), settings.signal);
  }
}

/** Makes a standard response of an answer. */
function respond(answer: Answer, wanted: Wanted): FetchResponse | Promise<FetchResponse> {
  const { response: facts, socket, length, lines, isDecoded } = answer;
  const { method, settings, expected } = wanted;
  const { signal } = settings;
  const maxBytes = settings.maxBodyBytes ?? MEMORY_BYTES;
  const hasNone = method === "HEAD" || NULL_BODY.has(facts.code);
  if (hasNone) answer.body?.close();
  if (expected !== undefined) return checked(answer, expected, maxBytes, wanted);
  if (hasNone) return new FetchResponse({ facts, socket, signal, maxBytes, lines });
  if (answer.body === undefined) {
    return new FetchResponse({ facts, bytes: facts.body, signal, maxBytes, lines });
  }
  const body = new ResponseBody(answer.body, length, explainFor(facts, signal));
  return new FetchResponse({ facts, body, signal, maxBytes, lines, isDecoded });
}

/** Reads the body, and looks whether it is the one that is expected. */
async function checked(
  { response: facts, body: source, length, lines, isDecoded }: Answer,
  expected: ExpectedBody,
  maxBytes: number,
  { settings: { signal } }: Wanted,
): Promise<FetchResponse> {
  const explain = explainFor(facts, signal);
  const bytes = source === undefined
    ? facts.body
    : await new ResponseBody(source, length, explain).collect(maxBytes);
  if (bytes === undefined || !await isExpected(bytes, expected)) {
    throw new TypeError(
      `Cannot fetch "${facts.url}": its body is not the one that option "integrity" describes`,
    );
  }
  return new FetchResponse({ facts, bytes, signal, maxBytes, lines, isDecoded });
}

function explainFor(
  { url }: ClientResponse,
  signal: AbortSignal | undefined,
): (error: unknown) => unknown {
  return (error) => fetchError(error, "read body of", url, signal);
}

/** Tells the source of a body that nobody sends it, where nobody else has. */
function giveUp(body: RequestBody, reason: unknown): void {
  if (body instanceof StreamRest) body.return(reason).catch(() => {});
  else if (body instanceof ReadableStream && !body.locked) body.cancel(reason).catch(() => {});
}

function withoutUser(text: string): string {
  if (!text.includes("@")) return text;
  const url = new URL(text);
  url.username = url.password = "";
  return url.href;
}
