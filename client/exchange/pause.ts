// The wait between two attempts.

import { beforeAbort } from "../dial/aborting.ts";

/** The longest time that a timer of the runtime takes, in milliseconds; beyond it, it fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  for (let left = ms; left > 0; left -= LONGEST_MS) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.min(left, LONGEST_MS));
    try {
      await beforeAbort(promise, signal);
    } finally {
      clearTimeout(timer);
    }
  }
}
