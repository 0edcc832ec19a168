// What `NO_PROXY` says: for which hosts a proxy is passed over. Pure. It is a list, separated by commas or
// blanks, of domains (a leading dot or "*." changes nothing: the domain and all below it), IP addresses and
// networks (CIDR), each perhaps with a port, and `*` for everything. What is malformed matches nothing.

import { parseIpAddress, unbracketed } from "../ip_address.ts";

/** Whether a host, lowercase and without a final dot, with its bytes if it is an address, is meant. */
type Rule = (host: string, address: Uint8Array | undefined, port: number) => boolean;

/** Reads the list; the function says whether a host and port are to be reached without a proxy. */
export function parseNoProxy(list: string): (host: string, port: number) => boolean {
  const rules = list.split(/[\s,]+/).filter((entry) => entry !== "").map(parseEntry);
  return (host, port) => {
    const plain = normalName(unbracketed(host));
    const address = parseAddress(plain);
    return rules.some((rule) => rule(plain, address, port));
  };
}

/** An IPv6 address with its port, an IPv6 address or network, or anything else and perhaps a port. */
const ENTRY = /^(?:\[([^\]]*)\](\/\d+)?(?::(\d+))?|([^:]*:[^:]*:.*)|([^:]*)(?::(\d+))?)$/;

function parseEntry(entry: string): Rule {
  const match = ENTRY.exec(entry);
  if (match === null) return () => false;
  const [, bracketed, suffix = "", bracketedPort, bare, other, otherPort] = match;
  const rule = parseHost(bracketed === undefined ? bare ?? other! : bracketed + suffix);
  const port = bracketedPort ?? otherPort;
  if (port === undefined) return rule;
  return (host, address, actual) => actual === Number(port) && rule(host, address, actual);
}

function parseHost(text: string): Rule {
  if (text === "*") return () => true;
  const slash = text.indexOf("/");
  const network = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (network !== undefined) {
    const bits = slash < 0 ? network.length * 8 : parsePrefix(text.slice(slash + 1), network);
    return (_, address) => bits !== undefined && isInside(address, network, bits);
  }
  const domain = normalName(text).replace(/^\*?\./, "");
  if (domain === "" || slash >= 0) return () => false;
  // An address ends with no domain, even if it looks like it: "0.0.1" is no part of 127.0.0.1.
  return (host, address) =>
    address === undefined && (host === domain || host.endsWith(`.${domain}`));
}

function parsePrefix(text: string, network: Uint8Array): number | undefined {
  if (!/^\d{1,3}$/.test(text)) return undefined;
  return Number(text) <= network.length * 8 ? Number(text) : undefined;
}

function isInside(address: Uint8Array | undefined, network: Uint8Array, bits: number): boolean {
  if (address === undefined || address.length !== network.length) return false;
  for (let i = 0; i * 8 < bits; i++) {
    const mask = 0xff00 >> Math.min(8, bits - i * 8) & 0xff;
    if (((address[i]! ^ network[i]!) & mask) !== 0) return false;
  }
  return true;
}

/** The bytes of an address; one of IPv4 inside IPv6 (::ffff:10.0.0.1) is the same machine. */
function parseAddress(text: string): Uint8Array | undefined {
  const bytes = parseIpAddress(text);
  if (bytes?.length !== 16) return bytes;
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.subarray(12) : bytes;
}

function normalName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}
