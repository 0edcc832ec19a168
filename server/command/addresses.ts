// Addresses and networks: sets of them, and what they are good for.

import { BlockList, isIP } from "node:net";

const LOOPBACK = ["127.0.0.0/8", "::1"];

/** Addresses and networks, written with commas between them; `loopback` is this machine. */
export class AddressSet {
  readonly #list = new BlockList();

  /** Throws TypeError for what is no address and no network. */
  constructor(addresses: string) {
    const items = addresses.split(",").map((it) => it.trim());
    for (const item of items) {
      for (const network of item === "loopback" ? LOOPBACK : [item]) this.#add(network);
    }
  }

  #add(network: string): void {
    const [address = "", bits, ...more] = network.split("/");
    const family = familyOf(address);
    const most = family === "ipv4" ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (family === undefined || !(length <= most) || more.length > 0) {
      throw new TypeError(`${JSON.stringify(network)} is neither an address nor a network`);
    }
    this.#list.addSubnet(address, length, family);
  }

  /** Whether `address` is one of them; names never are. */
  has(address: string): boolean {
    const family = familyOf(address);
    return family !== undefined && this.#list.check(address, family);
  }
}

const THIS_MACHINE = new AddressSet("loopback");

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  return /^localhost\.?$/i.test(host) || THIS_MACHINE.has(host);
}

/** Whether an authority, as requests have it, names this machine and nothing that others may point to it. */
export function isLocalAuthority(authority: string): boolean {
  const host = authority.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1");
  return isLoopback(host) || /\.localhost\.?$/i.test(host);
}

/** Whether `text` is an address of IPv4 or IPv6. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** Whether `host` stands for all addresses of this machine. */
export function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || /^[0:]*::?[0:]*$/.test(host);
}

/** An IPv4 address that came by a socket for IPv6, as IPv4. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** Host and port as they stand in a URL; a zone is left out, as no browser takes one. */
export function authorityOf(host: string, port: number): string {
  return host.includes(":") ? `[${host.replace(/%.*$/, "")}]:${port}` : `${host}:${port}`;
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const family = isIP(address);
  return family === 0 ? undefined : family === 4 ? "ipv4" : "ipv6";
}
