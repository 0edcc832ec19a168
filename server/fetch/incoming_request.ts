// A request as a standard Request that is made when it is needed: method, URL, fields and the whole body are
// answered directly; everything else, and the runtime itself, gets a real Request that is built for that.

import { toFormData } from "../../multipart/to_form_data.ts";
import { parseMultipart } from "../../multipart/parse_multipart.ts";
import { concatBytes } from "../../wire/concat_bytes.ts";
import { LimitError } from "../../wire/errors.ts";
import { fieldValues } from "../../wire/headers.ts";
import { ownSymbol } from "../../wire/own_symbol.ts";
import { authorityOf, type ServerRequest } from "../request.ts";
import type { FetchExchange } from "./exchange.ts";
import { requestUrl } from "./request_url.ts";

/** The media type of forms without files. */
const URL_ENCODED = /^[ \t]*application\/x-www-form-urlencoded[ \t]*(?:;|$)/i;
const MULTIPART = /^[ \t]*multipart\/form-data[ \t]*(?:;|$)/i;
const utf8 = new TextDecoder();

/** Where a request keeps its exchange. Not a private field: a Proxy of the request has to have it, too. */
const EXCHANGE = Symbol("exchange");

/** The exchange of a request; its copies have none. */
export function exchangeOf(request: Request): FetchExchange | undefined {
  return (request as unknown as Partial<IncomingRequest> | undefined)?.[EXCHANGE];
}

/** What a handler gets as its Request. */
export function incomingRequest(exchange: FetchExchange): Request {
  return new IncomingRequest(exchange) as unknown as Request;
}

/** All that it knows is in the exchange. */
class IncomingRequest {
  readonly [EXCHANGE]: FetchExchange;

  constructor(exchange: FetchExchange) {
    this[EXCHANGE] = exchange;
  }

  get method(): string {
    return this[EXCHANGE].req.method;
  }

  get url(): string {
    return urlOf(this[EXCHANGE]);
  }

  get headers(): Headers {
    return headersOf(this[EXCHANGE]);
  }

  get signal(): AbortSignal {
    return this[EXCHANGE].signal;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return hasBody(this[EXCHANGE]) ? realOf(this[EXCHANGE]).body : null;
  }

  get bodyUsed(): boolean {
    const { real, bodyUsed } = this[EXCHANGE];
    return real?.bodyUsed ?? bodyUsed;
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return readBytes(this[EXCHANGE]);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await readBytes(this[EXCHANGE])).buffer;
  }

  async blob(): Promise<Blob> {
    const type = this.headers.get("content-type");
    const init = type === null ? {} : { headers: { "Content-Type": type } };
    // A Response knows how the type is spelled in a Blob.
    return await new Response(await readBytes(this[EXCHANGE]), init).blob();
  }

  async text(): Promise<string> {
    return utf8.decode(await readBytes(this[EXCHANGE]));
  }

  async json(): Promise<unknown> {
    return JSON.parse(utf8.decode(await readBytes(this[EXCHANGE])));
  }

  async formData(): Promise<FormData> {
    const exchange = this[EXCHANGE];
    const type = exchange.req.headers["content-type"] ?? "";
    if (URL_ENCODED.test(type)) return fromUrlEncoded(utf8.decode(await readBytes(exchange)));
    if (!MULTIPART.test(type)) {
      throw new TypeError(`Cannot read form: Content-Type "${type}" is not that of a form`);
    }
    const { multipart, maxBufferedBody } = exchange.channel.host.settings;
    const parts = parseMultipart(takeStream(exchange), type, multipart);
    return await toFormData(parts, { maxBufferedBytes: maxBufferedBody });
  }

  clone(): Request {
    return realOf(this[EXCHANGE]).clone();
  }
}

/** The standard gives no body to these two, whatever was sent. */
function hasBody({ req }: FetchExchange): boolean {
  return req.method !== "GET" && req.method !== "HEAD";
}

/** The whole body, within the limit on such. */
async function readBytes(exchange: FetchExchange): Promise<Uint8Array<ArrayBuffer>> {
  if (!hasBody(exchange)) return new Uint8Array(0);
  if (exchange.real !== undefined) return await collect(takeStream(exchange)!, exchange);
  use(exchange);
  return await exchange.con.readBody();
}

/** The stream of the body, which is used then; null where there is none. */
function takeStream(exchange: FetchExchange): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (!hasBody(exchange)) return null;
  const { real } = exchange;
  if (real !== undefined) {
    if (real.bodyUsed || real.body!.locked) refuseUsed();
    return real.body;
  }
  use(exchange);
  return exchange.body.stream;
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { channel }: FetchExchange,
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBufferedBody } = channel.host.settings;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  // Never let go of again, as with any body that was read.
  const reader = stream.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(pieces, total);
    total += value.length;
    pieces.push(value);
    if (total <= maxBufferedBody) continue;
    const error = new LimitError("maxBufferedBody", maxBufferedBody, 413);
    reader.cancel(error).catch(() => {});
    throw error;
  }
}

