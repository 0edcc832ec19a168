// Remembers what is in a large folder for a moment, so that going through its pages does not look at every entry each
// time, and sees to it that only so many folders are looked at at once: that bounds the memory.

import type { FolderEntry } from "../files/folder_entries.ts";
import type { SafePath } from "../files/safe_path.ts";
import { collectEntries, type Entries } from "./entries.ts";

/** Folders of fewer entries are looked at each time. */
const MIN_ENTRIES = 2000;
/** So long a folder is remembered, in milliseconds. */
const KEEP_MS = 5000;
const AT_ONCE = 3;

/** The entries of the folders of one root. */
export class Snapshots {
  readonly #list: (path: SafePath) => AsyncIterable<FolderEntry>;
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #kept: { readonly path: string; readonly entries: Entries; readonly endMs: number } | undefined;

  constructor(
    list: (path: SafePath) => AsyncIterable<FolderEntry>,
    now: () => number = () => performance.now(),
  ) {
    this.#list = list;
    this.#now = now;
  }

  /** What is in the folder; `fresh`: as it is now. Throws what listing it throws. */
  async take(path: SafePath, fresh: boolean): Promise<Entries> {
    const known = this.#known(path, fresh);
    if (known !== undefined) return known;
    if (this.#busy < AT_ONCE) this.#busy++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      // Whoever was waited for may have looked at the same folder.
      return this.#known(path, fresh) ?? this.#keep(path, await collectEntries(this.#list(path)));
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  #known(path: SafePath, fresh: boolean): Entries | undefined {
    const kept = this.#kept;
    if (fresh || kept === undefined || kept.path !== path.relative) return undefined;
    return this.#now() < kept.endMs ? kept.entries : undefined;
  }

  #keep({ relative: path }: SafePath, entries: Entries): Entries {
    if (entries.all.length >= MIN_ENTRIES) {
      this.#kept = { path, entries, endMs: this.#now() + KEEP_MS };
    } else if (this.#kept?.path === path) {
      this.#kept = undefined;
    }
    return entries;
  }
}
