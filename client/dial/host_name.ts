// Names of hosts as options and variables have them: made into what URLs make of them, or refused. Pure.

import { parseIpAddress, unbracketed } from "./ip_address.ts";

/** What would end the host inside a URL, or change its meaning. */
const NOT_IN_HOST = /[\s\\%/?#@]/;

/** A host as URLs have it: lowercase, in ASCII, without brackets; undefined when it is none. */
export function tryHostName(text: string): string | undefined {
  const host = parseIpAddress(text)?.length === 16 ? `[${text}]` : text;
  // A colon outside of brackets begins a port.
  if (host === "" || NOT_IN_HOST.test(host) || host.replace(/^\[.*\]$/, "").includes(":")) {
    return undefined;
  }
  try {
    const { hostname } = new URL(`http://${host}/`);
    return hostname === "" ? undefined : unbracketed(hostname);
  } catch {
    return undefined; // Said by the caller, who knows the name of the option.
  }
}

/** Whether DNS can have a name: so many labels of so many characters (RFC 1035 2.3.4). */
export function isDnsName(name: string): boolean {
  const labels = name.replace(/\.$/, "").split(".");
  return name.length <= 254 &&
    labels.every((it) => it.length > 0 && it.length <= 63 && /^[!-~]+$/.test(it));
}
