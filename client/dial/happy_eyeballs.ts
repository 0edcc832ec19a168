// Several addresses, the first connection wins (RFC 8305): families take turns, an attempt that fails starts
// the next one at once, one that takes long has company after a quarter of a second, losers are closed.

import { type Closable, closeQuietly } from "./aborting.ts";
import { flawOf } from "./connect_error.ts";
import { isIpv6 } from "./ip_address.ts";
import { firstSuccess } from "./staggered.ts";

/** How long an attempt is alone, in milliseconds (RFC 8305 5). */
const ATTEMPT_DELAY_MS = 250;

/** The addresses with the families taking turns, each in its order, the first one's family first. */
export function interleave(addresses: readonly string[]): string[] {
  const first = addresses.filter((it) => isIpv6(it) === isIpv6(addresses[0]!));
  const second = addresses.filter((it) => isIpv6(it) !== isIpv6(addresses[0]!));
  const order: string[] = [];
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    if (at < first.length) order.push(first[at]!);
    if (at < second.length) order.push(second[at]!);
  }
  return order;
}

/**
 * The connection of the first attempt that succeeds. Rejects with the error of the only address, or with all of
 * them, when every attempt fails, and with the signal's reason when that aborts.
 */
export async function connectFirst<T extends Closable>(
  addresses: readonly string[],
  connect: (address: string, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  attemptDelayMs: number = ATTEMPT_DELAY_MS,
): Promise<T> {
  const order = interleave(addresses);
  const attempts = order.map((address) => (race: AbortSignal) => connect(address, race));
  try {
    const stagger = { aloneMs: attemptDelayMs, signal, dispose: closeQuietly };
    return await firstSuccess(attempts, stagger);
  } catch (error) {
    if (signal.aborted || !(error instanceof AggregateError)) throw error;
    throw allFailed(order, error.errors);
  }
}

function allFailed(addresses: string[], errors: unknown[]): unknown {
  if (errors.length === 1) return errors[0];
  const flaws = addresses.map((address, at) => `${address}: ${flawOf(errors[at])}`);
  return new AggregateError(errors, flaws.join("; "));
}
