// Turns of the event loop: who waits for one lets everybody else have theirs.

import { setImmediate } from "node:timers";

/** Resolves after one turn of the event loop. */
export function oneTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
