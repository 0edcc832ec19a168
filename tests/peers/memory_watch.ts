// Watches the memory of this process while a body moves: whether it has the same at the end as when all was
// under way. Garbage is collected before each look: when the engine does so by itself depends on what else
// the machine does.

import { assert } from "@std/assert";
import { collectGarbage } from "../collect_garbage.ts";

const MIB = 1024 * 1024;
/** After so many bytes memory is looked at again, unless it is said otherwise. */
const STEP_BYTES = 16 * MIB;
/** How much more may be reachable at the end. */
const FLAT_HELD = 4 * MIB;
/** How much more memory the process may have at the end: room that the engine collects garbage in comes and goes. */
const FLAT_RESIDENT = 96 * MIB;

/** Bytes of memory, or how many more there are. */
export interface MemoryUse {
  /** What the program can reach, within the heap of the engine and outside of it. */
  readonly held: number;
  /** What the process has of the machine. */
  readonly resident: number;
}

/** Looks at the memory of this process as a body moves. */
export class MemoryWatch {
  /** Bytes of the body so far. */
  bytes = 0;
  #next: number;
  readonly #step: number;
  /** What the process had in memory after each step. */
  readonly #samples: MemoryUse[] = [];

  /** After `warmBytes` everything that will be going is; from then on memory is looked at each `stepBytes`. */
  constructor(warmBytes: number, stepBytes: number = STEP_BYTES) {
    this.#next = warmBytes;
    this.#step = stepBytes;
  }

  /** To be told how far the body is; fits a client's `onProgress`. */
  readonly onProgress = ({ bytes }: { bytes: number }): void => {
    this.bytes = bytes;
    if (bytes < this.#next) return;
    this.#next = bytes + this.#step;
    collectGarbage();
    const { heapUsed, external, rss } = Deno.memoryUsage();
    this.#samples.push({ held: heapUsed + external, resident: rss });
  };

  /** By how much that which never went at the end exceeds what never went at first. */
  growth(): MemoryUse {
    const quarter = Math.floor(this.#samples.length / 4);
    assert(quarter > 1, "too few samples");
    const grown = (of: keyof MemoryUse): number => {
      const bytes = this.#samples.map((sample) => sample[of]);
      return Math.min(...bytes.slice(-quarter)) - Math.min(...bytes.slice(0, quarter));
    };
    return { held: grown("held"), resident: grown("resident") };
  }

  /** What was there at the end must have been there at first. */
  assertFlat(): void {
    assertFlat(this.growth());
  }
}

/** Memory must not have grown with the body; `flatResident`: how much more the process may have. */
export function assertFlat(
  { held, resident }: MemoryUse,
  flatResident: number = FLAT_RESIDENT,
): void {
  const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
  assert(held < FLAT_HELD, `${mib(held)} more are reachable`);
  assert(resident < flatResident, `the process has ${mib(resident)} more`);
}
