// What the tests of fetch share: a peer, a client whose connections and requests must be gone at the end.

import { assertInstanceOf } from "@std/assert";
import type { Client, ClientOptions, FetchResponse } from "../../../client/mod.ts";
import type { Peer, PeerConn } from "../../conformance/client/peer.ts";
import { failureOf, until, within, withPeer } from "../../conformance/client/support.ts";

export { answer, fieldOf } from "../../conformance/client/peer.ts";
export { failureOf, until, within };

/** Runs with a peer and a client, of which nothing may be left. */
export async function withFetch(
  script: (conn: PeerConn) => Promise<void> | void,
  run: (peer: Peer, client: Client) => Promise<void>,
  options: ClientOptions = {},
): Promise<void> {
  await withPeer(script, async (peer, client) => {
    await run(peer, client);
    await until("no request is under way", () => client.stats().active === 0);
  }, options);
}

/** The TypeError that a promise rejects with. */
export async function typeErrorOf(promise: Promise<unknown>): Promise<TypeError> {
  const error = await failureOf(promise);
  assertInstanceOf(error, TypeError);
  return error;
}

/** The head of a response with a body of this length. */
export function headOf(length: number, fields = ""): string {
  return `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${length}\r\n\r\n`;
}

/** A response in chunks. */
export function chunked(...pieces: string[]): string {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
    pieces.map((it) => `${it.length.toString(16)}\r\n${it}\r\n`).join("");
}

/** Waits until the client has its connection back. */
export async function untilIdle(client: Client, count = 1): Promise<void> {
  await until(`${count} idle connections`, () => client.stats().idle === count);
}

/** The body of a response, piece by piece. */
export async function piecesOf(response: FetchResponse): Promise<number> {
  let total = 0;
  for await (const piece of response.body!) total += piece.length;
  return total;
}
