// The addresses at which a server can be reached from elsewhere.

import { isUnspecified } from "./addresses.ts";
import { isGranted } from "./rights.ts";

/** An address of this machine. */
export interface MachineAddress {
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
}

/** The flag that gives the right to know the addresses of this machine. */
export const ADDRESSES_FLAG = "--allow-sys=networkInterfaces";

/** The addresses of this machine; `undefined` without the right to know them. Does not prompt. */
export function machineAddresses(): readonly MachineAddress[] | undefined {
  if (!isGranted({ name: "sys", kind: "networkInterfaces" })) return undefined;
  return Deno.networkInterfaces();
}

/**
 * The hosts under which what listens on `host` is reached, those that others can use first: IPv4, which every phone
 * has, then IPv6. Link-local addresses are left out, since they need a zone, which no browser takes.
 */
export function reachableHosts(host: string, addresses: readonly MachineAddress[]): string[] {
  if (!isUnspecified(host)) return [host];
  const isIpv4 = !host.includes(":");
  const hosts = addresses
    .filter(({ family, address }) => (family === "IPv4" || !isIpv4) && !/^fe[89ab]/i.test(address))
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ address }) => address);
  return [...new Set(hosts)];
}

function rank({ family, address }: MachineAddress): number {
  const isLoopback = address === "::1" || address.startsWith("127.");
  return (isLoopback ? 2 : 0) + (family === "IPv4" ? 0 : 1);
}
