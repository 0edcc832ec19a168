// One exchange over a connection in memory.

import { HttpConnection } from "../../../client/exchange/connection.ts";
import { Control } from "../../../client/exchange/control.ts";
import { Exchange } from "../../../client/exchange/exchange.ts";
import type { RequestOptions } from "../../../client/options.ts";
import { prepare } from "../../../client/prepare.ts";
import { outgoingBody, type RequestBody } from "../../../client/request_body.ts";
import { Stopwatch } from "../../../client/exchange/stopwatch.ts";
import { parseTarget } from "../../../client/target.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { FakeTransport } from "./fake_transport.ts";
import { settingsOf } from "./settings.ts";

/** What is asked, and how. */
export interface Asked {
  method?: string;
  url?: string;
  body?: RequestBody;
  options?: RequestOptions;
  /** Whether the connection is to close after the response. */
  close?: boolean;
  maxBodyBytes?: number;
  /** Whether the connection served a request before. */
  reused?: boolean;
}

/** An exchange and all that is around it. Disposing closes its connection. */
export class Exchanging implements Disposable {
  readonly transport: FakeTransport = new FakeTransport();
  readonly connection: HttpConnection;
  readonly control: Control = new Control(0, undefined);
  readonly exchange: Exchange;
  /** The Keep-Alive lines of connections that were released for another request. */
  readonly released: string[] = [];
  /** Keeps the process alive, as the socket would. */
  readonly #alive = setInterval(() => {}, 1000);

  constructor(asked: Asked = {}) {
    const { method = asked.body === undefined ? "GET" : "POST", url = "http://a.test/" } = asked;
    const settings = settingsOf(asked.options);
    this.connection = new HttpConnection(this.transport, "key", { closed() {} });
    if (asked.reused) this.connection.use();
    const request = prepare(
      {
        method,
        target: parseTarget(url),
        fields: settings.headers,
        body: asked.body === undefined ? undefined : outgoingBody(asked.body),
        trailers: settings.trailers,
      },
      {
        absoluteForm: false,
        defaults: [],
        forced: [],
        expectContinue: settings.expectContinue,
        close: asked.close ?? false,
      },
      settings,
      asked.maxBodyBytes ?? Infinity,
    );
    this.exchange = new Exchange(
      this.connection,
      request,
      settings,
      this.control,
      new Stopwatch(),
      (_connection, fields) => void this.released.push(fields.text),
    );
  }

  /** Whether the connection was released for another request; false: it was closed. */
  get isReusable(): boolean {
    const { released, transport } = this;
    if ((released.length === 1) === transport.closed) {
      throw new Error(`Released ${released.length} times, closed ${transport.closes} times`);
    }
    return released.length === 1;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    this.connection.close();
    this.control.end();
  }
}

/** A whole response. */
export const OK: string = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/** The end of a head. */
export const HEAD_END: string = "\r\n\r\n";

/** A body that the test feeds. */
export function fed(): {
  readable: ReadableStream<Uint8Array>;
  feeder: WritableStreamDefaultWriter<Uint8Array>;
} {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  return { readable, feeder: writable.getWriter() };
}

/** Sends a request, answers it, and reads the answer to its end. */
export async function exchanged(asked: Asked, ...arrivals: (string | null)[]): Promise<Exchanging> {
  const it = new Exchanging(asked);
  it.transport.source.push(...arrivals);
  await it.exchange.readHead();
  await it.exchange.readAll();
  return it;
}

/** The error of an exchange over these arrivals, whether of its head or of its body. */
export async function failed<T extends Error>(
  asked: Asked,
  // deno-lint-ignore no-explicit-any
  kind: new (...args: any[]) => T,
  ...arrivals: (string | Error | null)[]
): Promise<T> {
  using it = new Exchanging(asked);
  it.transport.source.push(...arrivals);
  const error = await assertRejects(async () => {
    await it.exchange.readHead();
    await it.exchange.readAll();
  }, kind);
  assertEquals(it.isReusable, false);
  return error as T;
}
