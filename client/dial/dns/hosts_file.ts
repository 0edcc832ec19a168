// The system's hosts file, hosts(5): names that have addresses before any DNS server is asked.

import { parseIpAddress } from "../ip_address.ts";
import { tryReadSystemFile } from "./system_file.ts";

/** Where it is. */
export function hostsFilePath(): string {
  return Deno.build.os === "windows" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";
}

/** The addresses of a name in the hosts file, in its order; none when it is not there. */
export async function lookUpInHostsFile(
  host: string,
  path: string = hostsFilePath(),
): Promise<readonly string[]> {
  const text = await tryReadSystemFile(path, "nameservers");
  return text === undefined ? [] : parseHostsFile(text).get(host.toLowerCase()) ?? [];
}

/** Addresses by lowercase name. What is not an address and names is passed over. Pure. */
export function parseHostsFile(text: string): Map<string, string[]> {
  const table = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address === undefined || parseIpAddress(address) === undefined) continue;
    for (const name of names) {
      const addresses = table.get(name.toLowerCase());
      if (addresses === undefined) table.set(name.toLowerCase(), [address]);
      else if (!addresses.includes(address)) addresses.push(address);
    }
  }
  return table;
}
