// A clock for what goes on until the time is over: on a busy machine a single run may take all of it.

/** Runs `action` with a clock that goes on by a millisecond whenever it is looked at. */
export async function withClock<T>(action: () => Promise<T>): Promise<T> {
  const { now } = performance;
  let nowMs = 0;
  performance.now = () => nowMs++;
  try {
    return await action();
  } finally {
    performance.now = now;
  }
}
