// Remembers what is in a large folder for a moment, so that going through its pages does not look at every entry each
// time, and sees to it that only so many are looked at, and made pages of, at once: that bounds the memory.

import type { FolderEntry } from "../files/folder_entries.ts";
import type { SafePath } from "../files/safe_path.ts";
import { collectEntries, type Entries } from "./entries.ts";

/** Folders of fewer entries are looked at each time. */
const MIN_ENTRIES = 2000;
/** So long a folder is remembered, in milliseconds. */
const KEEP_MS = 5000;
const AT_ONCE = 3;

/** Goes through a folder of the root; `unlisted` hears of each entry that nobody could ask for. */
export type ListFolder = (path: SafePath, unlisted: () => void) => AsyncIterable<FolderEntry>;

interface Kept {
  readonly path: string;
  readonly entries: Entries;
  /** The count of changes from before the look. */
  readonly changes: number;
  readonly endMs: number;
}

/** The entries of the folders of one root. */
export class Snapshots {
  readonly #list: ListFolder;
  readonly #changes: () => number;
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #kept: Kept | undefined;

  /** `changes` counts what was changed by us: then nothing counts that is remembered. */
  constructor(
    list: ListFolder,
    changes: () => number = () => 0,
    now: () => number = () => performance.now(),
  ) {
    this.#list = list;
    this.#changes = changes;
    this.#now = now;
  }

  /**
   * What is made of what is in the folder; `fresh`: as it is now. It counts among what is done at once. Throws what
   * listing it throws.
   */
  async use<T>(
    path: SafePath,
    fresh: boolean,
    make: (entries: Entries) => Promise<T>,
  ): Promise<T> {
    if (this.#busy < AT_ONCE) this.#busy++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      // Whoever was waited for may have looked at the same folder.
      return await make(this.#known(path, fresh) ?? await this.#look(path));
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  #known(path: SafePath, fresh: boolean): Entries | undefined {
    const kept = this.#kept;
    if (fresh || kept === undefined || kept.path !== path.relative) return undefined;
    const isNow = kept.changes === this.#changes() && this.#now() < kept.endMs;
    return isNow ? kept.entries : undefined;
  }

  async #look(folder: SafePath): Promise<Entries> {
    const { relative: path } = folder;
    // What changes from here on may be seen, or not.
    const changes = this.#changes();
    const entries = await collectEntries((unlisted) => this.#list(folder, unlisted));
    if (entries.all.length >= MIN_ENTRIES) {
      this.#kept = { path, entries, changes, endMs: this.#now() + KEEP_MS };
    } else if (this.#kept?.path === path) {
      this.#kept = undefined;
    }
    return entries;
  }
}
