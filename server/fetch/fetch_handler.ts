// A handler in Fetch's terms as a handler of connections: a Request made of what came, the Response sent, errors
// answered as the application wants.

import { type Connection, partsOf } from "../connection.ts";
import { type ErrorContext, printError, printTrouble, ReportedError } from "../error_context.ts";
import { isThenable } from "../observed.ts";
import type { ServerRequest } from "../request.ts";
import type { Handler } from "../serve_connection.ts";
import { compressResponse } from "./compress_response.ts";
import { FetchExchange } from "./exchange.ts";
import { incomingRequest } from "./incoming_request.ts";
import { drop, sendResponse, type Sent } from "./send_response.ts";
import { ServeInfo } from "./serve_info.ts";

/**
 * A handler of `serve`: the signature of a handler of `Deno.serve`, with more in `info`.
 *
 * @param request The request, as the standard has it.
 * @param info What the standard has no place for.
 */
export type ServeHandler<Addr extends Deno.Addr = Deno.NetAddr> = (
  request: Request,
  info: ServeInfo<Addr>,
) => Response | Promise<Response>;

/** Hears of errors, and may answer those of the handler. */
export type ErrorHandler = (
  error: unknown,
  context: ErrorContext,
) => Response | void | Promise<Response | void>;

/** Makes a handler of connections of one in Fetch's terms; `compresses`: whether its responses may be compressed. */
export function fetchHandler<Addr extends Deno.Addr>(
  handler: ServeHandler<Addr>,
  onError: ErrorHandler,
  compresses = false,
): Handler {
  const send = compresses
    ? (exchange: FetchExchange, response: unknown) =>
      sendResponse(exchange, compressResponse(exchange.req, response))
    : sendResponse;
  return (con, req) => {
    const exchange = new FetchExchange(con, req);
    try {
      const result: unknown = handler(incomingRequest(exchange), new ServeInfo<Addr>(exchange));
      if (isThenable(result)) return later(exchange, result, send, onError);
      const sent = send(exchange, result);
      if (sent === "sent") return end(exchange);
      return endLater(exchange, sent, onError);
    } catch (error) {
      return fail(exchange, error, onError);
    }
  };
}

async function later(
  exchange: FetchExchange,
  result: PromiseLike<unknown>,
  send: typeof sendResponse,
  onError: ErrorHandler,
): Promise<void> {
  try {
    const sent = send(exchange, await result);
    await (sent === "sent" ? end(exchange) : endLater(exchange, sent, onError));
  } catch (error) {
    await fail(exchange, error, onError);
  }
}

/** The response is put: what does not fit together, as a wrong Content-Length, can still be answered otherwise. */
function end({ con }: FetchExchange): void {
  const { response, channel } = partsOf(con);
  if (channel.state === "closed" || response.finish()) return;
  throw new RangeError("Cannot end response: the body is shorter than its Content-Length");
}

async function endLater(
  exchange: FetchExchange,
  sending: Sent | Promise<Sent>,
  onError: ErrorHandler,
): Promise<void> {
  try {
    if (await sending === "sent") return end(exchange);
    // Of what the client did not wait for, nothing more can be sent.
    exchange.channel.close();
  } catch (error) {
    await fail(exchange, error, onError);
  }
}

/** Tells of an error, and answers it as `onError` says. */
async function fail(exchange: FetchExchange, error: unknown, onError: ErrorHandler): Promise<void> {
  if (error instanceof ReportedError) throw error;
  const { con, req, channel } = exchange;
  const { response } = partsOf(con);
  exchange.switching?.taker.fail(error);
  exchange.switching = undefined;
  // That a client left, and what it asked for was given up, is nothing to print.
  const isAbort = onError === printError && exchange.isAbort(error);
  const answer = isAbort ? undefined : await report(error, con, req, onError);
  if (!(answer instanceof Response)) throw new ReportedError(error);
  if (!response.unsent || channel.state === "closed") {
    drop(answer);
    throw new ReportedError(error);
  }
  response.reset(error);
  exchange.trailers = undefined;
  try {
    if (await sendResponse(exchange, answer) === "sent") end(exchange);
    else channel.close();
  } catch (second) {
    printTrouble("Error in the response of onError:", second);
    throw new ReportedError(second);
  }
}

async function report(
  error: unknown,
  con: Connection,
  request: ServerRequest,
  onError: ErrorHandler,
): Promise<unknown> {
  try {
    return await onError(error, { source: "handler", request, remoteAddr: con.remoteAddr() });
  } catch (second) {
    printTrouble("Error in onError:", second);
  }
}
