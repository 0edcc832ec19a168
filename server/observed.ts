// Promises that nobody has to await. Pure.

/**
 * A promise whose rejection ends nothing but the handler that waits for it: a peer that leaves at the
 * wrong moment must not end the process because a handler awaits later, or never.
 */
export function observed<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
