// One request to a server of its own, for tests of limits.

import type { Handler, ListenOptions } from "../../server/mod.ts";
import { type RawResponse, report, TestServer } from "../conformance/support.ts";

/** Sends bytes to a server of its own and reads one response; the server's test state with it. */
export async function ask(
  bytes: string,
  options: ListenOptions,
  handler: Handler = report,
): Promise<{ response: RawResponse; errors: unknown[]; seen: string[] }> {
  await using test = new TestServer(handler, options);
  using client = await test.connect();
  await client.sendSplit(bytes, []);
  const response = await client.read();
  const { errors, seen } = test;
  return { response, errors, seen };
}

/** A request with a body, whose fields say how it is framed. */
export function post(fields: string, body: string): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`;
}

/** A request with a chunked body of these pieces. */
export function chunks(...pieces: string[]): string {
  const lines = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
  return post("Transfer-Encoding: chunked\r\n", `${lines.join("")}0\r\n\r\n`);
}
