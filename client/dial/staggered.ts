// Several attempts at the same thing, of which the first success counts: one that fails starts the next one at
// once, one that takes long gets company, and losers are ended.

import { beforeAbort } from "./aborting.ts";

/** One attempt; it ends soon after its signal aborts. */
type Attempt<T> = (signal: AbortSignal) => Promise<T>;

/** How attempts follow each other. */
export interface Stagger<T> {
  /** How long an attempt is alone, in milliseconds. */
  readonly aloneMs: number;
  /** Ends all of them. */
  readonly signal: AbortSignal;
  /** Gets what comes too late. */
  readonly dispose: (late: T) => void;
}

/**
 * What the first attempt gives that succeeds. Rejects with an AggregateError of all errors, in the order of the
 * attempts, when every one fails, and with the signal's reason when that aborts. Then nothing of them goes on.
 */
export async function firstSuccess<T>(
  attempts: readonly Attempt<T>[],
  { aloneMs, signal, dispose }: Stagger<T>,
): Promise<T> {
  signal.throwIfAborted();
  const race = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const running: Promise<void>[] = [];
  const errors: unknown[] = [];
  let failed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const startNext = (): void => {
    clearTimeout(timer);
    const at = running.length;
    if (at === attempts.length || race.signal.aborted) return;
    if (at + 1 < attempts.length) timer = setTimeout(startNext, aloneMs);
    running.push(
      attempts[at]!(race.signal).then((result) => {
        // Two may succeed before either is told to stop.
        if (race.signal.aborted) return dispose(result);
        resolve(result);
        race.abort();
      }, (error) => {
        errors[at] = error;
        failed++;
        if (failed === attempts.length) reject(new AggregateError(errors));
        else startNext();
      }),
    );
  };
  startNext();
  try {
    return await beforeAbort(promise, signal, dispose);
  } finally {
    clearTimeout(timer);
    race.abort();
    // They end at once, since they are told to; afterwards nothing of them is open.
    await Promise.all(running);
  }
}
