// Whether a request that changes something may come from where it says: any page may send forms, but only
// pages of this server may change its files. Clients that are no browsers say nothing, and are not asked. Pure.

import type { RequestFields } from "../files/conditional.ts";

const ORIGIN = /^(https?):\/\/([^\s/?#@\\,]+)$/i;

/**
 * Whether the browser, if it is one, sent this by a page of ours. What it says in Sec-Fetch-Site no page can
 * change, and holds behind proxies that send another Host; older browsers have only Origin.
 *
 * `host` is the authority that the request is for; `secure`: whether it is known to have come over TLS.
 */
export function isSameOrigin(fields: RequestFields, host: string, secure: boolean): boolean {
  const site = fields["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = fields["origin"];
  if (origin === undefined) return true;
  const match = ORIGIN.exec(origin);
  if (match === null) return false;
  const scheme = match[1]!.toLowerCase();
  // What came without TLS may have had it as far as a proxy.
  if (secure && scheme !== "https") return false;
  return isSameAuthority(scheme, match[2]!, host);
}

/** Whether two authorities are the same, given the scheme whose port may be left out. */
export function isSameAuthority(scheme: string, one: string, other: string): boolean {
  const host = hostOf(scheme, one);
  return host !== undefined && host === hostOf(scheme, other);
}

function hostOf(scheme: string, authority: string): string | undefined {
  if (authority === "" || !URL.canParse(`${scheme}://${authority}`)) return undefined;
  const { host, username, password } = new URL(`${scheme}://${authority}`);
  return username === "" && password === "" ? host : undefined;
}
