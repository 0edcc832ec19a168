/**
 * What the conformance tests stand on: a server on a free port, a client that sends raw bytes in the
 * pieces it is told to and reads strictly, and a runner for tables of cases. Every wait is guarded:
 * something that hangs fails, saying what it waited for.
 */

import { assertEquals, assertMatch } from "@std/assert";
import {
  type Connection,
  type Handler,
  listen,
  type ListenOptions,
  type Server,
  type ServerRequest,
} from "../../server/mod.ts";
import { latin1Decode, RawClient } from "./raw_client.ts";
import { type RawResponse, valueOf } from "./response_parser.ts";
import { type Row, testRows } from "./table.ts";
import { within } from "./waiting.ts";

export { type RawResponse, valueOf, valuesOf } from "./response_parser.ts";
export { RawClient } from "./raw_client.ts";
export { Event, until, within } from "./waiting.ts";

/** A server under test, and what its handler saw. */
export class TestServer implements AsyncDisposable {
  readonly server: Server;
  /** `METHOD target` of every request that reached the handler, but for the runner's probes. */
  readonly seen: string[] = [];
  /** What `onError` heard. */
  readonly errors: unknown[] = [];
  readonly #clients: RawClient[] = [];

  constructor(handler: Handler = report, options: ListenOptions = {}) {
    this.server = listen("127.0.0.1", 0, {
      onError: (error) => this.errors.push(error),
      ...options,
    }, (con, req) => {
      if (req.rawPath === "/probe") return report(con, req);
      this.seen.push(`${req.method} ${req.rawPath}`);
      return handler(con, req);
    });
  }

  /** The port it listens on. */
  get port(): number {
    return (this.server.addr as Deno.NetAddr).port;
  }

  /** A new client; it is closed with the server. */
  async connect(): Promise<RawClient> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    conn.setNoDelay(true);
    const client = new RawClient(conn);
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    this.server.close();
    await within("the server ends after close()", this.server.finished);
  }
}

/** The handler of most cases: reads the body and tells what it got. */
export async function report(con: Connection, req: ServerRequest): Promise<void> {
  const body = await con.readBody();
  con.addHeader("Content-Type", "text/plain");
  con.send(`${req.method} ${req.rawPath} ${latin1Decode(body)}`);
}

/** One row of a conformance table. */
export interface Case extends Row {
  /** The bytes to send, a byte per character. */
  send: string;
  /** Statuses of the final responses, in order. */
  expect: number[];
  /** Whether the connection stays open for another request afterwards, or closes. */
  then: "open" | "closed";
  /** Methods of the requests, where they are not all GET or POST. */
  methods?: string[];
  /** What the handler must have seen, where that is told. */
  seen?: string[];
  /** Bodies of the responses with status 200, in order, where that is told. */
  bodies?: string[];
  handler?: Handler;
  options?: ListenOptions;
  /** More to be checked on the responses. */
  check?: (responses: RawResponse[]) => void;
}

/** What is sent behind a request after which the connection must close; it must never be answered. */
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const PROBE = "GET /probe HTTP/1.1\r\nHost: a\r\n\r\n";

/** Makes a test of every row, sent whole, and one of all of them, sent byte by byte. */
export function testCases(theme: string, cases: readonly Case[]): void {
  testRows(`All cases of ${theme} end the same when sent byte by byte`, cases, sendCase);
}

async function sendCase(row: Case, bytewise: boolean): Promise<void> {
  await using test = new TestServer(row.handler, row.options);
  const client = await test.connect();
  const closes = row.then === "closed";
  const bytes = row.send + (closes ? SMUGGLED : "");
  const sending = bytewise ? client.sendBytewise(bytes) : client.sendSplit(bytes, []);
  const responses: RawResponse[] = [];
  try {
    for (let i = 0; i < row.expect.length;) {
      const response = await client.read(row.methods?.[i] ?? "GET");
      responses.push(response);
      if (response.status >= 200) i++;
    }
    const finals = responses.filter(({ status }) => status >= 200);
    assertEquals(finals.map(({ status }) => status), row.expect);
    for (const response of finals) assertDate(response);
    if (closes) {
      assertEquals(await client.readToEnd(), "", "bytes after the last answer");
      assertEquals(client.reset, false, "the connection was reset");
    } else {
      await sending;
      await client.send(PROBE);
      const probe = await client.read();
      assertEquals([probe.status, probe.body], [200, "GET /probe "]);
    }
    const last = finals.at(-1);
    if (last !== undefined) {
      const options = (valueOf(last, "connection") ?? "").toLowerCase();
      assertEquals(options.includes("close"), closes, `Connection is "${options}"`);
    }
    assertEquals(test.seen.includes("GET /smuggled"), false, "a smuggled request was handled");
    if (row.seen !== undefined) assertEquals(test.seen, row.seen);
    if (row.bodies !== undefined) {
      const bodies = finals.filter(({ status }) => status === 200).map(({ body }) => body);
      assertEquals(bodies, row.bodies);
    }
    row.check?.(responses);
  } finally {
    client.close();
    await sending.catch(() => {});
  }
}

const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** Checks that a response has one Date, in the one format to be sent (RFC 9110 5.6.7), near now. */
export function assertDate(response: RawResponse): void {
  const date = valueOf(response, "date") ?? "";
  assertMatch(date, IMF_FIXDATE);
  const offMs = Math.abs(Date.parse(date) - Date.now());
  assertEquals(offMs < 60_000, true, `Date is ${offMs} ms off`);
}

/** Checks that an answer of the server's own is complete: Date, Content-Length, Connection: close. */
export function assertOwnAnswer(response: RawResponse, status: number): void {
  assertEquals(response.status, status);
  assertDate(response);
  assertEquals(response.framing, "length");
  assertEquals(valueOf(response, "content-length"), String(response.body.length));
  assertEquals(valueOf(response, "connection")?.toLowerCase(), "close");
  assertEquals(valueOf(response, "content-type") !== undefined, true, "Content-Type is missing");
}

/** The case of a request that the server itself refuses, closing the connection. */
export function refused(name: string, rfc: string, send: string, status = 400): Case {
  return {
    name: `${name} is refused with ${status}`,
    rfc,
    send,
    expect: [status],
    then: "closed",
    seen: [],
    check: ([answer]) => assertOwnAnswer(answer!, status),
  };
}
