// The options that change the way to a server, checked: what `dial` works with, and what two requests must
// agree on to share a connection.

import type { ProxyChoice } from "./proxy/proxy.ts";

/** Address of a DNS server. */
export interface NameServer {
  readonly ipAddr: string;
  readonly port: number;
}

/** Asked before an address is dialed. */
export type AllowAddress = (ipaddr: string, port: number, url: URL) => boolean | Promise<boolean>;

/** The way to a server, in checked options. Absent ones are undefined. */
export interface RouteSettings {
  /** IPv6 only, IPv4 only, or both. */
  readonly ipv6: boolean | undefined;
  /** DNS servers to ask; undefined: the system's resolver. */
  readonly nameservers: readonly NameServer[] | undefined;
  readonly mark: number | undefined;
  readonly device: string | undefined;
  /** PEM texts. */
  readonly ca: readonly string[] | undefined;
  /** PEM text. */
  readonly cert: string | undefined;
  /** PEM text. */
  readonly key: string | undefined;
  readonly insecure: boolean;
  readonly serverName: string | undefined;
  /** Base64 SHA-256 digests of public keys, without the `sha256/`. */
  readonly pin: readonly string[] | undefined;
  readonly minTlsVersion: "1.2" | "1.3" | undefined;
  readonly unix: string | undefined;
  readonly localAddress: string | undefined;
  /** Addresses by lowercase `host:port`, `*:port`, `host:*` or `*:*`. */
  readonly resolve: ReadonlyMap<string, readonly string[]> | undefined;
  readonly allowAddress: AllowAddress | undefined;
  /** Which proxy to use for an origin; undefined: none. */
  readonly proxy: ProxyChoice | undefined;
}

/** How the other end has to prove who it is, and how we do. */
export type TlsSettings = Pick<
  RouteSettings,
  "ca" | "cert" | "key" | "insecure" | "serverName" | "pin" | "minTlsVersion"
>;

/** What is dialed. */
export interface DialTarget {
  /** Host name, or IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether TLS is spoken to it. */
  readonly secure: boolean;
  /** The URL that is asked for: for `allowAddress`. */
  readonly url: URL;
}

/** Who is told where the dialing stands. */
export interface DialWatch {
  /** Ends the dialing with its reason. */
  readonly signal: AbortSignal;
  /** Told at the beginning of each phase. */
  phase(name: "dns" | "connect" | "proxy" | "tls"): void;
}
