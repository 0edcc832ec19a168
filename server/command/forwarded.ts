// Who really asks, behind proxies that are trusted: the last address that none of them is (X-Forwarded-For, or
// RFC 7239 Forwarded where there is none), and by which scheme. Pure.

import type { RequestFields } from "../files/conditional.ts";
import { type AddressSet, isAddress, plainAddress } from "./addresses.ts";

/** The client of a request. */
export interface ForwardedClient {
  /** Its address, or what a proxy that is trusted calls it in Forwarded: `_` and a name. */
  readonly peer: string;
  readonly scheme?: "http" | "https";
}

/** What a proxy may call a client in place of its address (RFC 7239 6.3), within reason. */
const OBFUSCATED = /^_[\w.-]{1,99}$/;
const FOR = /(?:^|;)\s*for\s*=\s*("(?:[^"\\]|\\.)*"|[^;,"]*)/i;
const PROTO = /(?:^|;)\s*proto\s*=\s*"?(https?)"?\s*(?:;|$)/i;
/** Elements of a list, as commas in quotes do not separate them. */
const ELEMENTS = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g;

/** Who asks, when `peer` is who connected, and the word of those in `trusted` counts. */
export function clientOf(
  peer: string,
  headers: RequestFields,
  trusted: AddressSet,
): ForwardedClient {
  if (!trusted.has(peer)) return { peer };
  const { "x-forwarded-for": addresses, "x-forwarded-proto": proto = "", forwarded } = headers;
  const [scheme] = /^https?(?=\s*(?:,|$))/i.exec(proto) ?? [];
  if (addresses !== undefined) {
    const names = addresses.split(",").map((it) => addressIn(it.trim()));
    return client(lastUntrusted(peer, names, trusted).peer, scheme);
  }
  const elements = forwarded?.match(ELEMENTS) ?? [];
  const names = elements.map((it) => nodeIn(unquote(FOR.exec(it)?.[1] ?? "").trim()));
  const { peer: found, at } = lastUntrusted(peer, names, trusted);
  return client(found, PROTO.exec(elements[at] ?? "")?.[1] ?? scheme);
}

/** Each proxy adds at the right whom it was asked by; what stands left of somebody untrusted may be made up. */
function lastUntrusted(
  peer: string,
  names: readonly (string | undefined)[],
  trusted: AddressSet,
): { peer: string; at: number } {
  let at = names.length;
  while (at > 0) {
    const name = names[at - 1];
    if (name === undefined) break;
    peer = name;
    at--;
    if (!trusted.has(name)) break;
  }
  return { peer, at };
}

function client(peer: string, scheme: string | undefined): ForwardedClient {
  if (scheme === undefined) return { peer };
  return { peer, scheme: scheme.toLowerCase() as "http" | "https" };
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text;
}

/** The address or name of a node of Forwarded. */
function nodeIn(text: string): string | undefined {
  const name = text.replace(/:(?:\d+|_[\w.-]+)$/, "");
  return OBFUSCATED.test(name) ? name : addressIn(text);
}

/** An address without the port and the brackets that may be around it, and IPv4 in IPv6 as IPv4. */
function addressIn(text: string): string | undefined {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? [];
  const [, plain] = /^([^:]*):\d+$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return isAddress(address) ? plainAddress(address) : undefined;
}
