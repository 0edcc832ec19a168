// What `fetch` and the bodies of its responses reject with: TypeError, as the Fetch standard says, with the cause;
// the reason of a signal as it is.

/** The error for what failed: `action` is what could not be done, as `fetch`. */
export function fetchError(
  error: unknown,
  action: string,
  url: string,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted && error === signal.reason) return error;
  // Mistakes of the caller say what they are; everything else is a network error of the standard.
  if (error instanceof TypeError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new TypeError(`Cannot ${action} "${url}": ${why}`, { cause: error });
}
