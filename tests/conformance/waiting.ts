/** Waiting for what must happen, with a guard: something that hangs fails, saying what was awaited. */

/** Far above what anything here takes, even on a loaded machine. */
export const GUARD_MS = 15_000;

/** Waits for `promise`, but not for ever. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  ms: number = GUARD_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const guard = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing happened in ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, guard]);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise with its ends, and a name for the guard. */
export class Event<T = void> {
  readonly #ends = Promise.withResolvers<T>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    // Nobody may be waiting when it fails.
    this.#ends.promise.catch(() => {});
  }

  /** Says that it happened. */
  happen(value: T): void {
    this.#ends.resolve(value);
  }

  /** Waits until it happened. */
  wait(): Promise<T> {
    return within(this.#name, this.#ends.promise);
  }
}

/** Waits until `check` holds, looking again whenever the loop had a turn. */
export async function until(
  what: string,
  check: () => boolean,
  ms: number = GUARD_MS,
): Promise<void> {
  const end = performance.now() + ms;
  while (!check()) {
    if (performance.now() > end) throw new Error(`Not so within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
