// A response whose head is there, and what is made of it: its body decoded if asked for, taken at once where it
// came along, and what is known at its end noted.

import { LimitError } from "../wire/errors.ts";
import { contentCodings, isDecodable } from "./content/coding.ts";
import { decodeBody } from "./content/decode.ts";
import type { FieldSection } from "../wire/field_section.ts";
import type { ResponseHead } from "../wire/response_head.ts";
import type { BodySource } from "./body_source.ts";
import type { Control } from "./exchange/control.ts";
import type { Exchange } from "./exchange/exchange.ts";
import type { Stopwatch } from "./exchange/stopwatch.ts";
import type { Arrival, Journey } from "./journey.ts";
import { ClientResponse, type ResponseState, type Timings } from "./response.ts";
import type { Settings } from "./settings.ts";
import type { ClientSocket } from "./socket.ts";

/** One request on its way. */
export interface Trip {
  readonly settings: Settings;
  readonly control: Control;
  readonly stopwatch: Stopwatch;
  /** Longest body of the response. */
  readonly limit: number;
  /**
   * Whether it is for `fetch`: an upgraded connection is taken out of the client at once, and codings that nobody
   * knows are left to the caller, as the Fetch standard has it.
   */
  readonly isFetch: boolean;
  readonly journey: Journey;
}

/** A response whose body is still to come. */
export interface Arrived {
  readonly head: ResponseHead;
  readonly state: ResponseState;
  readonly exchange: Exchange;
  readonly source: BodySource;
  /** The upgraded connection, if it was taken. */
  readonly socket: ClientSocket | undefined;
}

const CODING = /content-encoding:/i;
/** Until the body has ended. */
const NO_TIMINGS: Timings = { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 };

/** What is known of a response at its head. */
export function stateOf({ exchange, head }: Arrival, { journey }: Trip): ResponseState {
  const { connection } = exchange;
  return {
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
  };
}

/** The body as the caller wants it. */
export function decoded(
  { exchange, head }: Arrival,
  { settings, limit, isFetch }: Trip,
): BodySource {
  if (!settings.decode || !exchange.hasBody) return exchange;
  try {
    const named = codingsOf(head.fields);
    if (isFetch && named !== undefined && !isDecodable(named)) return exchange;
    const codings = contentCodings(named);
    const limits = { maxBytes: limit, maxRatio: settings.maxDecodeRatio };
    if (codings !== undefined) return decodeBody(exchange, codings, limits);
    // The exchange has some allowance for codings, and this body has none.
    const { contentLength, transferEncoding } = head.fields;
    const isAnnounced = contentLength !== undefined && transferEncoding === undefined;
    if (limit === Infinity) return exchange;
    if (!isAnnounced) return decodeBody(exchange, [], limits);
    if (Number(contentLength) > limit) throw new LimitError("maxBodyBytes", limit, 413);
    return exchange;
  } catch (error) {
    throw exchange.refuse(error);
  }
}

/** The value of Content-Encoding. Few have one: the fields are not split to find that out. */
export function codingsOf(fields: FieldSection): string | undefined {
  return CODING.test(fields.text) ? fields.record()["content-encoding"] : undefined;
}

/** Whether the body can be read in one go. */
export function isPlain(
  { source, exchange }: Arrived,
  { onProgress, minSpeed }: Settings,
): boolean {
  return source === exchange && onProgress === undefined && minSpeed === undefined;
}

/** The response, where its body stays in memory and has arrived with the head: most of them are small. */
export function tryDeliver(
  arrived: Arrived,
  { settings, stopwatch }: Trip,
): ClientResponse | undefined {
  const { state, exchange } = arrived;
  if (settings.bodyToFile !== undefined || state.code === 101) return undefined;
  if (!isPlain(arrived, settings)) return undefined;
  state.body = exchange.tryReadAll();
  if (state.body === undefined) return undefined;
  complete(arrived, stopwatch);
  return new ClientResponse(state);
}

/** Notes what is known at the end of the body. */
export function complete({ state, exchange }: Arrived, stopwatch: Stopwatch): void {
  state.trailers = exchange.trailers;
  state.timings = stopwatch.read();
}
