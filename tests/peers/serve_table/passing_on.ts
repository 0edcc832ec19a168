// Rows of the table: handlers that return what a `fetch` came to, Deno's or ours. What was packed is not when it gets
// there, and then neither its coding nor its length is that of the upstream server's message.

import { fetch as fetchOfOurs } from "../../../client/mod.ts";
import { latin1Decode, latin1Encode } from "../../conformance/raw_client.ts";
import { message, type TableCase, type TableHandler } from "./case.ts";

const TEXT = "what was packed, packed, packed";

async function packed(): Promise<string> {
  const stream = new Blob([TEXT]).stream().pipeThrough(new CompressionStream("gzip"));
  return latin1Decode(await new Response(stream).bytes());
}

const GZIP = await packed();

type AnyFetch = (url: string, init?: RequestInit) => Promise<Response>;

const FETCHES: Record<string, AnyFetch> = {
  "Deno's fetch": fetch,
  "our fetch": (url, init) => fetchOfOurs(url, { ...init, proxy: false }),
};

/** What upstream servers answer, behind the status line, and how it is called. */
const ANSWERS: Record<string, string> = {
  "gzip with a length": `Content-Encoding: gzip\r\n${withLength(GZIP)}`,
  "gzip in chunks": `Content-Encoding: gzip\r\n${inChunks(GZIP)}`,
  "gzip until the end of the connection": `Content-Encoding: gzip\r\n\r\n${GZIP}`,
  "plain text with a length": withLength(TEXT),
  "plain text in chunks": inChunks(TEXT),
  "plain text until the end of the connection": `\r\n${TEXT}`,
};

function withLength(body: string): string {
  return `Content-Length: ${body.length}\r\n\r\n${body}`;
}

function inChunks(body: string): string {
  return `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}

/** A server for one request. */
class Upstream implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #answered: Promise<void>;

  constructor(rest: string) {
    this.#answered = this.#answer(rest);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}/`;
  }

  async #answer(rest: string): Promise<void> {
    using conn = await this.#listener.accept();
    const buffer = new Uint8Array(65536);
    let head = "";
    for (let count; !head.endsWith("\r\n\r\n"); head += latin1Decode(buffer.subarray(0, count))) {
      if ((count = await conn.read(buffer)) === null) return;
    }
    const lines = "Content-Type: text/plain\r\nX-Upstream: was here\r\n";
    const bytes = latin1Encode(`HTTP/1.1 200 OK\r\n${lines}${rest}`);
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#answered;
  }
}

/** A handler that returns what `fetch` gets from a server that answers so. */
function passOn(
  fetch: AnyFetch,
  rest: string,
  use: (response: Response) => Response = (it) => it,
): TableHandler {
  return async () => {
    await using upstream = new Upstream(rest);
    return use(await fetch(upstream.url));
  };
}

/** The rows. */
export const PASSING_ON: TableCase[] = Object.entries(FETCHES).flatMap(([who, fetch]) =>
  Object.entries(ANSWERS).flatMap(([what, rest]): TableCase[] => [
    { name: `returns what ${who} got: ${what}`, handler: passOn(fetch, rest) },
    {
      name: `returns a clone of what ${who} got: ${what}`,
      handler: passOn(fetch, rest, (it) => it.clone()),
    },
    {
      name: `returns what ${who} got and another status: ${what}`,
      handler: passOn(fetch, rest, (it) => new Response(it.body, { status: 202 })),
    },
    // Without a length it depends on what has arrived whether one can be told.
    ...(rest.includes("Content-Length")
      ? [{
        name: `returns what ${who} got, to HEAD: ${what}`,
        handler: passOn(fetch, rest),
        ask: [message("HEAD")],
      }]
      : []),
  ])
);
