// The question to `allowAddress` before an address is dialed, and what follows from its answers.

import { beforeAbort } from "./aborting.ts";
import { connectError } from "./connect_error.ts";
import { canonicalIpAddress } from "./ip_address.ts";
import type { AllowAddress } from "./route_settings.ts";

/** Where addresses were found, and for which URL. */
interface Question {
  readonly host: string;
  readonly port: number;
  readonly url: URL;
}

/** The addresses that may be dialed. Throws a ConnectError when there are none. */
export async function allowedAddresses(
  addresses: readonly string[],
  allowAddress: AllowAddress | undefined,
  { host, port, url }: Question,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (allowAddress === undefined) return addresses;
  const allowed: string[] = [];
  for (const address of addresses) {
    // A copy, so that what the guard does to it has no effect.
    const answer = Promise.try(allowAddress, canonicalIpAddress(address), port, new URL(url));
    if (await beforeAbort(answer, signal)) allowed.push(address);
  }
  if (allowed.length > 0) return allowed;
  const refused = addresses.map((it) => `"${it}"`).join(", ");
  throw connectError(host, port, `"allowAddress" refuses ${refused}`);
}
