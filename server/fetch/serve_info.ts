// What a handler gets beside its Request: that of Deno.serve, and what a raw connection can give.

import type { RawHeader } from "../../wire/headers.ts";
import { ClosedError } from "../../wire/errors.ts";
import { partsOf } from "../connection.ts";
import { observed } from "../observed.ts";
import type { ResponseOutcome } from "../response.ts";
import type { UpgradedConn } from "../take_over.ts";
import type { FetchExchange } from "./exchange.ts";
import { SwitchingResponse, switchTo } from "./switching_response.ts";
import type { TrailerSource } from "./trailers.ts";

/** What was sent; where a handler is written for `Deno.serve`, nothing. */
export type Completion = ResponseOutcome & void;

/** A raw connection, taken out of HTTP by `info.upgrade`. */
export interface RawUpgrade extends UpgradedConn {
  /** What the handler may return then: nothing of it is sent. */
  readonly response: Response;
}

/**
 * What a handler of `serve` gets beside its Request. Its functions need no `this`: they may be taken apart.
 *
 * @example What was really sent
 * ```ts
 * import { serve } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * const { promise, resolve } = Promise.withResolvers<number>();
 * await using server = serve({ port: 0, onListen() {} }, (_request, info) => {
 *   info.completed.then(({ bytesSent }) => resolve(bytesSent));
 *   return new Response("hello");
 * });
 * await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).text();
 * assertEquals(await promise, 5);
 * ```
 */
export class ServeInfo<Addr extends Deno.Addr = Deno.NetAddr> {
  readonly #exchange: FetchExchange;
  #completed: Promise<Completion> | undefined;
  #trailers: Promise<Headers> | undefined;

  /** @ignore Infos are made by the server. */
  constructor(exchange: FetchExchange) {
    this.#exchange = exchange;
  }

  /** The client's address; on a unix socket that of the server. */
  get remoteAddr(): Addr {
    const { remoteAddr, localAddr } = this.#exchange.channel.conn;
    // A client of a unix socket has no path of its own.
    const hasNone = "path" in remoteAddr && remoteAddr.path === null;
    return (hasNone ? localAddr : remoteAddr) as unknown as Addr;
  }

  /** The address that the client connected to. */
  get localAddr(): Addr {
    return this.#exchange.channel.conn.localAddr as unknown as Addr;
  }

  /**
   * What became of the response: resolves when the socket has accepted the whole of it, with what was sent. Rejects
   * with the error when the client left before that or the response was cut; nobody has to handle that.
   */
  get completed(): Promise<Completion> {
    return this.#completed ??= observed(complete(this.#exchange));
  }

  /** The fields of the request in order, with the case and the repeats that were sent. */
  get rawHeaders(): RawHeader[] {
    return this.#exchange.req.rawHeaders;
  }

  /** The version that the client speaks. */
  get httpVersion(): "HTTP/1.0" | "HTTP/1.1" {
    return this.#exchange.req.minorVersion === 0 ? "HTTP/1.0" : "HTTP/1.1";
  }

  /**
   * The fields behind the request's body (RFC 9110 6.5): resolves when that was read to its end. Rejects when the
   * request is over before; nobody has to handle that.
   */
  get trailers(): Promise<Headers> {
    return this.#trailers ??= observed(readTrailers(this.#exchange));
  }

  /**
   * Sends an informational response ahead of the final one, such as 103 Early Hints (RFC 8297). Not sent to
   * HTTP/1.0 clients.
   *
   * @param status Status code, 102 to 199.
   * @param headers Its fields.
   * @throws {RangeError} if the status is out of range.
   * @throws {TypeError} if a field is not valid, and after the head of the final response was sent.
   *
   * @example Early hints
   * ```ts
   * import { serve } from "@eco/http/server";
   * import { Client } from "@eco/http/client";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = serve({ port: 0, onListen() {} }, async (_request, info) => {
   *   await info.sendInformational(103, { Link: "</style.css>; rel=preload; as=style" });
   *   return new Response("hello");
   * });
   * const seen: number[] = [];
   * using client = new Client({ onInformational: ({ code }) => void seen.push(code) });
   * await client.get(`http://127.0.0.1:${server.addr.port}/`);
   * assertEquals(seen, [103]);
   * ```
   */
  get sendInformational(): (status: number, headers?: HeadersInit) => Promise<void> {
    const { con } = this.#exchange;
    return (status, headers) =>
      con.sendInformational(status, Object.fromEntries(new Headers(headers)));
  }

