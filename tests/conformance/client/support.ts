/**
 * What the client's conformance tests share: clients that ignore the environment, outcomes that can be
 * compared, and a runner for tables of responses. Every wait is guarded.
 */

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  Client,
  type ClientOptions,
  type ClientResponse,
  type ClientStats,
  HttpError,
  type HttpErrorCode,
  type RequestOptions,
} from "../../../client/mod.ts";
import { latin1Decode } from "../raw_client.ts";
import { type Row, testRows } from "../table.ts";
import { until, within } from "../waiting.ts";
import { answer, Peer, type PeerConn } from "./peer.ts";

export { Event, until, within } from "../waiting.ts";

/** What holds connections and can tell so. */
interface Holder {
  close(): void;
  stats(): ClientStats;
}

/** Runs with a client or what is at its heart, and checks that nothing of it is left. */
export async function withHolder<T extends Holder>(
  holder: T,
  run: (holder: T) => Promise<void>,
): Promise<void> {
  try {
    await run(holder);
  } finally {
    holder.close();
  }
  const { connections, idle, queued, active } = holder.stats();
  assertEquals({ connections, idle, queued, active }, {
    connections: 0,
    idle: 0,
    queued: 0,
    active: 0,
  });
}

/** Runs with a client of its own, and checks that nothing of it is left. */
export async function withClient(
  options: ClientOptions,
  run: (client: Client) => Promise<void>,
): Promise<void> {
  await withHolder(new Client({ proxy: false, ...options }), run);
}

/** Runs with a peer and a client. */
export async function withPeer(
  script: (conn: PeerConn) => Promise<void> | void,
  run: (peer: Peer, client: Client) => Promise<void>,
  options: ClientOptions = {},
): Promise<void> {
  await using peer = new Peer(script);
  await withClient(options, (client) => run(peer, client));
}

/** What a request rejects with; it is an error if it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await within("the request ends", promise);
  } catch (error) {
    return error;
  }
  const { code } = value as ClientResponse;
  throw new Error(`The request succeeded: ${code}`);
}

/** The HttpError that a request rejects with. */
export async function httpErrorOf(
  promise: Promise<unknown>,
  code: HttpErrorCode,
): Promise<HttpError> {
  const error = await failureOf(promise);
  assertInstanceOf(error, HttpError);
  assertEquals(error.code, code, error.message);
  return error;
}

/** The body of a response, a character per byte. */
export function textOf(response: ClientResponse): string {
  return latin1Decode(response.body!);
}

/** A response's outcome that tests compare. */
export interface Expected {
  code: number;
  body: string;
  /** Fields that must have these values. */
  headers?: Record<string, string>;
  trailers?: Record<string, string>;
}

/** One row of a table of responses. */
export interface Case extends Row {
  /** The bytes that answer the request, a byte per character. */
  send: string;
  /** The response that is delivered, or the code of the error. */
  expect: Expected | HttpErrorCode;
  /** What becomes of the connection. */
  then: "reused" | "closed";
  /** Whether the peer ends its side behind the bytes. Default: false. */
  fin?: boolean;
  method?: string;
  options?: RequestOptions;
  /** More to be checked on the error or the response. */
  check?: (outcome: { response?: ClientResponse; error?: HttpError }) => void;
}

/** The body that answers the second request, on whichever connection it comes. */
const PROBE = "the second answer";
/** Most pieces that a row is sent in. */
const MOST_PIECES = 300;

/** Makes a test of every row, sent whole, and one of all of them, sent byte by byte. */
export function testCases(theme: string, cases: readonly Case[]): void {
  const allName = `All responses of ${theme} end the same when they arrive byte by byte`;
  testRows(allName, cases, (row, isBytewise) => {
    return playCase(row, isBytewise ? piecesOf(row.send) : [row.send]);
  });
}

/** Single bytes; of long text, those of its beginning and end, and pieces between them. */
function piecesOf(text: string): string[] {
  if (text.length <= MOST_PIECES) return [...text];
  const edge = MOST_PIECES / 3;
  const middle = text.slice(edge, -edge);
  const size = Math.ceil(middle.length / edge);
  const pieces = Array.from({ length: edge }, (_, i) => middle.slice(i * size, (i + 1) * size));
  return [...text.slice(0, edge), ...pieces.filter((it) => it !== ""), ...text.slice(-edge)];
}

async function playCase(row: Case, pieces: readonly string[]): Promise<void> {
  const ends: Promise<string>[] = [];
  const script = async (conn: PeerConn): Promise<void> => {
    if (conn.index > 0) return await conn.serve(() => answer(PROBE));
    await conn.readRequest();
    await conn.sendPieces(pieces);
    if (row.fin) await conn.endWriting();
    if (row.then === "closed") ends.push(conn.readToEnd());
    else await conn.serve(() => answer(PROBE));
  };
  await withPeer(script, async (peer, client) => {
    await checkOutcome(row, client, peer);
    if (row.then === "closed") {
      await until("the connection was closed", () => client.stats().connections === 0);
      await until("the peer has sent all", () => ends.length > 0);
      assertEquals(await within("the peer sees the end", ends[0]!), "", "bytes after the request");
    }
    const second = await within("the second answer", client.get(peer.url("/probe")));
    assertEquals([second.code, textOf(second)], [200, PROBE]);
    assertEquals(second.connection.reused, row.then === "reused", "reused");
    assertEquals(peer.conns.length, row.then === "reused" ? 1 : 2, "connections");
  }, { timeout: 60 });
}

async function checkOutcome(row: Case, client: Client, peer: Peer): Promise<void> {
  const { method = "GET", options, expect } = row;
  let response: ClientResponse;
  try {
    const request = client.request(method, peer.url(), undefined, options);
    response = await within(`an outcome of ${JSON.stringify(row.send.slice(0, 200))}`, request);
  } catch (error) {
    if (!(error instanceof HttpError) || typeof expect !== "string") throw error;
    assertEquals(error.code, expect, error.message);
    assert(/^Cannot [^\n]+[^.\n]$/.test(error.message), error.message);
    assertEquals(typeof error.safeToRetry, "boolean");
    row.check?.({ error });
    return;
  }
  if (typeof expect === "string") {
    throw new Error(`Accepted: ${response.code} "${textOf(response)}"`);
  }
  assertEquals([response.code, textOf(response)], [expect.code, expect.body]);
  for (const [name, value] of Object.entries(expect.headers ?? {})) {
    assertEquals(response.headers[name], value, name);
  }
  if (expect.trailers !== undefined) assertEquals({ ...response.trailers }, expect.trailers);
  row.check?.({ response });
}

/** The case of a response that is refused; its connection closes. */
export function refused(name: string, rfc: string, send: string, code: HttpErrorCode): Case {
  return { name: `${name} is refused`, rfc, send, expect: code, then: "closed" };
}

/** The case of a response that is delivered as 200. */
export function accepted(
  name: string,
  rfc: string,
  send: string,
  body: string,
  then: Case["then"] = "reused",
): Case {
  return { name, rfc, send, expect: { code: 200, body }, then };
}
