// Promises that handlers give, and ones that nobody has to await. Pure.

/**
 * A promise whose rejection ends nothing but the handler that waits for it: a peer that leaves at the
 * wrong moment must not end the process because a handler awaits later, or never.
 */
export function observed<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Whether a handler's result has to be waited for; what is none is used at once. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
