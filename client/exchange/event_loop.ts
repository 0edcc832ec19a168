// Turns of the event loop: who waits for some is told what has happened meanwhile.

import { setImmediate } from "node:timers";

/** A busy runtime asks the system about its sockets every 61 turns (tokio's `event_interval`). */
const TURNS_TO_SOCKETS = 64;

/** Resolves after one turn of the event loop. */
export function oneTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * Resolves when all that had arrived on the sockets by now has been told to whoever waits for it, or sooner,
 * once `isKnown`. It takes about 0.1 ms.
 */
export async function socketsAsked(isKnown: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SOCKETS && !isKnown(); turn++) await oneTurn();
}
