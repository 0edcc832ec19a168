// Sorts so many things that the event loop needs its turns meanwhile: pieces of them one after the other, which
// are then merged.

import { oneTurn } from "../../wire/event_loop.ts";

/** So many are sorted or merged between two turns: some milliseconds. */
const PIECE = 2048;

/** Tells whether the first of two comes before (< 0) or after (> 0) the second. */
export type Compare<T> = (one: T, other: T) => number;

/** The items in order, in an array of their own; equal ones stay in the order they have. */
export async function sortInTurns<T>(items: readonly T[], compare: Compare<T>): Promise<T[]> {
  let sorted: T[] = [];
  for (let at = 0; at < items.length; at += PIECE) {
    if (at > 0) await oneTurn();
    for (const item of items.slice(at, at + PIECE).sort(compare)) sorted.push(item);
  }
  for (let width = PIECE; width < sorted.length; width *= 2) {
    sorted = await mergePairs(sorted, width, compare);
  }
  return sorted;
}

/** Merges each two neighbouring runs of `width` items. */
async function mergePairs<T>(runs: readonly T[], width: number, compare: Compare<T>): Promise<T[]> {
  const merged: T[] = [];
  for (let start = 0; start < runs.length; start += 2 * width) {
    const middle = Math.min(start + width, runs.length);
    const end = Math.min(start + 2 * width, runs.length);
    let left = start;
    let right = middle;
    while (left < middle || right < end) {
      const takeLeft = right >= end ||
        (left < middle && compare(runs[left]!, runs[right]!) <= 0);
      merged.push(runs[takeLeft ? left++ : right++]!);
      if (merged.length % PIECE === 0) await oneTurn();
    }
  }
  return merged;
}
