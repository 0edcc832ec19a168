// The signals that end a server: the first one is waited for, a second one ends the process at once.

/** The signals, with their numbers. */
const SIGNALS: readonly (readonly [Deno.Signal, number])[] = Deno.build.os === "windows"
  ? [["SIGINT", 2], ["SIGBREAK", 21]]
  : [["SIGINT", 2], ["SIGTERM", 15]];

/** A signal to a whole group of processes arrives twice where one of them passes it on. */
const SAME_SIGNAL_MS = 500;

/** Resolves at the first signal. From then on another one ends the process. */
export async function untilSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let first: Deno.Signal | undefined;
  let firstMs = Infinity;
  for (const [signal, number] of SIGNALS) {
    Deno.addSignalListener(signal, () => {
      // As a shell reports a process that the signal ended.
      const again = signal === first && performance.now() - firstMs < SAME_SIGNAL_MS;
      if (first !== undefined && !again) Deno.exit(128 + number);
      first ??= signal;
      firstMs = Math.min(firstMs, performance.now());
      resolve();
    });
  }
  await promise;
}
