// `fetch` as the Fetch standard has it, over one client of the module, which is made when it is first needed.

import { Engine } from "./engine.ts";
import type { FetchInit } from "./fetch/fetch_init.ts";
import type { FetchResponse } from "./fetch/fetch_response.ts";
import { fetchWith } from "./fetch/fetch_with.ts";

/** Most connections of that client, to one origin too: nothing says how many a program wants. */
const MOST_CONNECTIONS = 100;

let shared: Engine | undefined;

/**
 * Fetches a resource, as the standard function of this name: `globalThis.fetch = fetch` puts it in its place.
 *
 * Redirects are followed and content codings undone. All calls share the connections of one client: 100 at most,
 * to one origin or many, kept for a while and without keeping the process alive. The limits of requests
 * hold, but a request as a whole may take its time: there is no `timeout` unless it is given. For `data:`, `blob:`
 * and `file:` the runtime's own function is called.
 *
 * @param input The URL, or a Request.
 * @param init The standard's options, and every option of a request of this client.
 * @returns The response, when its head is there; of whatever status.
 * @throws {TypeError} When an argument is wrong, or the request fails: then the HttpError is its `cause`. When
 * `signal` is aborted, it rejects with the signal's reason instead.
 * @throws {RangeError} When a number among the options is out of range.
 *
 * @example Get JSON, with a deadline for the head
 * ```ts
 * import { fetch } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send('{"answer":42}'));
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await fetch(`http://127.0.0.1:${port}/`, { headTimeout: 5 });
 * assertEquals([response.status, await response.json()], [200, { answer: 42 }]);
 * ```
 *
 * @example Why it failed
 * ```ts
 * import { ConnectError, fetch } from "@eco/http/client";
 * import { assert, assertEquals, assertRejects } from "@std/assert";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = listener.addr as Deno.NetAddr;
 * listener.close();
 * const { cause } = await assertRejects(() => fetch(`http://127.0.0.1:${port}/`), TypeError);
 * assert(cause instanceof ConnectError);
 * assertEquals([cause.code, cause.safeToRetry], ["connect", true]);
 * ```
 */
export function fetch(input: RequestInfo | URL, init?: FetchInit): Promise<FetchResponse> {
  try {
    shared ??= new Engine({ maxPerOrigin: MOST_CONNECTIONS, maxConnections: MOST_CONNECTIONS });
  } catch (error) {
    return Promise.reject(error); // the variables that name proxies may be wrong
  }
  return fetchWith(shared, input, init);
}

/**
 * Closes the connections that the function `fetch` keeps and does not use; the next call makes new ones. They close
 * by themselves after a while: this is for tests that look for what was left open.
 *
 * @example A test that leaves nothing behind
 * ```ts
 * import { closeIdleConnections, fetch } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send("hello"));
 * const { port } = server.addr as Deno.NetAddr;
 * assertEquals(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "hello");
 * closeIdleConnections();
 * ```
 */
export function closeIdleConnections(): void {
  shared?.closeIdle();
}