function use(exchange: FetchExchange): void {
  if (exchange.bodyUsed) refuseUsed();
  exchange.bodyUsed = true;
}

/** The real Request. */
function realOf(exchange: FetchExchange): Request {
  return exchange.real ??= makeReal(exchange);
}

function makeReal(exchange: FetchExchange): Request {
  const { req: { method }, signal } = exchange;
  const url = urlOf(exchange);
  const init: RequestInit = {
    method: hasBody(exchange) && REFUSED.test(method) ? "OPTIONS" : method,
    headers: headersOf(exchange),
    signal,
  };
  if (hasBody(exchange)) init.body = exchange.bodyUsed ? "-" : exchange.body.stream;
  const real = new Request(url, init);
  if (exchange.bodyUsed) real.text();
  if (real.method !== method) forceMethod(real, method);
  return real;
}

/** Methods that no Request can be made with, or none with a body; a server may be asked by them all the same. */
const REFUSED = /^(?:CONNECT|TRACE|TRACK|GET|HEAD)$/i;

/** Gives a Request the method that was sent, and all that are made of it: `new Request` knows some in one case only. */
function forceMethod(real: Request, method: string): void {
  const inside = real as unknown as Record<symbol, { method?: string } | undefined>;
  const request = ownSymbol(real, "request");
  const inner = request === undefined ? undefined : inside[request];
  if (inner?.method !== undefined) inner.method = method;
  // What was asked for before is kept.
  const asked = ownSymbol(real, "method");
  if (asked !== undefined) inside[asked] = undefined;
  if (real.method !== method) {
    throw new TypeError(`Cannot make a Request with the method "${method}"`);
  }
}

makeStandard(IncomingRequest.prototype);

/** Lets everything that takes a Request take this one: what it asks for is answered by the real one. */
function makeStandard(prototype: IncomingRequest): void {
  Object.setPrototypeOf(prototype, Request.prototype);
  Object.defineProperty(prototype, "constructor", {
    value: Request,
    configurable: true,
    writable: true,
  });
  const own = new Set<PropertyKey>(Reflect.ownKeys(prototype));
  const standard = Object.getOwnPropertyDescriptors(Request.prototype);
  for (const [name, { get }] of Object.entries(standard)) {
    if (name === "constructor") continue;
    // As the standard has it, all of them show in a `for … in`.
    if (own.has(name)) Object.defineProperty(prototype, name, { enumerable: true });
    else if (get !== undefined) delegate(name);
  }
  // The runtime knows its own objects by properties with such names.
  for (const symbol of Object.getOwnPropertySymbols(new Request("http://localhost/"))) {
    delegate(symbol);
  }

  function delegate(name: string | symbol): void {
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: typeof name === "string",
      get(this: IncomingRequest): unknown {
        return (realOf(this[EXCHANGE]) as unknown as Record<PropertyKey, unknown>)[name];
      },
      set(this: IncomingRequest, value: unknown) {
        (realOf(this[EXCHANGE]) as unknown as Record<PropertyKey, unknown>)[name] = value;
      },
    });
  }
}

function headersOf(exchange: FetchExchange): Headers {
  return exchange.headers ??= makeHeaders(exchange.req);
}

function makeHeaders(request: ServerRequest): Headers {
  const headers = new Headers(request.headers);
  // The one field whose lines cannot be joined.
  if (headers.has("set-cookie")) {
    headers.delete("set-cookie");
    for (const value of fieldValues(request.rawHeaders, "set-cookie")) {
      headers.append("set-cookie", value);
    }
  }
  return headers;
}

function urlOf(exchange: FetchExchange): string {
  return exchange.url ??= makeUrl(exchange);
}

function makeUrl({ req, channel }: FetchExchange): string {
  const { scheme } = channel.host;
  return requestUrl(
    scheme,
    authorityOf(req) || localAuthority(channel.conn.localAddr),
    req.rawPath,
  );
}

/** The server's name for itself, for a client that has none for it. */
function localAuthority(addr: Deno.Addr): string {
  if (!("port" in addr)) return "localhost";
  const { hostname, port } = addr as Deno.NetAddr;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function fromUrlEncoded(text: string): FormData {
  const form = new FormData();
  for (const [name, value] of new URLSearchParams(text)) form.append(name, value);
  return form;
}

function refuseUsed(): never {
  throw new TypeError("Cannot read body: it was used before");
}
