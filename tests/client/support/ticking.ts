// The ticker of deadlines, which stays real: for tests of what happens when one passes, and of what does not.

import { Deadline } from "../../../wire/deadline.ts";
import { within } from "../../conformance/waiting.ts";

/**
 * Resolves when every deadline of up to `ms` that was armed before has passed, if it still was armed: with a
 * deadline of its own, which passes no sooner than these.
 */
export async function deadlinesPassed(ms: number = 1): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const last = new Deadline(resolve);
  last.arm(ms);
  try {
    // The guard also keeps the process alive, which the ticker does not.
    await within("a deadline passes", promise);
  } finally {
    last.remove();
  }
}
