// Which proxy leads to an origin: proxies as text, and the environment variables that name them, by the
// rules of curl. Pure. Credentials are taken out of the text here and never stand in an error message.

import { ConnectError } from "../../../wire/errors.ts";
import { tryHostName } from "../host_name.ts";
import { hostAndPort } from "../ip_address.ts";
import { parseNoProxy } from "./no_proxy.ts";

/** A proxy. */
export interface ProxySettings {
  /** How it is spoken to. `socks5:` is told addresses, `socks5h:` names. */
  readonly protocol: "http:" | "https:" | "socks5:" | "socks5h:";
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Which proxy to use for an origin; undefined: none. */
export type ProxyChoice = (
  secure: boolean,
  host: string,
  port: number,
) => ProxySettings | undefined;

/** Ports where none is named, as in curl. */
const DEFAULT_PORTS: Record<ProxySettings["protocol"], number> = {
  "http:": 1080,
  "https:": 443,
  "socks5:": 1080,
  "socks5h:": 1080,
};

const PROXY = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:(.*)@)?(\[[^\]]*\]|[^:\[\]@/?#]*)(?::(\d*))?\/?$/is;

/**
 * Reads a proxy: `protocol://user:password@host:port`, of which only the host is needed. `what` names the
 * text in errors.
 */
export function parseProxy(text: string, what: string): ProxySettings {
  const refuse = (flaw: string): never => {
    throw new TypeError(`Cannot use "${what}" as a proxy: ${flaw}`);
  };
  const match = PROXY.exec(text.trim());
  if (match === null) refuse("it is not of the form protocol://user:password@host:port");
  const [, scheme = "http", userinfo, host, port] = match!;
  const protocol = `${scheme.toLowerCase()}:` as ProxySettings["protocol"];
  if (!Object.hasOwn(DEFAULT_PORTS, protocol)) {
    refuse(`its protocol is "${scheme}", not http, https, socks5 or socks5h`);
  }
  const portNumber = port ? Number(port) : DEFAULT_PORTS[protocol];
  if (!(portNumber >= 1 && portNumber <= 65535)) refuse("its port is not from 1 to 65535");
  const colon = userinfo?.indexOf(":") ?? -1;
  const credential = (part: string, name: string): string => {
    const value = tryDecode(part) ?? refuse(`its ${name} is not percent-encoded UTF-8`);
    return hasControls(value) ? refuse(`its ${name} has a control character`) : value;
  };
  const username = userinfo
    ? credential(colon < 0 ? userinfo : userinfo.slice(0, colon), "user name")
    : undefined;
  // SOCKS could send it, Basic cannot (RFC 7617 2).
  if (protocol.startsWith("http") && username?.includes(":")) refuse("its user name has a colon");
  return {
    protocol,
    host: tryHostName(host!) ?? refuse("its host is not a name or address"),
    port: portNumber,
    username,
    password: userinfo && colon >= 0
      ? credential(userinfo.slice(colon + 1), "password")
      : undefined,
  };
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // Said by the caller, without the text: it may be a password.
  }
}

function hasControls(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /[\x00-\x1f\x7f]/.test(text);
}

/**
 * The choice that the environment makes; undefined when it names no proxy at all. A variable is read, and
 * refused with a TypeError, only when its proxy is needed.
 */
export function proxiesFromEnvironment(
  get: (name: string) => string | undefined,
): ProxyChoice | undefined {
  // An empty variable is one that is not set.
  const find = (...names: string[]): [name: string, text: string] | undefined => {
    for (const name of names) {
      const text = get(name)?.trim();
      if (text) return [name, text];
    }
  };
  // HTTP_PROXY is never read: in a CGI script it is what the request's field "Proxy" says.
  const plain = find("http_proxy", "all_proxy", "ALL_PROXY");
  const secure = find("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
  if (plain === undefined && secure === undefined) return undefined;
  const isExcepted = parseNoProxy(find("no_proxy", "NO_PROXY")?.[1] ?? "");
  const parsed = new Map<string, ProxySettings>();
  return (isSecure, host, port) => {
    const variable = isSecure ? secure : plain;
    if (variable === undefined || isExcepted(host, port)) return undefined;
    const [name, text] = variable;
    let proxy = parsed.get(name);
    if (proxy === undefined) parsed.set(name, proxy = parseProxy(text, name));
    return proxy;
  };
}

/** The two ends of a tunnel. */
export interface Tunnel {
  /** The target's name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly proxy: ProxySettings;
}

/** The error about a tunnel through a proxy that could not be opened. */
export function tunnelError(
  { host, port, proxy }: Tunnel,
  why: string,
  cause?: unknown,
): ConnectError {
  const target = hostAndPort(host, port);
  const through = hostAndPort(proxy.host, proxy.port);
  return new ConnectError(
    "proxy",
    `Cannot reach "${target}" through proxy "${through}": ${why}`,
    { cause },
  );
}
