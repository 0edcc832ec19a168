// Permissions for the network where the runtime does not ask for them in a way that can be caught: node:
// modules throw out of reach of everybody, and FFI knows none.

import { hostAndPort } from "./ip_address.ts";

/**
 * Asks whether the program may use an address and port, as the runtime itself would. Throws an Error that names
 * the permission, and `option` where that is what needs it.
 */
export function requireNetPermission(address: string, port: number, option?: string): void {
  const host = hostAndPort(address, port);
  if (Deno.permissions.requestSync({ name: "net", host }).state === "granted") return;
  throw new Error(
    option === undefined
      ? `--allow-net=${host} is missing`
      : `option "${option}" needs --allow-net=${host}`,
  );
}
