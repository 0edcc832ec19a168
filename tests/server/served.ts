// Serving a connection in memory: `await serveText(text, handler)` gives what was answered.

import { type Handler, serveConnection } from "../../server/serve_connection.ts";
import type { ServerOptions } from "../../server/options.ts";
import type { Channel } from "../../server/channel.ts";
import { parseResponse, type RawResponse } from "../conformance/response_parser.ts";
import { channelOf, FakeConn, FakeHost } from "./fake_conn.ts";

/** A connection that is being served. */
export class Served implements AsyncDisposable {
  readonly conn: FakeConn;
  readonly host: FakeHost;
  readonly channel: Channel;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;

  constructor(handler: Handler, options: ServerOptions = {}, conn: FakeConn = new FakeConn()) {
    this.conn = conn;
    this.host = new FakeHost(options);
    this.channel = channelOf(conn, this.host);
    this.ended = serveConnection(this.channel, handler);
  }

  /** Every response written so far; what is not a whole response is an error. */
  responses(...methods: string[]): RawResponse[] {
    return parseAll(this.conn.text, methods);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.channel.close();
    await this.ended;
  }
}

/** Parses responses to requests with `methods`, GET where these end. */
export function parseAll(text: string, methods: readonly string[] = []): RawResponse[] {
  const responses: RawResponse[] = [];
  let finals = 0;
  while (text !== "") {
    const parsed = parseResponse(text, methods[finals] ?? "GET", true);
    if (parsed === undefined) throw new Error(`Not a whole response: ${JSON.stringify(text)}`);
    responses.push(parsed.response);
    if (parsed.response.status >= 200) finals++;
    text = text.slice(parsed.used);
  }
  return responses;
}

/** Serves arrivals that are followed by the client's end. */
export async function serveAll(
  arrivals: readonly (string | Error | null)[],
  handler: Handler,
  options: ServerOptions = {},
): Promise<Served> {
  const served = new Served(handler, options, new FakeConn(...arrivals, null));
  await served.ended;
  return served;
}

/** A request without a body. */
export function get(target: string, ...fields: string[]): string {
  return [`GET ${target} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n");
}

/** A request with a body of known length. */
export function post(target: string, body: string, ...fields: string[]): string {
  const length = `Content-Length: ${body.length}`;
  return [`POST ${target} HTTP/1.1`, "Host: a", length, ...fields, "", body].join("\r\n");
}
