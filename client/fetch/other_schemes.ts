// URLs that need no server, as `data:`: the runtime's own `fetch` has them.

import { FetchResponse } from "./fetch_response.ts";

/** The runtime's own, as it was when this was loaded: somebody may put ours in its place. */
const runtimeFetch = globalThis.fetch;

const SCHEMES = new Set(["blob:", "data:", "file:"]);

/** Fetches a URL of another scheme. Throws TypeError for one that nobody has. */
export async function fetchOther(url: URL, request: RequestInit): Promise<FetchResponse> {
  if (!SCHEMES.has(url.protocol)) {
    const scheme = url.protocol.slice(0, -1);
    throw new TypeError(`Cannot fetch "${url.href}": scheme "${scheme}" is not supported`);
  }
  const real = await runtimeFetch(url, request);
  const facts = {
    code: real.status,
    status: real.statusText,
    minorVersion: 1,
    url: real.url,
    redirects: [],
    rawHeaders: [...real.headers],
    trailers: {},
    connection: undefined,
    timings: { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 },
  };
  return new FetchResponse({ facts, maxBytes: Infinity, real });
}
