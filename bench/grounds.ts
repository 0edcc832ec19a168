/**
 * What those who take part in the bench are given, and how they are passed over: with a note that says why.
 */

import { tryVersion } from "./process.ts";
import type { ContestantKey } from "./scenarios.ts";

/** Where the contestants find and leave things. */
export interface Grounds {
  docroot: string;
  /** Makes an empty folder that goes away with the bench. */
  makeScratch: (name: string) => Promise<string>;
  connections: number;
  signal: AbortSignal;
  /** Hears who cannot take part and why, and other things worth knowing. */
  onNote: (message: string) => void;
}

/** Somebody who takes part. */
export interface Contestant {
  key: ContestantKey;
  label: string;
}

/** Says that somebody does not take part. */
export function skip(key: ContestantKey, why: string, { onNote }: Grounds): void {
  onNote(`Skipping ${key}: ${why}`);
}

/** The version of a program; without it, who needs it is passed over, and `source` says where to get it. */
export function findProgram(
  key: ContestantKey,
  [program, flag]: [program: string, flag: string],
  source: string,
  grounds: Grounds,
): string | undefined {
  const version = tryVersion(program, flag);
  if (!version) skip(key, `"${program}" is not installed; ${source}`, grounds);
  return version;
}

/** What `prepare` gives; when it fails, who needs it is passed over. */
export async function prepareOrSkip<T>(
  key: ContestantKey,
  failure: string,
  grounds: Grounds,
  prepare: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await prepare();
  } catch (error) {
    grounds.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    skip(key, `${failure}: ${reason.split("\n", 1)[0]}`, grounds);
    return undefined;
  }
}
