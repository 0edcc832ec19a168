// A standard Response on its way out. One that is text or bytes in memory is put at once; a stream is sent piece
// by piece, and a stream that fails cuts the connection: there never is a false end.

import { type Connection, partsOf } from "../connection.ts";
import { takeFile, type TakenFile } from "../files/file_stream.ts";
import { reasonPhrase } from "../response_head.ts";
import { adoptWebSocket } from "../websocket/adopt.ts";
import type { FetchExchange } from "./exchange.ts";
import { sendStream, skim, type StreamTarget } from "./response_stream.ts";
import {
  isDecoded,
  lengthInBytes,
  lengthOfStream,
  plainTextType,
  takePlainText,
  takeStaticBody,
} from "./static_body.ts";
import { SwitchingResponse, switchTo } from "./switching_response.ts";
import { putTrailers } from "./trailers.ts";

/** How far a response came: `"cut"` if the client left, or the connection is another's now. */
export type Sent = "sent" | "cut";

/**
 * Sends what a handler returned. Throws TypeError for what is no Response, or was used before; its body is cancelled
 * when it is not sent.
 */
export function sendResponse(exchange: FetchExchange, response: unknown): Sent | Promise<Sent> {
  if (!(response instanceof Response)) {
    if (exchange.isTaken) return "cut";
    throw new TypeError(`Cannot answer: the handler returned ${kindOf(response)}, not a Response`);
  }
  if (exchange.isTaken) {
    drop(response);
    return "cut";
  }
  const { con, switching } = exchange;
  const type = plainTextType(response);
  if (type !== undefined && switching === undefined) {
    const text = takePlainText(response);
    con.addHeader("content-type", type);
    con.send(text);
    if (exchange.req.method === "HEAD") announce(exchange, lengthInBytes(text));
    return exchange.trailers === undefined ? "sent" : sendTrailers(exchange);
  }
  try {
    if (response.status === 101) return switchProtocols(exchange, response);
    exchange.dropSwitching();
    return sendOther(exchange, response);
  } catch (error) {
    drop(response);
    throw error;
  }
}

/** Any Response but text with the status 200. */
function sendOther(exchange: FetchExchange, response: Response): Sent | Promise<Sent> {
  if (response.type === "error") {
    throw new TypeError("Cannot answer: the handler returned Response.error()");
  }
  putHead(exchange.con, response);
  const body = takeStaticBody(response);
  if (body === undefined) return sendBody(exchange, response);
  if (exchange.req.method === "HEAD") announce(exchange, lengthInBytes(body));
  if (typeof body === "string") exchange.con.send(body);
  else exchange.con.sendKept(body);
  return exchange.trailers === undefined ? "sent" : sendTrailers(exchange);
}

/** Tells the source of a body that nobody will read it. */
export function drop({ body }: Response): void {
  if (body === null || body.locked) return;
  body.cancel(new TypeError("Cannot send body: the Response was not sent")).catch(() => {});
}

/** Ends the body with its trailers; a client that leaves does not wait for them. */
async function sendTrailers({ con, trailers, watch }: FetchExchange): Promise<Sent> {
  const left = new Promise<"cut">((resolve) => watch.onLeave(() => resolve("cut")));
  const put = putTrailers(con, trailers!).then((): Sent => "sent");
  return await Promise.race([put, left]);
}

function putHead(con: Connection, response: Response): void {
  const { status, statusText } = response;
  con.setStatus(status, statusText === reasonPhrase(status) ? undefined : statusText || undefined);
  const wasCoded = isDecoded(response);
  response.headers.forEach((value, name) => {
    if (!wasCoded || name !== "content-encoding") putField(con, name, value);
  });
}

/** Adds a field. Those that frame the message are up to the server, however the application has them. */
function putField(con: Connection, name: string, value: string): void {
  if (name === "transfer-encoding" || name === "keep-alive" || name === "content-length") return;
  if (name === "connection") {
    if (/\bclose\b/i.test(value)) con.addHeader(name, "close");
    return;
  }
  con.appendHeader(name, value);
}

/** A body that is a stream, or none. */
async function sendBody(exchange: FetchExchange, response: Response): Promise<Sent> {
  try {
    return await sendStreamed(exchange, response);
  } catch (error) {
    drop(response);
    throw error;
  }
}

async function sendStreamed(exchange: FetchExchange, response: Response): Promise<Sent> {
  const { con, req } = exchange;
  const length = lengthOfStream(response);
  const isHead = req.method === "HEAD";
  const { body, status } = response;
  if (response.bodyUsed || body?.locked) {
    throw new TypeError("Cannot answer: the body of the Response was used, or is being read");
  }
  // What an application says of a body that is not here, or not whole yet, is all that is known of it.
  if (body !== null || (isHead && status !== 205) || status === 304) {
    const given = isDecoded(response) ? null : response.headers.get("content-length");
    announce(exchange, length, given);
  }
  if (body !== null) {
    const file = isHead ? undefined : takeFile(body);
    if (isHead) await skim(body);
    else if (file !== undefined) await sendFile(con, file);
    else if (!await sendStream(body, targetOf(exchange))) return "cut";
  }
  return exchange.trailers === undefined ? "sent" : await sendTrailers(exchange);
}

/** Announces a length: that of the application, of which a list of equal ones is one (RFC 9110 8.6), or the one known. */
function announce(
  { con, trailers }: FetchExchange,
  known: number | undefined,
  given: string | null = null,
): void {
  if (trailers !== undefined) {
    if (given === null) return; // Behind a body of announced length there is no place for them.
    throw new TypeError("Cannot send trailers: the response has a Content-Length");
  }
  const length = given?.replace(/^(\d+)(?:[ \t]*,[ \t]*\1)+$/, "$1") ?? known;
  if (length !== undefined) con.addHeader("content-length", String(length));
}

function sendFile(con: Connection, { open, offset, count, facts }: TakenFile): Promise<void> {
  return con.sendOpened(open(), offset, count, facts.path);
}

function targetOf({ con, watch }: FetchExchange): StreamTarget {
  const { channel, response } = partsOf(con);
  return { response, writer: channel.writer, watch };
}

/**
 * Gives the connection to who was to have it. Middleware may have made another Response of the one for that, with more
 * fields: then it has the status all the same.
 */
async function switchProtocols(exchange: FetchExchange, response: Response): Promise<Sent> {
  const own = response instanceof SwitchingResponse
    ? response
    : adoptWebSocket(exchange, response) ?? exchange.switching;
  if (own === undefined) {
    throw new TypeError(
      "Cannot answer 101: use upgradeWebSocket or info.upgrade of this library to switch protocols",
    );
  }
  const headers = new Headers(response.headers);
  if (own !== response) {
    own.headers.forEach((value, name) => name === "set-cookie" || headers.set(name, value));
  }
  try {
    own.taker.take(await switchTo(exchange.con, exchange.req, headers));
  } catch (error) {
    own.taker.fail(error);
    throw error;
  }
  return "cut";
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
