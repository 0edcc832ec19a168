// IP addresses as text and as bytes: what tells an address from a name, and how it stands before a port. Pure.

const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);
const IPV6_CHARACTERS = /^[0-9a-f:.]+$/i;

/**
 * The bytes of an address, 4 or 16; undefined for a name. An IPv6 address has no brackets; the short forms of
 * IPv4 ("127.1", octal) are not addresses here.
 */
export function parseIpAddress(text: string): Uint8Array<ArrayBuffer> | undefined {
  const octets = IPV4.exec(text);
  if (octets !== null) return Uint8Array.from(octets.slice(1), Number);
  if (!text.includes(":") || !IPV6_CHARACTERS.test(text)) return undefined;
  let canonical: string;
  try {
    canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return undefined; // Not an address is an answer here, not a failure.
  }
  const [head, tail] = canonical.split("::").map((part) => part === "" ? [] : part.split(":"));
  const groups = tail === undefined
    ? head!
    : [...head!, ...Array(8 - head!.length - tail.length).fill("0"), ...tail];
  return Uint8Array.from(groups.flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  }));
}

/** An address in its one spelling (RFC 5952); one of IPv4 in the clothes of IPv6 as what is reached by it. */
export function canonicalIpAddress(text: string): string {
  const bytes = parseIpAddress(text);
  if (bytes?.length !== 16) return text;
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff && bytes[11] === 0xff;
  if (isMapped) return bytes.subarray(12).join(".");
  return unbracketed(new URL(`http://[${text}]/`).hostname);
}

/** Whether an address is one of IPv6, perhaps with a zone. Of a name that is false. */
export function isIpv6(host: string): boolean {
  return host.includes(":");
}

/** An address or name with its port, IPv6 in brackets: as in URLs, in messages and for permissions. */
export function hostAndPort(host: string, port: number): string {
  return `${isIpv6(host) ? `[${host}]` : host}:${port}`;
}

/** An address or name without the brackets of IPv6. */
export function unbracketed(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
