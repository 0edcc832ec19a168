// Turns of the event loop: who waits for some is told what has happened meanwhile.

import { oneTurn } from "../../wire/event_loop.ts";

/** A busy runtime asks the system about its sockets every 61 turns (tokio's `event_interval`). */
const TURNS_TO_SOCKETS = 64;

/**
 * Resolves when all that had arrived on the sockets by now has been told to whoever waits for it, or sooner,
 * once `isKnown`. It takes about 0.1 ms.
 */
export async function socketsAsked(isKnown: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SOCKETS && !isKnown(); turn++) await oneTurn();
}