  /**
   * Sends fields behind the response's body (RFC 9110 6.5), which is then sent chunked. An HTTP/1.0 client does
   * not get them.
   *
   * @param trailers The fields, a promise of them, or a function that is called when the body has ended.
   *
   * @example A checksum of what was sent
   * ```ts
   * import { serve } from "@eco/http/server";
   * import { get } from "@eco/http/client";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = serve({ port: 0, onListen() {} }, (_request, info) => {
   *   let length = 0;
   *   info.sendTrailers(() => ({ "X-Length": String(length) }));
   *   return new Response(ReadableStream.from(["hello", "world"].map((text) => {
   *     length += text.length;
   *     return new TextEncoder().encode(text);
   *   })));
   * });
   * const { trailers } = await get(`http://127.0.0.1:${server.addr.port}/`);
   * assertEquals(trailers["x-length"], "10");
   * ```
   */
  get sendTrailers(): (trailers: TrailerSource) => void {
    const exchange = this.#exchange;
    // It may fail before anybody waits for it.
    return (source) => exchange.trailers = source instanceof Promise ? observed(source) : source;
  }

  /**
   * Takes the connection over: sends a 101 (200 to CONNECT) and hands the socket out, which is the caller's to close
   * (RFC 9110 7.8). What the handler returns after that is ignored.
   *
   * @param headers Fields of the 101; `Upgrade` among them, naming what the client offered.
   * @returns The connection, and the bytes of it that were read already.
   * @throws {TypeError} if the client did not ask for an upgrade, the request's body was not read, or the head was
   * sent before.
   * @throws {HttpError} if the connection is lost.
   *
   * @example Speak another protocol
   * ```ts
   * import { serve } from "@eco/http/server";
   * import { Client } from "@eco/http/client";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = serve({ port: 0, onListen() {} }, async (_request, info) => {
   *   const { conn, response } = await info.upgrade({ Upgrade: "greeting" });
   *   await conn.write(new TextEncoder().encode("hello"));
   *   conn.close();
   *   return response;
   * });
   * using client = new Client();
   * await client.get(`http://127.0.0.1:${server.addr.port}/`, {
   *   headers: { Connection: "upgrade", Upgrade: "greeting" },
   * });
   * using sock = client.sock();
   * assertEquals(await new Response(sock.readable).text(), "hello");
   * ```
   */
  get upgrade(): (headers?: HeadersInit) => Promise<RawUpgrade> {
    const exchange = this.#exchange;
    return (headers) => observed(upgrade(exchange, new Headers(headers)));
  }
}

async function upgrade(exchange: FetchExchange, headers: Headers): Promise<RawUpgrade> {
  const upgraded = await switchTo(exchange.con, exchange.req, headers);
  exchange.isTaken = true;
  exchange.switching?.taker.fail(new TypeError("Cannot switch protocols: info.upgrade was called"));
  return { ...upgraded, response: new SwitchingResponse(headers, NOBODY) };
}

/** The connection is its new owner's already. */
const NOBODY = { take(): void {}, fail(): void {} };

async function complete({ con, watch }: FetchExchange): Promise<Completion> {
  const outcome = await con.done;
  // What the socket took after the client had left has reached nobody.
  if (!outcome.completed || watch.left !== undefined) throw outcome.error ?? watch.left;
  return outcome as Completion;
}

async function readTrailers({ con }: FetchExchange): Promise<Headers> {
  const { body } = partsOf(con);
  const isOver = con.done.then(() => false);
  if (!await Promise.race([body.whenDone, isOver])) {
    throw new ClosedError("Cannot read trailers: the request is over and its body was not read");
  }
  return new Headers(body.trailers?.raw());
}
