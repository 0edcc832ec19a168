// Looks at things and changes them with nothing of this server coming between: so that a condition still holds when
// what depends on it is done. While bytes of an upload come in, nothing is held.

import { IGNORES_CASE } from "../files/locate.ts";
import { type Change, type Place, placeOf } from "./change.ts";
import { PathLocks } from "./path_locks.ts";
import { Refusal } from "./refusal.ts";

const locks = new PathLocks(IGNORES_CASE);

/**
 * Runs `run` while no other change has these places, what is in them, or what they are in. Throws a Refusal, 404 or
 * 409, when their folders are not where they were when the places were found.
 */
export function holdPlaces<T>(
  change: Change,
  places: readonly Place[],
  action: string,
  run: () => Promise<T>,
): Promise<T> {
  return locks.hold(places.map(({ path }) => path), () => {
    confirmPlaces(change, places, action);
    return run();
  });
}

/** Throws a Refusal, 404 or 409, when a link has come in on the way to a place, say. */
export function confirmPlaces({ folder }: Change, places: readonly Place[], action: string): void {
  for (const { asked, path } of places) {
    if (placeOf(folder, asked, action).path === path) continue;
    throw new Refusal(409, `${action}: its folder was moved meanwhile`);
  }
}
