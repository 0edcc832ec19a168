// The system's DNS servers, resolv.conf(5): for queries that the system's resolver cannot make itself.

import { parseIpAddress } from "../ip_address.ts";
import type { NameServer } from "../route_settings.ts";
import { tryReadSystemFile } from "./system_file.ts";

const PATH = "/etc/resolv.conf";
/** What the system asks when the file names none. */
const LOCAL_SERVER: NameServer = { ipAddr: "127.0.0.1", port: 53 };

/** The servers that the system would ask. `option` is what needs them, for errors. */
export async function systemNameServers(
  option: string,
  path: string = PATH,
): Promise<NameServer[]> {
  const servers = parseResolvConf(await tryReadSystemFile(path, option) ?? "");
  return servers.length > 0 ? servers : [LOCAL_SERVER];
}

/** The servers that a file names. Pure. */
export function parseResolvConf(text: string): NameServer[] {
  const servers: NameServer[] = [];
  for (const line of text.split("\n")) {
    const [keyword, ipAddr] = line.trim().split(/\s+/);
    if (keyword === "nameserver" && ipAddr !== undefined && parseIpAddress(ipAddr) !== undefined) {
      servers.push({ ipAddr, port: 53 });
    }
  }
  return servers;
}
