// Several addresses, the first connection wins (RFC 8305): families take turns, an attempt that fails starts
// the next one at once, one that takes long has company after a quarter of a second, losers are closed.

import { beforeAbort, type Closable, closeQuietly } from "./aborting.ts";
import { flawOf } from "./connect_flaw.ts";

/** How long an attempt is alone, in milliseconds (RFC 8305 5). */
const ATTEMPT_DELAY_MS = 250;

/** The addresses with the families taking turns, each in its order, the first one's family first. */
export function interleave(addresses: readonly string[]): string[] {
  const isIpv6 = (address: string): boolean => address.includes(":");
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
  signal.throwIfAborted();
  const order = interleave(addresses);
  const race = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const attempts: Promise<void>[] = [];
  const errors: unknown[] = [];
  let started = 0;
  let failed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const startNext = (): void => {
    clearTimeout(timer);
    if (started === order.length || race.signal.aborted) return;
    const at = started++;
    if (started < order.length) timer = setTimeout(startNext, attemptDelayMs);
    attempts[at] = connect(order[at]!, race.signal).then((connection) => {
      // Two may succeed before either is told to stop.
      if (race.signal.aborted) return closeQuietly(connection);
      resolve(connection);
      race.abort();
    }, (error) => {
      errors[at] = error;
      failed++;
      if (failed === order.length) reject(allFailed(order, errors));
      else startNext();
    });
  };
  startNext();
  try {
    return await beforeAbort(promise, signal, closeQuietly);
  } finally {
    clearTimeout(timer);
    race.abort();
    // They end at once, since they are told to; afterwards nothing of them is open.
    await Promise.all(attempts);
  }
}

function allFailed(addresses: string[], errors: unknown[]): unknown {
  if (errors.length === 1) return errors[0];
  const flaws = addresses.map((address, at) => `${address}: ${flawOf(errors[at])}`);
  return new AggregateError(errors, flaws.join("; "));
}
