// Lets changes of the same thing happen one after the other, in the order in which they came: of one path, and of
// a folder and anything in it. Within this process: what others do at the same time shows when a step fails. Pure.

import { isBelow } from "../files/below.ts";

interface Turn {
  readonly paths: readonly string[];
  readonly done: Promise<void>;
}

/** Paths that are being changed, or are to be. */
export class PathLocks {
  readonly #turns = new Set<Turn>();
  readonly #ignoreCase: boolean;

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  /** How many changes are under way, or wait. */
  get size(): number {
    return this.#turns.size;
  }

  /** Runs `change` while no other one has any of `paths`, what is in them, or what they are in. */
  async hold<T>(paths: readonly string[], change: () => Promise<T>): Promise<T> {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const turn: Turn = { paths: paths.map((path) => this.#fold(path)), done };
    // Only those before this one are waited for: so none waits for each other.
    const before = [...this.#turns].filter((other) => areRelated(turn, other));
    this.#turns.add(turn);
    try {
      await Promise.all(before.map(({ done }) => done));
      return await change();
    } finally {
      this.#turns.delete(turn);
      resolve();
    }
  }

  #fold(path: string): string {
    return this.#ignoreCase ? path.normalize("NFC").toLowerCase() : path;
  }
}

function areRelated(one: Turn, other: Turn): boolean {
  return one.paths.some((path) => other.paths.some((it) => isIn(path, it) || isIn(it, path)));
}

function isIn(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder);
}
