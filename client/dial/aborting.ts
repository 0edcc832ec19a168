// An end to waiting: what is under way when a signal aborts is left or closed at once, and the signal's
// reason is thrown. Nothing that comes too late is lost: it is closed.

/** What can be closed. */
export interface Closable {
  close(): void;
}

/** Closes what may be closed already. */
export function closeQuietly(resource: Closable): void {
  try {
    resource.close();
  } catch {
    // It is closed, by the runtime or by the peer: that was the aim.
  }
}

/** What the promise gives, or the signal's reason as soon as it aborts. A late result goes to `dispose`. */
export async function beforeAbort<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  dispose?: (late: T) => void,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    // Its outcome concerns nobody any more, but a resource among it does.
    promise.then(dispose, () => {});
    reject(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Works on a resource, which is closed when the work fails or the signal aborts it. */
export async function whileOpen<T>(
  resource: Closable,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const close = (): void => closeQuietly(resource);
  signal.addEventListener("abort", close);
  try {
    signal.throwIfAborted();
    const result = await work();
    signal.throwIfAborted();
    return result;
  } catch (error) {
    close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
